/** Energy or cost by day, week, month or year as bars: each is a button that narrows the range to itself. */

import { el, setText } from "../../dom.js";
import { plain, t } from "../../i18n.js";
import { barTable, summary } from "./bar_words.js";
import { SPANS } from "./wanted.js";
import { costs, energyOf, periodName } from "./words.js";

const MEASURES = ["energy", "cost"];
const LABEL_PX = 44;
const BAR_PX = 3; // the least, as in the stylesheet
const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/**
 * @param {{span: (span: string) => void, bar: (bar: object) => void, back: () => void}} on
 */
export function barChart(on) {
  const shown = { measure: "energy", sums: { bars: [] }, wanted: { span: "month" } };
  const [readout, words] = [el("p.readout", { "aria-hidden": "true" }), el("p.hint")];
  const scale = el("div.scale", { "aria-hidden": "true" });
  const plot = el("div.bar-plot", { role: "group", "aria-label": t("history.chart") });
  const table = el("div.table");
  const back = el("button.text", { type: "button", onclick: () => on.back() }, t("history.back"));
  const spans = choice("by", SPANS, on.span);
  const measures = choice("measure", MEASURES, (measure) => update({ measure }));
  plot.addEventListener("keydown", (event) => move(plot, event));

  const update = (changes) => {
    Object.assign(shown, changes);
    const { measure, sums, wanted } = shown;
    const tell = (bar) => setText(readout, bar ? barWords(bar, wanted.span) : "\u00a0");
    draw(plot, scale, shown, { tell, pick: on.bar });
    setText(words, summary(sums.bars, wanted.span));
    table.replaceChildren(barTable(sums.bars, wanted.span));
    spans.mark(wanted.span);
    measures.mark(measure);
    back.hidden = !wanted.back;
    tell(null);
  };
  new ResizeObserver(() => update({})).observe(plot);
  const head = el("div.head", {}, el("h2", {}, t("history.chart")), back, measures.element, spans.element);
  const fold = el("details.as-table", {}, el("summary", {}, t("history.table")), table);
  const bars = el("div.bars", {}, scale, plot);
  return { element: el("section.card.barchart", {}, head, readout, bars, words, fold), update };
}

/** Draws the bars and their scale; where a bar had the focus, the first one has it then. */
function draw(plot, scale, { measure, sums: { bars, currency }, wanted: { span } }, on) {
  const money = currencyOf(bars, currency);
  const values = bars.map((bar) => (measure === "cost" ? (bar.cost_micros[money] ?? 0) / 1e6 : bar.energy_wh / 1000));
  const top = roundTop(values.reduce((most, value) => Math.max(most, value), 0));
  const step = Math.ceil(LABEL_PX / Math.max((plot.clientWidth || 640) / bars.length, BAR_PX));
  const hadFocus = plot.contains(document.activeElement);
  const buttons = bars.map((bar, place) => {
    const label = place % step === 0 ? periodName(bar, span, true) : "";
    return barButton(bar, { share: top ? values[place] / top : 0, label, name: barWords(bar, span), on });
  });
  plot.replaceChildren(...buttons);
  plot.scrollLeft = plot.scrollWidth;
  buttons[0]?.setAttribute("tabindex", "0");
  if (hadFocus) {
    buttons[0]?.focus();
  }
  const marks = top ? [top, top / 2, 0] : [];
  scale.replaceChildren(...marks.map((value) => el("span", {}, scaleWords(value, measure, money))));
}

function barButton(bar, { share, label, name, on: { tell, pick } }) {
  const fill = el("span.fill");
  fill.style.setProperty("--share", share);
  const below = el("span.label", { "data-label": label });
  const button = el("button.bar", { type: "button", tabindex: -1, "aria-label": name }, fill, below);
  button.classList.toggle("none", bar.count === 0);
  button.addEventListener("click", () => pick(bar));
  button.addEventListener("pointerenter", () => tell(bar));
  button.addEventListener("pointerleave", () => tell(null));
  button.addEventListener("focus", () => tell(bar));
  button.addEventListener("blur", () => tell(null));
  return button;
}

/** One tab stop for all bars; the arrow keys go from one to the next. */
function move(plot, event) {
  if (!(event.key in KEYS)) {
    return;
  }
  event.preventDefault();
  const bars = [...plot.children];
  const place = bars.indexOf(document.activeElement) + KEYS[event.key];
  const next = bars[Math.min(Math.max(place, 0), bars.length - 1)];
  bars.forEach((bar) => (bar.tabIndex = bar === next ? 0 : -1));
  next?.focus();
}

/** Returns buttons of which one is pressed. */
function choice(name, values, pick) {
  const buttons = values.map((value) =>
    el("button", { type: "button", value, onclick: () => pick(value) }, t(`history.${name}.${value}`)),
  );
  const mark = (value) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.value === value)));
  return { element: el("div.choice", { role: "group", "aria-label": t(`history.${name}`) }, ...buttons), mark };
}

function barWords(bar, span) {
  if (bar.count === 0) {
    return `${periodName(bar, span)} · ${t("history.nothing")}`;
  }
  const count = t(bar.count === 1 ? "history.one" : "history.count", { count: bar.count });
  return [periodName(bar, span), energyOf(bar.energy_wh), costs(bar.cost_micros), count].join(" · ");
}

function scaleWords(value, measure, currency) {
  return measure === "cost" ? costs({ [currency]: value * 1e6 }) : `${plain(value)}\u00a0kWh`;
}

/** The bars of cost show one currency: the tariffs', or else the one that most sessions have. */
function currencyOf(bars, currency) {
  const known = bars.flatMap((bar) => Object.keys(bar.cost_micros));
  return known.includes(currency) || known.length === 0 ? currency || "EUR" : known[0];
}

/** Returns the next round number whose half is round too. */
function roundTop(value) {
  if (value <= 0) {
    return 0;
  }
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((step) => step * size >= value) * size;
}
