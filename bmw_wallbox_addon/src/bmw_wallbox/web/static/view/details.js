/** Everything else that is known of a wallbox, behind a fold. */

import { el, setText } from "../dom.js";
import { energy, has, moment, plain, quantity, t } from "../i18n.js";
import { said } from "../said.js";

const FACTS = [
  { key: "charge_point_id", read: (s) => s.charge_point_id },
  { key: "vendor", read: (s) => s.device?.vendor },
  { key: "model", read: (s) => s.device?.model },
  { key: "serial_number", read: (s) => s.device?.serial_number },
  { key: "firmware_version", read: (s) => s.device?.firmware_version },
  { key: "boot_reason", read: (s) => s.device?.boot_reason },
  { key: "booted_at", read: (s) => time(s.device?.booted_at) },
  { key: "connector_status", read: (s) => s.connector_status },
  { key: "charging_state", read: (s) => s.charging_state },
  { key: "transaction_id", read: (s) => s.transaction_id },
  { key: "id_token", read: (s) => s.id_token },
  { key: "stopped_reason", read: (s) => s.stopped_reason },
  { key: "active_limit", read: (s) => number(s.active_limit, "A") },
  { key: "phases_used", read: (s) => s.phases_used },
  { key: "energy_weekly", read: (s) => energyOf(s.energy_weekly) },
  { key: "energy_yearly", read: (s) => energyOf(s.energy_yearly) },
  { key: "frequency", read: (s) => number(s.frequency, "Hz") },
  { key: "temperature", read: (s) => number(s.temperature, "°C") },
  { key: "soc", read: (s) => number(s.soc, "%") },
  { key: "led_brightness", read: (s) => number(s.led_brightness, "%", 0) },
  { key: "profile_calls", read: (s) => s.profile_calls },
  { key: "metering", read: (s) => (s.metering ? metering(s.metering) : null) },
  { key: "last_heartbeat", read: (s) => time(s.last_heartbeat) },
  { key: "last_update", read: (s) => time(s.last_update) },
  { key: "last_security_event", read: (s) => s.last_security_event },
];

/** Returns the fold; what was never reported has no row. */
export function details() {
  const rows = FACTS.map((fact) => {
    const value = el("dd");
    const element = el("div", {}, el("dt", {}, t(`fact.${fact.key}`)), value);
    return { fact, value, element };
  });
  const element = el(
    "details.card.more",
    {},
    el("summary", {}, t("details")),
    el("dl", {}, ...rows.map((row) => row.element)),
  );
  const update = (state) => {
    for (const { fact, value, element: row } of rows) {
      const read = fact.read(state);
      const known = read !== null && read !== undefined && read !== "";
      row.hidden = !known;
      setText(value, known ? (typeof read === "number" ? plain(read) : read) : "");
    }
  };
  return { element, update };
}

function energyOf(kilowattHours) {
  return typeof kilowattHours === "number" ? energy(kilowattHours) : null;
}

function number(value, unit, digits) {
  return typeof value === "number" ? quantity(value, unit, digits) : null;
}

function time(instant) {
  return instant ? moment(instant) : null;
}

function metering({ mode, note }) {
  const key = `metering.${mode}`;
  const words = note?.split("; ").map(said).join("; ");
  return [has(key) ? t(key) : mode, words].filter(Boolean).join(" – ");
}
