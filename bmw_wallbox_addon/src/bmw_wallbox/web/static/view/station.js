/** One wallbox: what it does, what it measured, and its controls. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { ago, t } from "../i18n.js";
import { serverNowMs, shown } from "../store.js";
import { controls } from "./controls.js";
import { gauge } from "./gauge.js";
import { live } from "./now/live.js";
import { runningSession } from "./now/session.js";
import { troubles } from "./now/troubles.js";
import { sentenceOf, statusOf, vehicleWords } from "./now/words.js";
import { outcome } from "./outcome.js";
import { tiles } from "./tiles.js";

const QUIET_MS = 60_000;
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
  const demo = el("p.demo", {}, t("simulated"));
  const restart = el("p.demo", {}, t("restart_required"));
  const headline = headlineOf(key);
  const facts = el("ul.facts", {}, el("li"), el("li"), el("li"));
  const session = runningSession(key);
  const [dial, wrong, buttons, result] = [gauge(), troubles(), controls(key), outcome(key)];
  const below = [tiles(), live(key)];
  const parts = [headline, wrong, buttons, result];
  const story = el("div.story", {}, demo, restart, headline.element, facts, ...parts.slice(1).map((part) => part.element));
  const element = el(
    "article.station",
    { "aria-labelledby": `status-${key}` },
    el("section.card.hero", {}, dial.element, story),
    ...below.map((part) => part.element),
  );
  const update = () => {
    const state = shown(key);
    const now = session(state);
    element.dataset.status = statusOf(state);
    element.dataset.look = looksOf(state).look;
    demo.hidden = !state.simulated;
    restart.hidden = !state.device?.reboot_required;
    [
      ["car", vehicleWords(state, now?.vehicle)],
      ["card", now?.person ?? ""],
      ["link", connectionWords(state)],
    ].forEach(([picture, words], place) => fact(facts.children[place], picture, words));
    [dial, ...parts, ...below].forEach((part) => part.update(state, now));
  };
  return { element, update };
}

/** What the wallbox does, in a word with its picture and in a sentence. */
function headlineOf(key) {
  const badge = el("span.badge");
  const title = el("h2.status", { id: `status-${key}` });
  const sentence = el("p.sentence");
  const element = el("div.headlines", {}, el("div.headline", {}, badge, title), sentence);
  const update = (state) => {
    if (setText(title, t(`status.${statusOf(state)}`))) {
      badge.replaceChildren(icon(looksOf(state).icon));
    }
    setText(sentence, sentenceOf(state));
  };
  return { element, update };
}

function looksOf(state) {
  return LOOKS[statusOf(state)] ?? LOOKS.silent;
}

function connectionWords(state) {
  const since = state.connected ? state.last_message_at : state.connection_changed_at;
  const when = since ? ago(since, serverNowMs()) : "";
  if (state.connected) {
    const silent = since && serverNowMs() - Date.parse(since) > QUIET_MS;
    return silent ? t("connection.heard", { when }) : t("connection.yes");
  }
  return when ? t("connection.lost", { when }) : t("connection.never");
}

function fact(item, picture, words) {
  item.hidden = words === "";
  if (!item.firstChild) {
    item.append(icon(picture), el("span"));
  }
  setText(item.lastChild, words);
}
