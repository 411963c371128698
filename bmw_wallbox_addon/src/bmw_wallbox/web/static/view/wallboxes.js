/** Everybody who ever knocked, behind a fold: who is in, who is kept out, and the door itself. */

import { post, stationPath } from "../api.js";
import { el, keyed, setText } from "../dom.js";
import { t } from "../i18n.js";
import { model } from "../store.js";
import { ask } from "./dialog.js";
import { actionButton } from "./notices.js";

const PAIRING_MIN = 15;

/** Returns the list of wallboxes. */
export function wallboxes() {
  const list = el("ul.list");
  const outcome = el("p.hint", { role: "status" });
  const pair = el("button.quiet", { type: "button" }, t("pairing.open", { minutes: PAIRING_MIN }));
  pair.addEventListener("click", () =>
    post("api/pairing", { minutes: PAIRING_MIN }).then(
      () => setText(outcome, t("pairing.opened", { minutes: PAIRING_MIN })),
      (error) => setText(outcome, error.message),
    ),
  );
  const element = el(
    "details.card.more",
    {},
    el("summary", {}, t("wallboxes")),
    list,
    el("p.hint", {}, t("pairing.text")),
    el("div.buttons", {}, pair),
    outcome,
  );
  const updateList = keyed(list, keyOf, (station) => row(station, outcome));
  const update = () => {
    element.hidden = !model.known || !model.admin;
    updateList(model.stations);
  };
  return { element, update };
}

/** A row is made anew when other buttons belong into it. */
function keyOf(station) {
  return JSON.stringify([station.id, station.admission, Boolean(station.refused_from)]);
}

function row(station, outcome) {
  const state = el("span.hint");
  const path = (resource) => stationPath(station.key, resource);
  const button = (resource) => actionButton(t(`action.${resource}`), path(resource), outcome, "text");
  const forget = el("button.text", { type: "button" }, t("action.forget"));
  forget.addEventListener("click", () => askToForget(station, path("forget"), outcome));
  const element = el(
    "li",
    {},
    el("div", {}, el("code.id", {}, station.id), state),
    el(
      "div.buttons",
      {},
      station.refused_from ? button("trust_password") : null,
      station.admission === "approved" ? null : button("approve"),
      station.admission === "blocked" ? null : button("block"),
      forget,
    ),
  );
  const update = (now) => {
    const refused = now.refused_from ? t("refused", { remote: now.refused_from }) : "";
    setText(state, [t(`admission.${now.admission}`), refused].filter(Boolean).join(" – "));
  };
  return { element, update };
}

async function askToForget(station, path, outcome) {
  const answer = await ask(
    t("forget.title"),
    [t("forget.text", { id: station.id })],
    [{ label: t("action.forget"), value: "yes", style: "danger" }],
  );
  if (answer === "yes") {
    await post(path).catch((error) => setText(outcome, error.message));
  }
}
