/** A session's power and current over its time. */

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { chartTime, powerOf } from "./words.js";

const SECOND_MS = 1000;
const HEIGHT_PX = 180;
const PHASES = ["l1", "l2", "l3"];

/** Returns the card with the charts, drawn by code that is loaded only now. */
export async function curve({ session, curve: { points } }) {
  const title = el("h2", {}, t("history.curve"));
  if (points.length === 0) {
    return { element: el("section.card.curve", {}, title, el("p.hint", {}, t("history.curve.none"))), destroy() {} };
  }
  const { chart } = await import("../../chart.js");
  const times = points.map(([at]) => chartTime(at) / SECOND_MS);
  const draw = (label, series, columns, summary) => {
    const graph = chart({ label, series, height: HEIGHT_PX });
    graph.setData([times, ...columns], { summary });
    return graph;
  };
  const words = { peak: powerOf(session.peak_power_w), mean: powerOf(session.mean_power_w) };
  const power = { label: t("history.power"), unit: "kW", color: "power" };
  const graphs = [draw(t("history.power"), [power], [scaled(points, 1)], t("history.curve.power", words))];
  const phases = PHASES.filter((_, place) => points.some((point) => point[place + 2] !== null));
  if (phases.length > 0) {
    const series = phases.map((phase) => ({ label: phase.toUpperCase(), unit: "A", color: phase }));
    const columns = phases.map((phase) => scaled(points, PHASES.indexOf(phase) + 2));
    graphs.push(draw(t("history.current"), series, columns, t("history.curve.current")));
  }
  const element = el("section.card.curve", {}, title, ...graphs.map((graph) => graph.element));
  return { element, destroy: () => graphs.forEach((graph) => graph.destroy()) };
}

function scaled(points, column) {
  return points.map((point) => (point[column] === null ? null : point[column] / 1000));
}
