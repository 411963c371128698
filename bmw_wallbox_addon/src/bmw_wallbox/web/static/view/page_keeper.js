/** The pages that were opened, and the one of them that is shown. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { isReachable, loadPage } from "../pages.js";
import { changed } from "../store.js";

/** Returns what shows in `outlet` the page of a route, which it loads if need be. */
export function pageKeeper(outlet) {
  const opened = new Map();
  let route = { name: null, sub: "" };
  let page = null;

  const enter = () => {
    page = opened.get(route.name);
    outlet.replaceChildren(page.element);
    page.shown?.(route.sub);
  };
  const open = async (name) => {
    outlet.replaceChildren(el("p.hint.loading", { role: "status" }, t("page.loading")));
    const loaded = await loadPage(name).catch(() => null);
    if (loaded !== null) {
      opened.set(name, loaded);
    }
    if (route.name !== name) {
      return;
    }
    if (loaded === null) {
      outlet.replaceChildren(failure(name));
    } else {
      enter();
      changed();
    }
  };
  const show = (wanted) => {
    const isSame = wanted.name === route.name;
    route = wanted;
    if (isSame) {
      page?.shown?.(route.sub);
    } else {
      page?.hidden?.();
      page = null;
      opened.has(route.name) ? enter() : open(route.name);
    }
    changed();
  };
  return { show, update: () => page?.update(route) };
}

/** A module that failed to load stays failed in its document, so what helps is to load the document anew. */
function failure(name) {
  const outcome = el("p.hint", { role: "status" });
  const retry = el("button.primary", { type: "button" }, t("page.retry"));
  retry.addEventListener("click", async () => {
    setText(outcome, t("page.loading"));
    if (await isReachable(name)) {
      location.reload();
    } else {
      setText(outcome, t("error.unreachable"));
    }
  });
  const words = [el("h2", {}, t("page.failed")), el("p", {}, t("page.failed.text"))];
  const buttons = el("div.buttons", {}, retry);
  return el("article.card.notice.problem", { role: "alert" }, icon("alert"), el("div", {}, ...words, buttons, outcome));
}
