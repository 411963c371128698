/** Start, stop, the limit, refresh, restart, the end of a transaction, and the light. */

import { command } from "../commands.js";
import { el } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { model } from "../store.js";
import { dialogs } from "./dialogs.js";
import { slider } from "./slider.js";

const LOWEST_A = 6;
const HIGHEST_A = 32;

/** Returns a station's controls. */
export function controls(key) {
  const start = button("primary", "play", t("control.start"), () =>
    command(key, { command: "start_charging" }, { charging_allowed: true }),
  );
  const stop = button("quiet", "pause", t("control.stop"), () =>
    command(key, { command: "stop_charging" }, { charging_allowed: false }),
  );
  const limit = limitSlider(key);
  const light = lightSlider(key);
  const refresh = button("text", "refresh", t("control.refresh"), () => command(key, { command: "refresh" }));
  const restart = button("text", "restart", t("control.restart"), () => askToRestart(key));
  const end = button("text", "cross", t("control.end_transaction"), () => askToEnd(key));
  const element = el(
    "div.controls",
    {},
    el("div.buttons", {}, start, stop),
    limit.element,
    el("div.buttons.minor", {}, refresh, restart, end),
    light.element,
  );
  const update = (state) => {
    const running = state.charging_allowed && ["charging", "paused_by_car"].includes(state.status);
    start.className = running ? "quiet" : "primary";
    stop.className = running ? "primary" : "quiet";
    refresh.disabled = !state.connected;
    restart.disabled = !state.connected;
    end.hidden = !model.admin || !state.transaction_id;
    end.disabled = !state.connected;
    light.element.hidden = typeof state.led_brightness !== "number";
    limit.update(state);
    light.update(state);
  };
  return { element, update };
}

function limitSlider(key) {
  const max = (state) => state.max_current || HIGHEST_A;
  return slider(key, { name: "current_limit", label: t("control.limit"), unit: "A", min: LOWEST_A, max });
}

function lightSlider(key) {
  const light = slider(key, { name: "led_brightness", label: t("control.light"), unit: "%", min: 0, max: () => 100 });
  light.element.classList.add("small");
  return light;
}

async function askToRestart(key) {
  const answers = [{ label: t("restart.on_idle"), value: "on_idle", style: "primary" }];
  if (model.admin) {
    answers.push({ label: t("restart.immediate"), value: "immediate", style: "danger" });
  }
  const { ask, askName } = await dialogs();
  const when = await ask(t("restart.title"), [t("restart.text"), t("restart.choice")], answers);
  if (when === "on_idle" || (when && (await askName(t("restart.immediate"), [], "restart")))) {
    await command(key, { command: "restart", value: when, confirm: "restart" });
  }
}

async function askToEnd(key) {
  const paragraphs = [t("end_transaction.text"), t("end_transaction.instead")];
  const { askName } = await dialogs();
  const confirm = await askName(t("end_transaction.title"), paragraphs, "end_transaction");
  if (confirm) {
    await command(key, { command: "end_transaction", confirm });
  }
}

function button(style, picture, label, act) {
  return el(`button.${style}`, { type: "button", onclick: act }, icon(picture), el("span", {}, label));
}
