/** What is known of one session, with the meter's evidence. */

import { el } from "../../dom.js";
import { duration, has, quantity, t } from "../../i18n.js";
import { costOf, endOf, energyOf, isMeasured, known, lengthOf, powerOf, prices, when } from "./words.js";

const FIGURES = {
  energy: (session) => energyOf(session.energy_wh),
  cost: costOf,
  length: lengthOf,
  mean_power: (session) => powerOf(session.mean_power_w),
  peak_power: (session) => powerOf(session.peak_power_w),
};

const FACTS = {
  started: (session) => when(session.started_at),
  ended: (session) => (session.ended_at ? when(session.ended_at) : null),
  ended_by: (session) => (session.running ? null : endOf(session)),
  closed_by: (session) => (session.closed_by && isMeasured(session) ? known("history.closed", session.closed_by) : null),
  charging: (session) => (isMeasured(session) ? duration(session.charging_s) : null),
  pause: (session) => (isMeasured(session) ? pauseOf(session.longest_pause_s) : null),
  person: (session) => session.person,
  vehicle: (session) => session.vehicle,
  token: (session) => [session.id_token, session.id_token_type].filter(Boolean).join(" · ") || null,
  tariff: (session) => session.cost?.price_list || null,
  price: priceOf,
  solar: ({ solar_wh: solar, energy_wh: all }) =>
    typeof solar === "number" && all > 0 ? `${energyOf(solar)} · ${quantity((solar / all) * 100, "%", 0)}` : null,
  begin_register: (session) => register(session.begin),
  end_register: (session) => register(session.end),
  source: (session) => known("history.source", session.source),
  edited: (session) => session.edited.map((name) => fieldName(name)).join(", ") || null,
  transaction: (session) => session.transaction_id,
  id: (session) => session.id,
};

/** Returns the row of the session's main numbers. */
export function figures(session) {
  const tiles = Object.entries(FIGURES).map(([name, read]) =>
    el("div.card.sum", {}, el("dt", {}, t(`history.figure.${name}`)), el("dd", {}, read(session))),
  );
  return el("dl.sums", {}, ...tiles);
}

/** Returns the card of everything else. */
export function facts(session) {
  const rows = Object.entries(FACTS)
    .map(([name, read]) => [name, read(session)])
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => el("div", {}, el("dt", {}, t(`history.fact.${name}`)), el("dd", {}, value)));
  return el("section.card.facts-card", {}, el("h2", {}, t("history.facts")), el("dl", {}, ...rows));
}

/** Returns the name of a session's field that people may change. */
export function fieldName(name) {
  const key = `history.field.${name}`;
  return has(key) ? t(key) : name;
}

function pauseOf(seconds) {
  return seconds > 0 ? duration(seconds) : t("history.no_pause");
}

function priceOf({ cost, energy_wh: wattHours }) {
  return cost && wattHours > 0 ? prices({ [cost.currency]: cost.micros }, { [cost.currency]: wattHours }) : null;
}

/** The meter's value, when and why it was read, and whether it is signed. */
function register(value) {
  if (!value) {
    return null;
  }
  const parts = [when(value.at), known("history.context", value.context.replaceAll(".", "_"))];
  const signed = value.signed
    ? el("details.signed", {}, el("summary", {}, t("history.signed")), el("pre", { tabindex: 0 }, value.signed))
    : null;
  const words = el("span", {}, `${quantity(value.register_wh / 1000, "kWh", 3)} · ${parts.join(" · ")}`);
  return el("div", {}, words, signed);
}
