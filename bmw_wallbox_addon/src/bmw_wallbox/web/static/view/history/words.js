/** How sessions read: their times in the wallbox's zone, sums, ends and sources. */

import { duration, energy, has, money, quantity, t } from "../../i18n.js";
import { serverNowMs } from "../../store.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY = { weekday: "short", day: "numeric", month: "short" };
const CLOCK = { hour: "numeric", minute: "2-digit" };

let zone;

/** Shows all times in this time zone from now on: the one that the app sums by. */
export function useZone(name) {
  zone = name;
}

/** Returns a date and time. */
export function when(instant) {
  return format(instant, { ...DAY, year: "numeric", ...CLOCK });
}

/** Returns a time of day. */
export function clock(instant) {
  return format(instant, CLOCK);
}

/** Returns from when to when a session was, its end with a date only where that is another one. */
export function spanOf({ started_at: from, ended_at: to }, begin = when(from)) {
  if (!to) {
    return begin;
  }
  const sameDay = localTime(from).slice(0, 10) === localTime(to).slice(0, 10);
  return `${begin} – ${sameDay ? clock(to) : format(to, { ...DAY, ...CLOCK })}`;
}

/** Returns the same, without the year where it is the present one. */
export function shortSpanOf(session) {
  const isNow = localTime(session.started_at).slice(0, 4) === localTime(serverNowMs()).slice(0, 4);
  return spanOf(session, isNow ? format(session.started_at, { ...DAY, ...CLOCK }) : when(session.started_at));
}

/** Returns an instant's ms as a chart that writes the browser's local times must have it. */
export function chartTime(instant) {
  return Date.parse(localTime(instant)) + (Date.parse(instant) % MINUTE_MS);
}

/** Returns an instant (ISO or ms) as `2026-11-20T18:00` in the wallbox's zone, as input fields want it. */
export function localTime(instant) {
  const swedish = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: zone };
  return new Intl.DateTimeFormat("sv-SE", swedish).format(new Date(instant)).replace(" ", "T");
}

/** Returns the name of a summed period, in full or as short as fits below a bar. */
export function periodName(bar, span, short = false) {
  const first = asUtc(bar.first);
  if (span === "week" && !short) {
    const days = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" });
    return days.formatRange(first, asUtc(bar.last));
  }
  return new Intl.DateTimeFormat(locale(), { ...PERIODS[span][short ? 1 : 0], timeZone: "UTC" }).format(first);
}

/** Returns a local date, given as `2026-11-20`. */
export function dateName(day) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(asUtc(day));
}

/** Returns amounts by currency, or a dash where there is none. */
export function costs(byCurrency) {
  const all = Object.entries(byCurrency).map(([currency, micros]) => money(micros, currency));
  return all.join(" + ") || "–";
}

/** Returns what a session cost, or a dash. */
export function costOf(session) {
  return session.cost ? money(session.cost.micros, session.cost.currency) : "–";
}

/** Returns the mean price of a kWh for every currency, or a dash. */
export function prices(byCurrency, wattHoursByCurrency) {
  const all = Object.entries(byCurrency)
    .filter(([currency]) => wattHoursByCurrency[currency] > 0)
    .map(([currency, micros]) => t("history.per_kwh", { price: money((micros * 1000) / wattHoursByCurrency[currency], currency) }));
  return all.join(" + ") || "–";
}

/** Returns an energy given in Wh. */
export function energyOf(wattHours) {
  return energy(wattHours / 1000);
}

/** Returns a power given in W, or a dash. */
export function powerOf(watts) {
  return quantity(typeof watts === "number" ? watts / 1000 : null, "kW", 1);
}

/** Returns how long a session took, or has been running. */
export function lengthOf({ started_at: from, ended_at: to }) {
  return duration(((to ? Date.parse(to) : serverNowMs()) - Date.parse(from)) / SECOND_MS);
}

/** Returns how a session ended, or null where nobody said. */
export function endOf(session) {
  if (session.running) {
    return t("history.running");
  }
  const reason = `end.${session.end_reason}`;
  if (session.end_reason) {
    return has(reason) ? t(reason) : session.end_reason;
  }
  return session.closed_by === "ended" ? null : known("end", session.closed_by);
}

/** Returns whether a wallbox measured the session, and nobody entered it. */
export function isMeasured({ source }) {
  return !["manual", "import"].includes(source);
}

/** Returns who charged, as far as it is known. */
export function whoOf(session) {
  return session.person ?? (session.id_token ? t("history.card", { card: session.id_token }) : t("history.nobody"));
}

/** Returns the text of a word of the app's, or the word itself where it is new. */
export function known(group, word) {
  const key = `${group}.${word}`;
  return has(key) ? t(key) : String(word ?? "–");
}

const PERIODS = {
  day: [{ weekday: "short", day: "numeric", month: "long", year: "numeric" }, { day: "numeric", month: "numeric" }],
  week: [{}, { day: "numeric", month: "numeric" }],
  month: [{ month: "long", year: "numeric" }, { month: "short" }],
  year: [{ year: "numeric" }, { year: "numeric" }],
};

function format(instant, options) {
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone }).format(new Date(instant));
}

function asUtc(day) {
  return new Date(`${day}T00:00:00Z`);
}

function locale() {
  return document.documentElement.lang;
}
