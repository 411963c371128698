/** The step of the wallbox's arrival: who came to the door, why it was refused, and the tap that lets it in. */

import { post, stationPath } from "../../api.js";
import { el, keyed, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { approvedStations, model } from "../../store.js";
import { diary } from "../diary.js";
import { actionButton, pendingCard } from "../notices.js";
import { step } from "./step.js";

const PAIRING_MIN = 15;

/** Returns the step. */
export function arrivalStep(number) {
  const waiting = el("div.attention");
  const outcome = el("p.hint", { role: "status" });
  const trust = el("div.buttons");
  const pair = pairButton(outcome);
  const visits = diary();
  const body = [
    el("p", {}, t("guide.arrival.text")),
    waiting,
    trust,
    el("h3", {}, t("diary")),
    visits.element,
    el("p.hint", {}, t("guide.arrival.pairing")),
    el("div.buttons", {}, pair),
    outcome,
  ];
  const updateWaiting = keyed(waiting, ({ station }) => station.id, pendingCard);
  const updateTrust = keyed(trust, (station) => station.key, (station) => trustButton(station, outcome));
  const { element, update } = step({ number, key: "arrival", body });
  return {
    element,
    update: () => {
      updateWaiting(model.stations.filter((one) => one.admission === "pending").map((station) => ({ station })));
      updateTrust(model.stations.filter((one) => one.refused_from && model.admin));
      visits.update();
      pair.hidden = !model.admin;
      const standing = stateOf();
      update(standing);
      return standing.state;
    },
  };
}

function pairButton(outcome) {
  const pair = el("button.quiet", { type: "button" }, t("guide.pair", { minutes: PAIRING_MIN }));
  pair.addEventListener("click", () =>
    post("api/pairing", { minutes: PAIRING_MIN }).then(
      () => setText(outcome, t("guide.paired", { minutes: PAIRING_MIN })),
      (error) => setText(outcome, error.message),
    ),
  );
  return pair;
}

function trustButton(station, outcome) {
  const path = stationPath(station.key, "trust_password");
  const element = actionButton(t("action.trust_password"), path, outcome, "primary", "trust_password");
  return { element, update: () => {} };
}

function stateOf() {
  const inside = approvedStations().filter((station) => !station.simulated);
  const connected = inside.find((station) => model.states[station.key].connected);
  if (connected) {
    return { state: "done", text: t("guide.arrival.connected", { id: connected.id }) };
  }
  const pending = model.stations.find((station) => station.admission === "pending");
  if (pending) {
    return { state: "waiting", text: t("guide.arrival.pending", { id: pending.id }) };
  }
  const [latest] = model.info.diary ?? [];
  if (latest && ["refused", "failed"].includes(latest.verdict)) {
    const who = latest.charge_point_id ?? latest.remote;
    return { state: "wrong", text: t("guide.arrival.refused", { id: who, remote: latest.remote }) };
  }
  return { state: "waiting", text: t(inside.length > 0 ? "guide.arrival.away" : "guide.arrival.nobody") };
}
