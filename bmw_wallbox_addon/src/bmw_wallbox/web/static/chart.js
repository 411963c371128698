/** Charts: lines over time or bars over names, drawn by uPlot, and readable by keyboard, by ear and as a table. */

import { timeWords, valueWords } from "./chart/axes.js";
import { plotIn } from "./chart/plot.js";
import { reader } from "./chart/reader.js";
import { table } from "./chart/table.js";
import { el, setText } from "./dom.js";
import { loadStyle } from "./style.js";

const HEIGHT_PX = 240;

await Promise.all(["chart.css", "vendor/uplot.css"].map(loadStyle));

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {string} unit shown after a space; "" for none
 * @property {string} [color] a class of chart.css: `power`, `l1`, `l2`, `l3`, `limit`, `cost`; by default by place
 * @property {number} [digits] decimals, 1 by default
 * @property {"left" | "right"} [side] the axis; left by default
 * @property {boolean} [stepped] whether a value holds until the next point
 * @property {boolean} [filled] whether the space below is tinted; needs a colour with a `faint` one in chart.css
 * @property {(value: number) => string} [words] writes a value instead of `unit` and `digits`
 */

/**
 * Returns a chart; it is empty until `setData`.
 *
 * `x` is `time` (seconds since 1970; drawn as lines) or `names` (bars; the first column is 0, 1, 2 …).
 * At most two series of bars fit beside each other.
 * `setData(columns, {summary, names, from, to})` takes uPlot's columns, first the x values in order, with null
 * for gaps. `summary` says in words what the chart shows; `names` are the bars'; `from` and `to` bound the time.
 * Call `destroy` for a chart that is thrown away.
 *
 * @param {{label: string, series: Series[], x?: "time" | "names", height?: number}} options
 */
export function chart({ label, series, x = "time", height = HEIGHT_PX }) {
  const bars = x === "names";
  const state = { columns: [[]], names: [], range: null };
  let at = null;
  const box = el("div.plot", { tabindex: 0 });
  const summary = el("figcaption.hint");
  const legend = legendOf(series);
  const when = (place) => (bars ? (state.names[place] ?? "") : timeWords(state.columns[0][place]));
  const told = (one, number, place) => `${one.label} ${valueWords(one, state.columns[number + 1]?.[place])}`;
  const words = (place) => [when(place), ...series.map((one, number) => told(one, number, place))].join(", ");
  const values = table(series, label, when, state);
  const element = el("figure.chart", { "aria-label": label }, summary, legend.element, box, values.element);
  const show = () => legend.show(state.columns, at, at === null ? "" : when(at));
  const plot = plotIn(box, { series, bars, height, state }, (place) => {
    at = place;
    show();
    keys.follow(at);
  });
  const keys = reader(box, { label, count: () => state.columns[0].length, words, move: plot.pointAt });

  const setData = (columns, { summary: text = "", names = [], from = null, to = null } = {}) => {
    Object.assign(state, { columns, names, range: from === null ? null : [from, to] });
    plot.refresh();
    setText(summary, text);
    keys.update();
    show();
    values.update();
  };
  const destroy = () => {
    plot.destroy();
    element.remove();
  };
  return { element, setData, destroy };
}

function legendOf(series) {
  const when = el("span.when");
  const values = series.map(() => el("span.value"));
  const items = series.map((one, number) =>
    el("li", {}, el(`span.swatch.${one.color ?? `series-${number}`}`), one.label, values[number]),
  );
  const show = (columns, place, moment) => {
    setText(when, moment);
    series.forEach((one, number) => {
      const column = columns[number + 1] ?? [];
      setText(values[number], valueWords(one, place === null ? lastOf(column) : column[place]));
    });
  };
  return { element: el("ul.legend", { "aria-hidden": "true" }, ...items, el("li", {}, when)), show };
}

function lastOf(column) {
  return column[column.length - 1];
}
