/** Which sessions are wanted: the range, the filters, and how finely they are summed. */

import { stationPath } from "../../api.js";
import { plain } from "../../i18n.js";
import { serverNowMs } from "../../store.js";
import { localTime } from "./words.js";

export const PAGE = 25;
export const SPANS = ["day", "week", "month", "year"];
export const RANGES = ["this_week", "this_month", "last_month", "this_year", "last_year", "all", "custom"];

const DAY_MS = 86_400_000;
const FINER = { year: "month", month: "day", week: "day", day: "day" };

/** Returns the filter that the page opens with. */
export function firstWanted() {
  return ranged({ station: "", person: "", vehicle: "", q: "", deleted: false, offset: 0, back: null }, "this_year");
}

/** Returns a filter with another range, summed as finely as suits it. */
export function ranged(wanted, range, [from, to] = daysOf(range)) {
  return { ...wanted, range, from, to, span: spanFor(from, to), offset: 0, back: null };
}

/** Returns the filter for one bar of the chart; `back` leads to where it came from. */
export function narrowed(wanted, bar) {
  const { back: _, ...before } = wanted;
  return { ...ranged(wanted, "custom", [bar.first, bar.last]), span: FINER[wanted.span], back: before };
}

/** Returns the address of the list, a file or the sums of what is wanted. */
export function pathOf(wanted, resource, extra = {}) {
  const entries = Object.entries({ ...filterOf(wanted), ...extra });
  return `${stationPath(wanted.station, resource)}?${new URLSearchParams(entries)}`;
}

/** Returns the filter as the app's interface takes it, without what is not set. */
export function filterOf({ from, to, person, vehicle, q, deleted }) {
  const all = { from, to, person, vehicle, q, deleted: deleted ? "1" : "" };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
}

/** Returns whether the user's numbers have a decimal comma, and so the files should. */
export function hasDecimalComma() {
  return plain(0.5).includes(",");
}

/** Returns the first and the last local day of a range, empty where it is open. */
function daysOf(range) {
  const today = localTime(serverNowMs()).slice(0, 10);
  const [year, month, day] = today.split("-").map(Number);
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  const ends = {
    this_week: () => [iso(year, month, day - weekday), iso(year, month, day - weekday + 6)],
    this_month: () => [iso(year, month, 1), iso(year, month + 1, 0)],
    last_month: () => [iso(year, month - 1, 1), iso(year, month, 0)],
    this_year: () => [iso(year, 1, 1), iso(year, 12, 31)],
    last_year: () => [iso(year - 1, 1, 1), iso(year - 1, 12, 31)],
    all: () => ["", ""],
    custom: () => [iso(year, month, day - 30), today],
  };
  return ends[range]();
}

function iso(year, month, day) {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

function spanFor(from, to) {
  const days = from && to ? (Date.parse(to) - Date.parse(from)) / DAY_MS + 1 : Infinity;
  return days <= 31 ? "day" : days <= 100 ? "week" : "month";
}
