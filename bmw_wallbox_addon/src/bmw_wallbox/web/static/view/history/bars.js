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
  let measure = "energy";
  let shown = { sums: { bars: [] }, wanted: { span: "month" } };
  const readout = el("p.readout", { "aria-hidden": "true" });
  const words = el("p.hint");
  const scale = el("div.scale", { "aria-hidden": "true" });
  const plot = el("div.bar-plot", { role: "group", "aria-label": t("history.chart") });
  const table = el("div.table");
  const back = el("button.text", { type: "button", onclick: () => on.back() }, t("history.back"));
  const spans = choice(t("history.by"), SPANS.map((span) => [span, t(`history.by.${span}`)]), on.span);
  const measures = choice(t("history.measure"), MEASURES.map((name) => [name, t(`history.measure.${name}`)]), (name) => {
    measure = name;
    update(shown);
  });
  plot.addEventListener("keydown", (event) => move(plot, event));

  const update = (next) => {
    shown = next;
    const { sums, wanted } = shown;
    const currency = currencyOf(sums);
    const values = sums.bars.map((bar) => (measure === "cost" ? (bar.cost_micros[currency] ?? 0) / 1e6 : bar.energy_wh / 1000));
    const top = roundTop(Math.max(...values, 0));
    const tell = (bar) => setText(readout, bar ? barWords(bar, wanted.span) : "\u00a0");
    const step = Math.ceil(LABEL_PX / Math.max((plot.clientWidth || 640) / sums.bars.length, BAR_PX));
    const hadFocus = plot.contains(document.activeElement);
    plot.replaceChildren(
      ...sums.bars.map((bar, place) => {
        const label = place % step === 0 ? periodName(bar, wanted.span, true) : "";
        return barButton(bar, { share: top ? values[place] / top : 0, label, name: barWords(bar, wanted.span), tell, on });
      }),
    );
    plot.firstElementChild?.setAttribute("tabindex", "0");
    plot.scrollLeft = plot.scrollWidth;
    if (hadFocus) {
      plot.firstElementChild?.focus();
    }
    scale.replaceChildren(...(top ? [top, top / 2, 0] : []).map((value) => el("span", {}, scaleWords(value, measure, currency))));
    setText(words, summary(sums.bars, wanted.span));
    table.replaceChildren(barTable(sums.bars, wanted.span));
    spans.mark(wanted.span);
    measures.mark(measure);
    back.hidden = !wanted.back;
    tell(null);
  };
  new ResizeObserver(() => update(shown)).observe(scale.parentElement ?? plot);
  const head = el("div.head", {}, el("h2", {}, t("history.chart")), back, measures.element, spans.element);
  const fold = el("details.as-table", {}, el("summary", {}, t("history.table")), table);
  return { element: el("section.card.barchart", {}, head, readout, el("div.bars", {}, scale, plot), words, fold), update };
}

function barButton(bar, { share, label, name, tell, on }) {
  const fill = el("span.fill");
  fill.style.setProperty("--share", share);
  const button = el("button.bar", { type: "button", tabindex: -1, "aria-label": name }, fill, el("span.label", { "data-label": label }));
  button.classList.toggle("none", bar.count === 0);
  button.addEventListener("click", () => on.bar(bar));
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
function choice(label, options, pick) {
  const buttons = options.map(([value, text]) => el("button", { type: "button", value, onclick: () => pick(value) }, text));
  const mark = (value) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.value === value)));
  return { element: el("div.choice", { role: "group", "aria-label": label }, ...buttons), mark };
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
function currencyOf({ bars, currency }) {
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
