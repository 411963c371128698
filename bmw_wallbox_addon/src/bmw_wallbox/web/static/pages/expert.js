/** The page for experts: what a wallbox says and holds, any request by hand, and who did what. */

import { el, setAttribute } from "../dom.js";
import { t } from "../i18n.js";
import { approvedStations } from "../store.js";

const VIEWS = {
  messages: () => import("../view/expert/messages.js"),
  console: () => import("../view/expert/console.js"),
  device: () => import("../view/expert/device.js"),
  profiles: () => import("../view/expert/profiles.js"),
  events: () => import("../view/expert/events.js"),
  diagnostics: () => import("../view/expert/diagnostics.js"),
  audit: () => import("../view/expert/audit.js"),
};
/** Views that concern the app and need no wallbox. */
const OF_THE_APP = ["diagnostics", "audit"];
const [FIRST] = Object.keys(VIEWS);

/** Returns the page. */
export default function page() {
  const tabs = new Map(Object.keys(VIEWS).map((name) => [name, el("a", { href: `#expert/${name}` }, t(`expert.${name}`))]));
  const outlet = el("div.expert-view");
  const keeper = viewKeeper(outlet);
  let name = FIRST;
  const show = () => {
    const isOfApp = OF_THE_APP.includes(name);
    station.element.hidden = isOfApp || station.count() < 2;
    keeper.show(name, isOfApp ? "" : station.key());
  };
  const station = stationChoice(show);
  const nav = el("nav.subtabs", { "aria-label": t("expert.views") }, ...tabs.values());
  const element = el("div.page.expert", {}, nav, station.element, outlet);

  const shown = (sub) => {
    name = sub in VIEWS ? sub : FIRST;
    tabs.forEach((tab, each) => setAttribute(tab, "aria-current", each === name && "page"));
    station.update();
    show();
  };
  const update = () => {
    if (station.update()) {
      show();
    }
    keeper.update();
  };
  return { element, shown, hidden: keeper.leave, update };
}

/** What is shown in place of a view that could not be loaded. */
function unreachable() {
  return { element: el("p.refusal", { role: "alert" }, t("error.unreachable")) };
}

/** Keeps the views that were opened, and shows one of them. */
function viewKeeper(outlet) {
  const opened = new Map();
  let wanted = "";
  let current = null;
  const leave = () => {
    wanted = "";
    current?.hidden?.();
    current = null;
  };
  const enter = (view) => {
    if (current !== view) {
      current?.hidden?.();
      current = view;
      outlet.replaceChildren(view.element);
      view.shown?.();
      view.update?.();
    }
  };
  const show = async (name, key) => {
    const place = `${name} ${key}`;
    wanted = place;
    if (key === undefined) {
      enter({ element: el("p.hint", {}, t("expert.no_station")) });
      return;
    }
    const loaded = opened.has(place) ? null : await VIEWS[name]().catch(() => ({ default: unreachable }));
    const view = opened.get(place) ?? loaded.default(key);
    if (loaded?.default !== unreachable) {
      opened.set(place, view);
    }
    if (wanted === place) {
      enter(view);
    }
  };
  return { show, leave, update: () => current?.update?.() };
}

/** A choice between wallboxes, which is there where there are several. */
function stationChoice(chosen) {
  const field = el("select", { id: "expert-station", onchange: chosen });
  const element = el("div.field.station-choice", {}, el("label", { for: "expert-station" }, t("expert.station")), field);
  let drawn = null;
  const update = () => {
    const stations = approvedStations();
    const now = JSON.stringify(stations.map(({ key }) => key));
    if (now === drawn) {
      return false;
    }
    drawn = now;
    const before = field.value;
    field.replaceChildren(...stations.map(({ key, id }) => el("option", { value: key }, id)));
    if (stations.some(({ key }) => key === before)) {
      field.value = before;
    }
    return true;
  };
  return { element, update, key: () => field.value || undefined, count: () => field.options.length };
}
