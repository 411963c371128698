/** What is around every page: the tabs, the link to the app, and what needs attention. */

import { el, keyed, setAttribute, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { PAGES, isReachable, loadPage, routeOf } from "../pages.js";
import { followParent, toggleMenu } from "../parent.js";
import { changed, model } from "../store.js";
import { pendingCard, problemCard } from "./notices.js";

/** Returns the panel's elements and what brings them up to date. */
export function shell() {
  const version = el("span.version");
  const link = el("p.link", { role: "status" });
  const heading = el("h1", { tabindex: -1 });
  const attention = el("section.attention", { "aria-label": t("attention") });
  const outlet = el("div.outlet");
  const main = el("main", { id: "content" }, heading, attention, outlet);
  const tabs = new Map(PAGES.map(({ name, icon: picture }) => [name, tab(name, picture)]));
  const pages = pageKeeper(outlet);
  const updateProblems = keyed(attention, (item) => item.id, (item) => item.create(item));
  const skip = el("a.skip", { href: "#content" }, t("skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    heading.focus();
  });

  const go = (moved) => {
    const route = routeOf(location.hash);
    const title = t(`page.${route.name}`);
    const isNew = setText(heading, title);
    document.title = t("page.title", { page: title });
    main.dataset.page = route.name;
    tabs.forEach((each, name) => setAttribute(each, "aria-current", name === route.name && "page"));
    pages.show(route);
    if (moved && isNew) {
      heading.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  };
  window.addEventListener("hashchange", () => go(true));

  const update = () => {
    updateLink(link);
    setText(version, model.info.versions?.app ?? "");
    document.body.classList.toggle("stale", model.connection !== "open");
    updateProblems(needingAttention());
    pages.update();
  };
  go(false);
  const header = el("header", {}, menuButton(), el("p.brand", {}, t("title")), version, link);
  const nav = el("nav", { "aria-label": t("pages") }, ...tabs.values());
  return { elements: [skip, header, nav, main], update };
}

function menuButton() {
  const button = el("button.menu", { type: "button", "aria-label": t("menu"), onclick: toggleMenu, hidden: true }, icon("menu"));
  followParent((wanted) => {
    button.hidden = !wanted;
  });
  return button;
}

function tab(name, picture) {
  return el("a.tab", { href: `#${name}` }, icon(picture), el("span", {}, t(`page.${name}`)));
}

/** Keeps every page that was opened, and shows one of them. */
function pageKeeper(outlet) {
  const opened = new Map();
  let route = { name: null, sub: "" };
  let page = null;

  const place = (name, content) => {
    if (route.name === name) {
      outlet.replaceChildren(content);
    }
  };
  const open = async (name) => {
    place(name, el("p.hint.loading", { role: "status" }, t("page.loading")));
    try {
      opened.set(name, await loadPage(name));
    } catch {
      place(name, failure(name));
      return;
    }
    enter(name);
  };
  const enter = (name) => {
    if (route.name === name) {
      page = opened.get(name);
      outlet.replaceChildren(page.element);
      page.shown?.(route.sub);
      changed();
    }
  };
  const show = (wanted) => {
    const before = route;
    route = wanted;
    if (before.name === wanted.name) {
      page?.shown?.(wanted.sub);
      changed();
      return;
    }
    page?.hidden?.();
    page = null;
    if (opened.has(wanted.name)) {
      enter(wanted.name);
    } else {
      open(wanted.name);
    }
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

function needingAttention() {
  const problems = model.info.problems ?? [];
  const pending = model.stations.filter((station) => station.admission === "pending");
  return [
    ...pending.map((station) => ({ id: `pending ${station.id}`, create: pendingCard, station })),
    ...problems.map((problem) => ({ id: `problem ${problem.key} ${problem.station ?? ""}`, create: problemCard, problem })),
  ];
}

function updateLink(link) {
  const words = { connecting: t("link.connecting"), open: "", lost: t("link.lost") }[model.connection];
  if (link.textContent !== words) {
    link.replaceChildren(...(words ? [icon("link"), words] : []));
  }
}
