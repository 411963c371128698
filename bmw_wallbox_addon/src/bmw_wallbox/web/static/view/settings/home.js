/** The link to Home Assistant: how it stands, MQTT, and taking our devices out. */

import { post } from "../../api.js";
import { el, setText } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { said } from "../../said.js";
import { model } from "../../store.js";
import { askName } from "../dialog.js";
import { actionButton } from "../notices.js";

const BASE = "api/home_assistant";

/** Returns the view. */
export function homeView() {
  const facts = el("dl.facts-list");
  const link = el("dd");
  const mqtt = el("dd");
  const version = el("dd");
  const outcome = el("p.hint", { role: "status" });
  facts.append(...[["link", link], ["mqtt", mqtt], ["version", version]].map(([key, value]) => el("div", {}, el("dt", {}, t(`home.${key}`)), value)));
  const set = actionButton(t("action.setup_mqtt"), `${BASE}/setup_mqtt`, outcome, "primary");
  const again = actionButton(t("home.again"), `${BASE}/register_again`, outcome);
  const remove = el("button.danger", { type: "button" }, t("home.remove"));
  remove.addEventListener("click", () => takeOut(outcome));
  const leaving = el("section.card.group", {}, el("h3", {}, t("home.leave")), el("p.hint", {}, t("home.remove.help")), el("div.buttons", {}, remove));
  const help = el("p.hint", {}, t("home.again.help"));
  const element = el("div.view", {}, el("section.card.group", {}, facts, help, el("div.buttons", {}, set, again), outcome), leaving);
  const update = () => {
    const { state = "connecting", mqtt: transport, message, version: core } = model.info.home_assistant ?? {};
    const connected = state === "connected";
    setText(link, worded(`home.state.${state}`, said(message) ?? state));
    setText(mqtt, worded(`home.mqtt.${transport}`, said(message) ?? "–"));
    setText(version, core ?? "–");
    set.hidden = !model.admin || transport !== "not_set_up";
    again.hidden = help.hidden = leaving.hidden = !model.admin || !connected;
  };
  return { element, update };
}

function worded(key, otherwise) {
  return has(key) ? t(key) : otherwise;
}

async function takeOut(outcome) {
  const confirm = await askName(t("home.remove.title"), [t("home.remove.text")], "remove");
  if (!confirm) {
    return;
  }
  setText(outcome, t("action.working"));
  await post(`${BASE}/remove`, { confirm }).then(
    () => setText(outcome, t("home.removed")),
    (error) => setText(outcome, error.message),
  );
}
