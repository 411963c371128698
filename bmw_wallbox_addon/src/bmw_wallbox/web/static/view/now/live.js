/** The chart of the last hours: power, and the current of every phase that is used. */

import { RequestError } from "../../api.js";
import { el, setAttribute, setText } from "../../dom.js";
import { energy, quantity, t } from "../../i18n.js";
import { model } from "../../store.js";
import { dayLine, sumsOf } from "./line.js";

const HOURS = [1, 3, 6, 12, 24];
const USUAL_HOURS = 6;
const STALE_MS = 10000;

/** Returns the card with the chart of one wallbox. */
export function live(key) {
  const line = dayLine(key);
  const trouble = el("p.hint.refusal", { role: "status" });
  const drawing = el("div.drawing");
  const choice = hoursChoice(() => draw());
  const title = el("h3", { id: `live-${key}` }, t("live.title"));
  const head = el("div.live-head", {}, title, choice.element);
  const element = el("section.card.live", { "aria-labelledby": `live-${key}` }, head, trouble, drawing);
  let make = null;
  let show = () => {};
  let drawnAtMs = 0;
  let connection = "";
  let latest = {};

  const draw = () => {
    drawnAtMs = Date.now();
    show(line.since(choice.hours()), choice.hours());
  };
  const load = async () => {
    const [drawer, kept] = await Promise.allSettled([import("../../chart.js"), line.load()]);
    if (make === null && drawer.value) {
      make = drawer.value.chart;
      show = drawnIn(drawing, make);
    }
    line.add(latest);
    setText(trouble, reasonOf(drawer) || reasonOf(kept));
    draw();
  };
  const update = (state) => {
    const came = connection !== "open" && model.connection === "open";
    connection = model.connection;
    latest = state;
    if (came) {
      load();
    } else if (line.add(state) || Date.now() - drawnAtMs > STALE_MS) {
      draw();
    }
  };
  return { element, update };
}

/** Returns what draws a line into an element; there is a curve for every phase that is used. */
function drawnIn(drawing, make) {
  let chart = null;
  let drawnPhases = "";
  return ({ columns, from, to }, hours) => {
    const phases = [1, 2, 3].filter((phase) => columns[phase + 1].some((value) => value > 0));
    if (chart === null || drawnPhases !== phases.join()) {
      chart?.destroy();
      chart = make({ label: t("live.title"), series: seriesOf(phases) });
      drawnPhases = phases.join();
      drawing.replaceChildren(chart.element);
    }
    const kept = [columns[0], columns[1], ...phases.map((phase) => columns[phase + 1])];
    chart.setData(kept, { from, to, summary: summaryOf(columns, hours) });
  };
}

function reasonOf({ reason }) {
  return reason === undefined ? "" : reason instanceof RequestError ? reason.message : t("error.unreachable");
}

function seriesOf(phases) {
  const power = { label: t("live.power"), unit: "kW", color: "power", filled: true };
  return [power, ...phases.map((phase) => ({ label: `L${phase}`, unit: "A", color: `l${phase}`, side: "right" }))];
}

function hoursChoice(onChoice) {
  let hours = USUAL_HOURS;
  const buttons = HOURS.map((value) => {
    const button = el("button.text", { type: "button" }, t("live.hours", { hours: value }));
    button.addEventListener("click", () => {
      hours = value;
      show();
      onChoice();
    });
    return button;
  });
  const show = () =>
    buttons.forEach((button, number) => setAttribute(button, "aria-pressed", String(HOURS[number] === hours)));
  show();
  const element = el("div.hours", { role: "group", "aria-label": t("live.choose") }, ...buttons);
  return { element, hours: () => hours };
}

function summaryOf(columns, hours) {
  const sums = sumsOf(columns);
  const span = t(hours === 1 ? "live.span.one" : "live.span", { hours });
  if (sums.most === 0) {
    return t("live.nothing", { span });
  }
  return t("live.summary", { span, energy: energy(sums.energy), most: quantity(sums.most, "kW") });
}
