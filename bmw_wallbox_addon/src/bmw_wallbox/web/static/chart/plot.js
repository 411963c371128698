/** The drawn part of a chart: uPlot in its box, as wide as that is and in the colours of the theme. */

import { onTheme } from "../theme.js";
import uPlot from "../vendor/uplot.js";
import { axes } from "./axes.js";
import { paintOf } from "./paint.js";

/**
 * Draws into a box from the first time that it is visible.
 *
 * @param {HTMLElement} box
 * @param {{series: import("../chart.js").Series[], bars: boolean, height: number, state: any}} what
 *   `state.columns`, `state.names` and `state.range` are read at every drawing
 * @param {(place: number | null) => void} onCursor told which point is pointed at
 */
export function plotIn(box, what, onCursor) {
  const { height, state } = what;
  const options = optionsOf(box, what, (plot) => onCursor(plot.cursor.idx ?? null));
  let plot = null;
  const draw = () => {
    const width = Math.floor(box.clientWidth);
    if (width > 0 && plot === null) {
      plot = new uPlot({ ...options, width, height }, state.columns, box);
      plot.root.setAttribute("aria-hidden", "true");
    } else if (width > 0 && plot.width !== width) {
      plot.setSize({ width, height });
    }
  };
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" && plot !== null) {
      const { left, top } = plot.over.getBoundingClientRect();
      plot.setCursor({ left: event.clientX - left, top: event.clientY - top });
    }
  });
  const resized = new ResizeObserver(draw);
  resized.observe(box);
  const forget = onTheme(() => plot?.redraw(false, true));
  return {
    refresh: () => plot?.setData(state.columns),
    pointAt: (place) => plot?.setCursor({ left: plot.valToPos(state.columns[0][place], "x"), top: height / 2 }),
    destroy() {
      forget();
      resized.disconnect();
      plot?.destroy();
    },
  };
}

function optionsOf(box, { series, bars, state }, onCursor) {
  const paint = paintOf(box);
  return {
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: !bars, size: 7 }, y: false },
    scales: { x: { time: !bars, range: (_, low, high) => xRange(bars, state, low, high) }, ...yScales(series) },
    axes: axes(series, bars, state, paint),
    series: [{}, ...series.map((one, number) => lineOf(one, number, series.length, bars, paint))],
    hooks: { setCursor: [onCursor] },
  };
}

function lineOf(one, number, count, bars, paint) {
  const color = () => paint(one.color ?? `series-${number}`);
  const paths = bars
    ? uPlot.paths.bars({ size: [0.8 / count, 48], align: count > 1 ? number * 2 - 1 : 0 })
    : one.stepped
      ? uPlot.paths.stepped({ align: 1 })
      : uPlot.paths.linear();
  return {
    scale: one.side ?? "left",
    stroke: color,
    fill: bars ? color : one.filled ? () => paint(`${one.color} faint`) : undefined,
    width: bars ? 0 : 2,
    paths,
    points: { show: false },
  };
}

function yScales(series) {
  const sides = new Set(series.map((one) => one.side ?? "left"));
  const range = (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.12 : 1];
  return Object.fromEntries([...sides].map((side) => [side, { range }]));
}

function xRange(bars, { columns, range }, low, high) {
  if (bars) {
    return [-0.6, columns[0].length - 0.4];
  }
  return range ?? [low, high === low ? low + 1 : high];
}
