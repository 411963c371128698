/** The step of Home Assistant's entities: MQTT, set up by one tap. */

import { post } from "../../api.js";
import { el, setText } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { said } from "../../said.js";
import { model } from "../../store.js";
import { step } from "./step.js";

/** Returns the step. */
export function mqttStep(number) {
  const progress = el("p", { role: "status" });
  const set = el("button.primary", { type: "button" }, t("action.setup_mqtt"));
  const bar = el("progress", { "aria-label": t("guide.mqtt.progress"), hidden: true });
  let busy = false;
  let trouble = "";
  const { element, update } = step({
    number,
    key: "mqtt",
    body: [el("p", {}, t("guide.mqtt.text")), bar, progress, el("div.buttons", {}, set)],
  });
  const show = () => {
    const { mqtt, mqtt_setup_step: at } = link();
    const running = busy && mqtt !== "ready";
    bar.hidden = !running;
    set.hidden = mqtt !== "not_set_up" || !model.admin;
    set.disabled = busy;
    setText(progress, running ? t(`guide.mqtt.${at || "asking"}`) : trouble);
    const standing = stateOf();
    update(standing);
    return standing.state;
  };
  set.addEventListener("click", async () => {
    [busy, trouble] = [true, ""];
    show();
    try {
      await post("api/home_assistant/setup_mqtt");
    } catch (error) {
      trouble = error.message;
    }
    busy = false;
    show();
  });
  return { element, update: show };
}

function stateOf() {
  const { state, mqtt, message } = link();
  if (state === "absent") {
    return { state: "skipped", text: t("guide.mqtt.absent") };
  }
  if (mqtt === "ready") {
    return { state: "done", text: "" };
  }
  const key = `guide.mqtt.state.${state === "connected" ? mqtt : state}`;
  const waits = ["connecting", "core_starting"].includes(state) || mqtt === "link_down";
  return { state: waits ? "waiting" : "wrong", text: has(key) ? t(key) : said(message) };
}

function link() {
  return model.info.home_assistant ?? { state: "connecting" };
}
