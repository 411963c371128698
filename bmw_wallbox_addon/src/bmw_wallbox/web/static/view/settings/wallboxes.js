/** The wallboxes: who is let in, how each is handled, and its restart. */

import { post, stationPath } from "../../api.js";
import { el, keyed, setText } from "../../dom.js";
import { moment, t } from "../../i18n.js";
import { approvedStations, model } from "../../store.js";
import { ask, askName } from "../dialog.js";
import { actionButton } from "../notices.js";
import { handlingCard } from "./handling.js";

const PAIRING_MIN = 15;

/** Returns the view. */
export function wallboxesView() {
  const list = el("ul.rows");
  const outcome = el("p.hint", { role: "status" });
  const pairing = el("p.hint");
  const pair = pairButton(outcome);
  const close = el("button.quiet", { type: "button" }, t("pairing.close"));
  close.addEventListener("click", () => attempt(() => post("api/pairing", { minutes: 0 }), outcome));
  const door = el("section.card.group", { "aria-labelledby": "door-title" }, el("h3", { id: "door-title" }, t("admission")), list, el("p.hint", {}, t("pairing.text")), pairing, el("div.buttons", {}, pair, close), outcome);
  const cards = el("div.view");
  const element = el("div.view", {}, door, cards);
  const updateList = keyed(list, keyOf, (station) => row(station, outcome));
  const updateCards = keyed(cards, ({ key }) => key, handlingCard);
  const handling = () => approvedStations();
  const update = () => {
    const until = model.info.pairing;
    updateList(model.stations);
    updateCards(handling());
    setText(pairing, until ? t("pairing.until", { when: moment(until) }) : "");
    pair.hidden = !model.admin;
    close.hidden = !model.admin || !until;
  };
  return { element, update };
}

/** A row is made anew when other buttons belong into it. */
function keyOf(station) {
  return JSON.stringify([station.id, station.admission, Boolean(station.refused_from), model.admin]);
}

function pairButton(outcome) {
  const pair = el("button.quiet", { type: "button" }, t("pairing.open", { minutes: PAIRING_MIN }));
  pair.addEventListener("click", () =>
    attempt(async () => {
      await post("api/pairing", { minutes: PAIRING_MIN });
      setText(outcome, t("pairing.opened", { minutes: PAIRING_MIN }));
    }, outcome),
  );
  return pair;
}

function row(station, outcome) {
  const state = el("p.hint");
  const path = (resource) => stationPath(station.key, resource);
  const button = (resource, danger) => actionButton(t(`action.${resource}`), path(resource), outcome, "text", danger);
  const forget = el("button.text", { type: "button" }, t("action.forget"));
  forget.addEventListener("click", () => askToForget(station, path("forget"), outcome));
  const buttons = [
    station.refused_from ? button("trust_password", "trust_password") : null,
    station.admission === "approved" ? null : button("approve"),
    station.admission === "blocked" ? null : button("block", station.admission === "approved" ? "block" : ""),
    forget,
  ];
  const tools = model.admin ? el("div.buttons", { role: "group", "aria-label": station.id }, ...buttons) : null;
  const element = el("li", {}, el("div", {}, el("code.id", {}, station.id), state), tools);
  const update = (now) => {
    const refused = now.refused_from ? t("refused", { remote: now.refused_from }) : "";
    const demo = now.simulated ? t("simulated") : "";
    setText(state, [t(`admission.${now.admission}`), t(`password.${now.password}`), refused, demo].filter(Boolean).join(" · "));
  };
  return { element, update };
}

async function askToForget(station, path, outcome) {
  const asked = station.admission === "approved" ? askName : askPlainly;
  const confirm = await asked(t("forget.title"), [t("forget.text", { id: station.id })], "forget");
  if (confirm) {
    await attempt(() => post(path, { confirm }), outcome);
  }
}

function askPlainly(title, paragraphs, name) {
  return ask(title, paragraphs, [{ label: t("action.forget"), value: name, style: "danger" }]);
}

function attempt(task, outcome) {
  return task().catch((error) => setText(outcome, error.message));
}
