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
  const station = stationChoice(() => show());
  const outlet = el("div.expert-view");
  const nav = el("nav.subtabs", { "aria-label": t("expert.views") }, ...tabs.values());
  const element = el("div.page.expert", {}, nav, station.element, outlet);
  const opened = new Map();
  let name = FIRST;
  let current = null;
  let isOpen = false;

  const show = async () => {
    const key = OF_THE_APP.includes(name) ? "" : station.key();
    const place = `${name} ${key}`;
    station.element.hidden = OF_THE_APP.includes(name) || station.count() < 2;
    if (key === undefined) {
      leave();
      outlet.replaceChildren(el("p.hint", {}, t("expert.no_station")));
      return;
    }
    if (!opened.has(place)) {
      const loaded = await VIEWS[name]();
      opened.set(place, opened.get(place) ?? loaded.default(key));
    }
    if (isOpen && place === `${name} ${OF_THE_APP.includes(name) ? "" : station.key()}` && current !== opened.get(place)) {
      leave();
      current = opened.get(place);
      outlet.replaceChildren(current.element);
      current.shown?.();
      current.update?.();
    }
  };
  const leave = () => {
    current?.hidden?.();
    current = null;
  };
  const shown = (sub) => {
    isOpen = true;
    name = sub in VIEWS ? sub : FIRST;
    tabs.forEach((tab, each) => setAttribute(tab, "aria-current", each === name && "page"));
    show();
  };
  const hidden = () => {
    isOpen = false;
    leave();
  };
  const update = () => {
    if (station.update()) {
      show();
    }
    current?.update?.();
  };
  return { element, shown, hidden, update };
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
