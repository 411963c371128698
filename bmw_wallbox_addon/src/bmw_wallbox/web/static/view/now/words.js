/** A wallbox's state in a sentence, and what to do where something is wrong. */

import { has, quantity, t } from "../../i18n.js";
import { said } from "../../said.js";

/** Returns the status to show: a wallbox that is away says nothing true any more. */
export function statusOf(state) {
  return state.connected ? state.status ?? "silent" : "disconnected";
}

/** Returns what the wallbox does, in one sentence. */
export function sentenceOf(state) {
  const status = statusOf(state);
  if (status === "ev_connected" && state.charging_allowed === false) {
    return t("sentence.not_allowed");
  }
  if (status !== "charging" || typeof state.power !== "number") {
    return t(`sentence.${status}`);
  }
  const limit = state.active_limit ?? state.current_limit;
  const byReason = `charging.${state.limit_reason}`;
  return t(has(byReason) ? byReason : "charging.plain", {
    power: quantity(state.power / 1000, "kW"),
    limit: quantity(limit, "A", Number.isInteger(limit) ? 0 : 1),
  });
}

/** Returns what is wrong with a wallbox, each with the next step: `{text, step}`. */
export function troublesOf(state) {
  const status = statusOf(state);
  const step = has(`next.${status}`) ? t(`next.${status}`) : "";
  const told = state.connected ? Object.entries(state.alerts ?? {}) : [];
  const alerts = told.map(([name, text]) => ({ text: text === "true" ? name : text, step: step || t("next.alert") }));
  if (step && alerts.length === 0) {
    alerts.push({ text: "", step }); // the headline says what is wrong
  }
  return state.control_alert ? [{ text: said(state.control_alert), step: t("next.control") }, ...alerts] : alerts;
}

/** Returns whether a car is plugged in, by its name where that is known. */
export function vehicleWords(state, vehicle) {
  const known = state.connected ? state.vehicle_connected : null;
  if (known === true && vehicle) {
    return t("vehicle.named", { vehicle });
  }
  return t({ true: "vehicle.yes", false: "vehicle.no" }[String(known)] ?? "vehicle.unknown");
}
