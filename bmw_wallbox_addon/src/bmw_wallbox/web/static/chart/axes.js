/** The axes of a chart and the words for its values, as the user's language writes them. */

import { instantFormat, numberFormat, quantity } from "../i18n.js";

const DAY_S = 86400;
const MONTH_S = 28 * DAY_S;
const LETTER_PX = 7;
const SECOND_MS = 1000;

/** How the time axis is labelled, from the coarsest distance of its marks (seconds) to the finest. */
const TIMES = [
  { from: 12 * MONTH_S, options: { year: "numeric" } },
  { from: MONTH_S, options: { month: "short", year: "numeric" } },
  { from: DAY_S, options: { day: "numeric", month: "short" } },
  { from: 60, options: { hour: "numeric", minute: "2-digit" } },
  { from: 0, options: { hour: "numeric", minute: "2-digit", second: "2-digit" } },
];

/** Returns uPlot's axes: x below, and one for each side that a series uses. */
export function axes(series, bars, state, paint) {
  const look = {
    stroke: () => paint("axis"),
    grid: { stroke: () => paint("grid"), width: 1 },
    ticks: { show: false },
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
  const sides = [...new Set(series.map((one) => one.side ?? "left"))];
  const names = { splits: () => state.columns[0], values: (plot, splits) => nameMarks(plot, splits, state) };
  const x = bars ? names : { values: timeMarks, space: 64 };
  return [
    { ...look, ...x, size: 32, grid: { show: false } },
    ...sides.map((side, place) => ({
      ...look,
      scale: side,
      side: side === "right" ? 1 : 3,
      grid: place === 0 ? look.grid : { show: false },
      size: (_, marks) => 14 + LETTER_PX * Math.max(3, ...(marks ?? []).map((mark) => mark.length)),
      values: (_, splits) => numberMarks(splits, series.find((one) => (one.side ?? "left") === side)),
    })),
  ];
}

/** Returns a value of a series in words, a dash where there is none. */
export function valueWords({ unit, digits = 1, words }, value) {
  if (words && typeof value === "number") {
    return words(value);
  }
  return quantity(value ?? null, unit, digits).trim();
}

/** Returns an instant (seconds since 1970) as a local time with its day. */
export function timeWords(seconds) {
  const options = { weekday: "short", hour: "2-digit", minute: "2-digit" };
  return typeof seconds === "number" ? instantFormat(options).format(seconds * SECOND_MS) : "";
}

function timeMarks(_, splits, __, ___, distance) {
  const time = instantFormat(TIMES.find(({ from }) => distance >= from).options);
  const day = instantFormat({ day: "numeric", month: "short" });
  return splits.map((seconds) => {
    const at = new Date(seconds * SECOND_MS);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
    return (distance < DAY_S && midnight ? day : time).format(at);
  });
}

function numberMarks(splits, { unit }) {
  const format = numberFormat({ maximumFractionDigits: 2 });
  return splits.map((value, place) => {
    const last = place === splits.length - 1;
    return last && unit ? `${format.format(value)}\u00a0${unit}` : format.format(value);
  });
}

/** Leaves out so many names that the others do not touch. */
function nameMarks(plot, splits, { names }) {
  const longest = Math.max(1, ...names.map((name) => name.length)) * LETTER_PX + 10;
  const every = Math.max(1, Math.ceil((longest * splits.length) / Math.max(1, plot.bbox.width / devicePixelRatio)));
  return splits.map((place) => (place % every === 0 ? names[place] : ""));
}
