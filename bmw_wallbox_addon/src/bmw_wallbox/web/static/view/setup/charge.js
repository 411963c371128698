/** The step of the test charge: from the permission to the first measured energy. */

import { command } from "../../commands.js";
import { el, setText } from "../../dom.js";
import { quantity, t } from "../../i18n.js";
import { said } from "../../said.js";
import { approvedStations, model, shown } from "../../store.js";
import { findings, step } from "./step.js";

/** Returns the step. */
export function chargeStep(number) {
  const list = findings();
  const outcome = el("p.hint", { role: "status" });
  const start = el("button.primary", { type: "button" }, t("guide.charge.start"));
  start.addEventListener("click", () => {
    const [station] = candidates();
    command(station.key, { command: "start_charging" }, { charging_allowed: true });
  });
  const body = [el("p", {}, t("guide.charge.text")), list.element, el("div.buttons", {}, start), outcome];
  const { element, update } = step({ number, key: "charge", body });
  return {
    element,
    update: () => {
      const [station] = candidates();
      const state = station ? shown(station.key) : null;
      const found = state ? progressOf(state) : [];
      list.update(found.slice(0, Math.max(2, firstMissing(found) + 1)));
      start.hidden = !state?.connected || isCharging(state) || (state.charging_allowed && !state.vehicle_connected);
      setText(outcome, saidOf(station, state));
      const standing = stateOf(state, found);
      update(standing);
      return standing.state;
    },
  };
}

/** The wallboxes to try, those of this house first. */
function candidates() {
  return approvedStations().toSorted((one, other) => Number(one.simulated) - Number(other.simulated));
}

function isCharging(state) {
  return state.status === "charging";
}

function progressOf(state) {
  const plugged = state.vehicle_connected === true;
  const charging = isCharging(state);
  const measured = charging && state.power > 0;
  const energyKwh = (state.energy_session ?? 0) / 1000;
  const rows = [
    ["allowed", state.charging_allowed === true],
    ["plugged", plugged],
    ["charging", charging || energyKwh > 0],
    ["measured", measured || energyKwh > 0],
  ];
  const values = { power: quantity((state.power ?? 0) / 1000, "kW"), energy: quantity(energyKwh, "kWh", 2) };
  return rows.map(([key, is]) => {
    const words = key === "measured" && is ? (measured ? "measured.now" : "measured.before") : `${key}.${is ? "yes" : "no"}`;
    return { ok: is || null, text: t(`guide.charge.${words}`, values) };
  });
}

/** Where the way to the first energy stands: what comes after it would only guess. */
function firstMissing(found) {
  const place = found.findIndex((one) => !one.ok);
  return place < 0 ? found.length : place;
}

function stateOf(state, found) {
  if (found.length > 0 && found.slice(2).every((one) => one.ok)) {
    return { state: "done", text: found[3].text };
  }
  if (!state?.connected) {
    return { state: "waiting", text: t("guide.charge.away") };
  }
  if (state.control_alert || state.status === "faulted") {
    return { state: "wrong", text: said(state.control_alert) || t("status.faulted") };
  }
  return { state: "waiting", text: found[firstMissing(found)].text };
}

function saidOf(station, state) {
  const failure = station && model.failures[station.key];
  const report = failure ?? (state?.last_command?.command === "start_charging" ? state.last_command : null);
  return report && state && !isCharging(state) ? said(report.message) : "";
}
