/** What a wallbox reported beyond charging: events, security events, monitors, firmware and logs. */

import { get, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { has, moment, t } from "../../i18n.js";
import { model } from "../../store.js";
import { none, section, table } from "./parts.js";

const PROGRESS = ["firmware", "firmware_publication", "log"];

/** Returns the view of one wallbox. */
export default function events(key) {
  const trouble = el("p.refusal", { role: "alert" });
  const parts = el("div.views");
  const element = el("div.views", {}, trouble, parts);
  let drawn = null;

  const load = async () => {
    drawn = fingerprint(key);
    try {
      const device = await get(stationPath(key, "device"));
      setText(trouble, "");
      parts.replaceChildren(progressCard(device), eventsCard(device.events), securityCard(device.security_events), monitorsCard(device.monitors));
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  const update = () => {
    if (drawn !== null && drawn !== fingerprint(key)) {
      load();
    }
  };
  return { element, shown: load, update };
}

/** What changes with the lists, so that they are read again only then. */
function fingerprint(key) {
  const state = model.states[key] ?? {};
  return JSON.stringify([state.last_security_event, state.alerts, state.problem, state.firmware_status, state.connected]);
}

function progressCard(device) {
  const rows = PROGRESS.filter((name) => device[name]).map((name) => [t(`events.${name}`), worded("events.status", device[name].status), moment(device[name].told_at)]);
  return card("events.progress", ["events.what", "events.status", "events.when"], rows);
}

function eventsCard(found) {
  const rows = [...found].reverse().map((event) => [
    moment(event.told_at),
    placeOf(event),
    `${event.value}${event.cleared ? ` (${t("events.cleared")})` : ""}`,
    event.trigger,
    [event.tech_code, event.tech_info].filter(Boolean).join(" · "),
  ]);
  return card("events.events", ["events.when", "events.what", "events.value", "events.trigger", "events.more"], rows);
}

function securityCard(found) {
  const rows = [...found].reverse().map((event) => [moment(event.told_at), event.type, event.tech_info ?? ""]);
  return card("events.security", ["events.when", "events.type", "events.more"], rows);
}

function monitorsCard(found) {
  const rows = found.map((monitor) => [String(monitor.id), placeOf(monitor), monitor.type, String(monitor.value ?? "–"), String(monitor.severity ?? "–")]);
  return card("events.monitors", ["events.id", "events.what", "events.type", "events.value", "events.severity"], rows);
}

function card(title, heads, rows) {
  return section(t(title), rows.length > 0 ? table(t(title), heads.map((head) => t(head)), rows) : none());
}

/** Returns a component and its variable in the short form that the app uses everywhere. */
export function placeOf({ component, component_instance: instance, variable, variable_instance: part, evse_id: evse, connector_id: connector }) {
  const where = [evse, connector].filter(Boolean).join(".");
  const [left, right] = [[component, instance], [variable, part]].map((names) => names.filter(Boolean).join("."));
  return `${left}${where ? `@${where}` : ""}/${right}`;
}

function worded(group, value) {
  const key = `${group}.${value}`;
  return has(key) ? t(key) : value;
}
