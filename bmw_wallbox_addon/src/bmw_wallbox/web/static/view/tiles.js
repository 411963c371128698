/** The numbers: energy by period, current and voltage. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { duration, energy, money, quantity, t } from "../i18n.js";
import { serverNowMs } from "../store.js";

const TILES = [
  { key: "energy_session", icon: "bolt", text: (s) => quantity(kilo(s.energy_session), "kWh", 2), more: sessionWords },
  { key: "energy_daily", icon: "calendar", text: (s) => quantity(s.energy_daily, "kWh", 2) },
  { key: "energy_monthly", icon: "calendar", text: (s) => energy(s.energy_monthly) },
  { key: "energy_total", icon: "sum", text: (s) => energy(s.energy_total) },
  { key: "current", icon: "gauge", text: (s) => quantity(s.current, "A"), more: (s) => phases(s, "current", "A") },
  { key: "voltage", icon: "plug", text: (s) => quantity(s.voltage, "V", 0), more: (s) => phases(s, "voltage", "V") },
];

/** Returns the tiles. */
export function tiles() {
  const shown = TILES.map((tile) => {
    const value = el("dd", {}, el("span"), el("span.unit"));
    const more = el("dd.more");
    const element = el("div.tile.card", {}, el("dt", {}, icon(tile.icon), t(`tile.${tile.key}`)), value, more);
    return { element, update: (state, session) => fill(tile, value, more, state, session) };
  });
  const element = el("dl.tiles", {}, ...shown.map((tile) => tile.element));
  return { element, update: (state, session) => shown.forEach((tile) => tile.update(state, session)) };
}

function fill(tile, value, more, state, session) {
  const [number, unit] = tile.text(state).split("\u00a0");
  setText(value.firstChild, number);
  setText(value.lastChild, unit ? `\u00a0${unit}` : "");
  const words = tile.more?.(state, session) ?? "";
  setText(more, words);
  more.hidden = words === "";
}

function kilo(wattHours) {
  return typeof wattHours === "number" ? wattHours / 1000 : null;
}

/** Returns how long the running session takes and what it costs until now. */
function sessionWords(_, session) {
  if (!session) {
    return "";
  }
  const seconds = (serverNowMs() - Date.parse(session.startedAt)) / 1000;
  const { startedAt, cost } = session;
  return [startedAt && duration(seconds), cost && money(cost.micros, cost.currency)].filter(Boolean).join("\n");
}

function phases(state, key, unit) {
  return [1, 2, 3]
    .filter((phase) => typeof state[`${key}_l${phase}`] === "number")
    .map((phase) => `L${phase}\u00a0${quantity(state[`${key}_l${phase}`], unit, unit === "V" ? 0 : 1)}`)
    .join("\n");
}
