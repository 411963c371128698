/** One wallbox: what it does, what it measured, and its controls. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { ago, has, t } from "../i18n.js";
import { serverNowMs, shown } from "../store.js";
import { controls } from "./controls.js";
import { gauge } from "./gauge.js";
import { outcome } from "./outcome.js";
import { tiles } from "./tiles.js";

const LOOKS = {
  charging: { look: "good", icon: "bolt" },
  ev_connected: { look: "calm", icon: "car" },
  paused: { look: "calm", icon: "pause" },
  paused_by_car: { look: "calm", icon: "pause" },
  available: { look: "calm", icon: "plug" },
  reserved: { look: "calm", icon: "hourglass" },
  out_of_service: { look: "warn", icon: "block" },
  faulted: { look: "bad", icon: "alert" },
  disconnected: { look: "warn", icon: "link" },
  silent: { look: "calm", icon: "hourglass" },
};

/** Returns the card of the station with this key. */
export function stationCard(key) {
  const badge = el("span.badge");
  const title = el("h2.status", { id: `status-${key}` });
  const sentence = el("p.sentence");
  const vehicle = el("li");
  const connection = el("li");
  const demo = el("p.demo", {}, t("simulated"));
  const dial = gauge();
  const parts = [dial, controls(key), outcome(key), tiles()];
  const [, buttons, result, values] = parts;
  const element = el(
    "article.station",
    { "aria-labelledby": `status-${key}` },
    el(
      "section.card.hero",
      {},
      dial.element,
      el(
        "div.story",
        {},
        demo,
        el("div.headline", {}, badge, title),
        sentence,
        el("ul.facts", {}, vehicle, connection),
        buttons.element,
        result.element,
      ),
    ),
    values.element,
  );
  const update = () => {
    const state = shown(key);
    const status = statusOf(state);
    const { look, icon: picture } = LOOKS[status] ?? LOOKS.silent;
    if (element.dataset.status !== status) {
      element.dataset.status = status;
      element.dataset.look = look;
      badge.replaceChildren(icon(picture));
    }
    demo.hidden = !state.simulated;
    setText(title, t(`status.${status}`));
    setText(sentence, sentenceOf(state, status));
    fact(vehicle, "car", vehicleWords(state));
    fact(connection, "link", connectionWords(state));
    parts.forEach((part) => part.update(state));
  };
  return { element, update };
}

/** Returns the status to show: a wallbox that is away says nothing true any more. */
export function statusOf(state) {
  return state.connected ? state.status ?? "silent" : "disconnected";
}

function sentenceOf(state, status) {
  if (state.control_alert) {
    return state.control_alert;
  }
  const alerts = Object.values(state.alerts ?? {});
  if (alerts.length > 0) {
    return alerts.join(" · ");
  }
  if (status === "ev_connected" && state.charging_allowed === false) {
    return t("sentence.not_allowed");
  }
  const byReason = `limit_reason.${state.limit_reason}`;
  if (status === "charging" && has(byReason)) {
    return t(byReason);
  }
  return t(`sentence.${status}`);
}

function vehicleWords(state) {
  const known = state.connected ? state.vehicle_connected : null;
  return t({ true: "vehicle.yes", false: "vehicle.no" }[String(known)] ?? "vehicle.unknown");
}

function connectionWords(state) {
  const since = state.connected ? state.last_message_at : state.connection_changed_at;
  const when = since ? ago(since, serverNowMs()) : "";
  if (state.connected) {
    return when ? t("connection.heard", { when }) : t("connection.yes");
  }
  return when ? t("connection.lost", { when }) : t("connection.never");
}

function fact(item, picture, words) {
  if (!item.firstChild) {
    item.append(icon(picture), el("span"));
  }
  setText(item.lastChild, words);
}
