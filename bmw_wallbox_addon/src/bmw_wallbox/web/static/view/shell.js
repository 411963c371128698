/** What is around every page: the tabs, the link to the app, and what needs attention. */

import { el, keyed, setAttribute, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { PAGES, routeOf } from "../pages.js";
import { followParent, toggleMenu } from "../parent.js";
import { model } from "../store.js";
import { pageKeeper } from "./page_keeper.js";

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
  const notices = noticesIn(attention);

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
    notices.update(needingAttention());
    pages.update();
  };
  go(false);
  const header = el("header", {}, menuButton(), el("p.brand", {}, t("title")), version, link);
  const nav = el("nav", { "aria-label": t("pages") }, ...tabs.values());
  return { elements: [skipTo(heading), header, nav, main], update };
}

function skipTo(heading) {
  const skip = el("a.skip", { href: "#content" }, t("skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    heading.focus();
  });
  return skip;
}

function menuButton() {
  const attributes = { type: "button", "aria-label": t("menu"), onclick: toggleMenu, hidden: true };
  const button = el("button.menu", attributes, icon("menu"));
  followParent((wanted) => {
    button.hidden = !wanted;
  });
  return button;
}

function tab(name, picture) {
  return el("a.tab", { href: `#${name}` }, icon(picture), el("span", {}, t(`page.${name}`)));
}

/** What draws the notices; most houses have none, so their cards are loaded with the first one. */
function noticesIn(attention) {
  let cards = null;
  let wanted = [];
  const draw = keyed(attention, (item) => item.id, (item) => cards[item.card](item));
  const load = () =>
    import("./notices.js").then(
      (module) => {
        cards = module;
        draw(wanted);
      },
      () => {}, // the next update tries it again
    );
  const update = (items) => {
    wanted = items;
    if (cards) {
      draw(items);
    } else if (items.length > 0) {
      load();
    }
  };
  return { update };
}

function needingAttention() {
  const problems = model.info.problems ?? [];
  const pending = model.stations.filter((station) => station.admission === "pending");
  return [
    ...pending.map((station) => ({ id: `pending ${station.id}`, card: "pendingCard", station })),
    ...problems.map((problem) => ({ id: `problem ${problem.key} ${problem.station ?? ""}`, card: "problemCard", problem })),
  ];
}

function updateLink(link) {
  const words = { connecting: t("link.connecting"), open: "", lost: t("link.lost") }[model.connection];
  if (link.textContent !== words) {
    link.replaceChildren(...(words ? [icon("link"), words] : []));
  }
}
