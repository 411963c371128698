/** The composite schedule: the limit that comes of all profiles together, asked of the wallbox and drawn. */

import { post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { moment, plain, t } from "../../i18n.js";
import { button, field, section } from "./parts.js";

const HOURS = [1, 6, 24];
const HOUR_S = 3600;
const SECOND_MS = 1000;

/** Returns the card. */
export function compositeCard(key) {
  const hours = el("select", {}, ...HOURS.map((count) => el("option", { value: count }, t("composite.hours", { count }))));
  const unit = el("select", {}, ...["A", "W"].map((one) => el("option", { value: one }, one)));
  const outcome = el("p.hint", { role: "status" });
  const place = el("div");
  const ask = button("primary", t("composite.ask"), () => request());
  let graph = null;

  const destroy = () => {
    graph?.destroy();
    graph = null;
  };
  const request = async () => {
    ask.disabled = true;
    setText(outcome, t("action.working"));
    try {
      const payload = { evseId: 1, duration: Number(hours.value) * HOUR_S, chargingRateUnit: unit.value };
      const { status, schedule } = await post(stationPath(key, "ocpp"), { action: "GetCompositeSchedule", payload });
      setText(outcome, schedule ? "" : t("composite.none", { status }));
      destroy();
      if (schedule) {
        graph = await draw(schedule);
        place.replaceChildren(graph.element);
      }
    } catch (error) {
      setText(outcome, error.message);
    } finally {
      ask.disabled = false;
    }
  };
  const fields = el("div.filters", {}, field(t("composite.duration"), hours), field(t("composite.unit"), unit));
  const element = section(t("composite.title"), el("p.hint", {}, t("composite.text")), fields, el("div.buttons", {}, ask), outcome, place);
  return { element, destroy };
}

async function draw({ chargingRateUnit: unit, scheduleStart, duration, chargingSchedulePeriod: periods }) {
  const { chart } = await import("../../chart.js");
  const begin = Date.parse(scheduleStart) / SECOND_MS;
  const times = periods.map(({ startPeriod }) => begin + startPeriod);
  const limits = periods.map(({ limit }) => limit);
  const label = t("composite.title");
  const graph = chart({ label, series: [{ label: t("profiles.limit"), unit, color: "limit", stepped: true }] });
  const ends = [...times, begin + duration];
  const values = [...limits, limits.at(-1)];
  const words = { low: plain(Math.min(...limits)), high: plain(Math.max(...limits)), unit, when: moment(scheduleStart) };
  graph.setData([ends, values], { summary: t("composite.summary", words), from: begin, to: begin + duration });
  return graph;
}
