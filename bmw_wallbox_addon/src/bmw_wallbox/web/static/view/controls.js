/** Start, stop, the limit, refresh and restart. */

import { command } from "../commands.js";
import { el, setAttribute, setText } from "../dom.js";
import { icon } from "../icons.js";
import { quantity, t } from "../i18n.js";
import { model } from "../store.js";
import { ask } from "./dialog.js";

const LOWEST_A = 6;
// A slider moved by keys reports every step; the wallbox gets only the one where it stays.
const SETTLE_MS = 600;

/** Returns a station's controls. */
export function controls(key) {
  const start = button("primary", "play", t("control.start"), () =>
    command(key, { command: "start_charging" }, { charging_allowed: true }),
  );
  const stop = button("quiet", "pause", t("control.stop"), () =>
    command(key, { command: "stop_charging" }, { charging_allowed: false }),
  );
  const limit = limitSlider(key);
  const refresh = button("text", "refresh", t("control.refresh"), () => command(key, { command: "refresh" }));
  const restart = button("text", "restart", t("control.restart"), () => askToRestart(key));
  const element = el(
    "div.controls",
    {},
    el("div.buttons", {}, start, stop),
    limit.element,
    el("div.buttons.minor", {}, refresh, restart),
  );
  const update = (state) => {
    const running = state.charging_allowed && ["charging", "paused_by_car"].includes(state.status);
    start.className = running ? "quiet" : "primary";
    stop.className = running ? "primary" : "quiet";
    refresh.disabled = !state.connected;
    restart.disabled = !state.connected;
    limit.update(state);
  };
  return { element, update };
}

function limitSlider(key) {
  const id = `limit-${key}`;
  const value = el("output", { for: id });
  const slider = el("input", { id, type: "range", min: LOWEST_A, step: 1 });
  let settling = 0;
  const show = (limit) => {
    const words = quantity(limit, "A", Number.isInteger(limit) ? 0 : 1);
    setText(value, words);
    setAttribute(slider, "aria-valuetext", words);
    const span = Math.max(1, slider.max - LOWEST_A);
    slider.style.setProperty("--filled", `${((slider.value - LOWEST_A) / span) * 100}%`);
  };
  slider.addEventListener("input", () => {
    clearTimeout(settling);
    settling = -1;
    show(slider.valueAsNumber);
  });
  slider.addEventListener("change", () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      settling = 0;
      const limit = slider.valueAsNumber;
      command(key, { command: "set_current_limit", value: limit }, { current_limit: limit });
    }, SETTLE_MS);
  });
  const update = (state) => {
    setAttribute(slider, "max", state.max_current || 32);
    if (settling === 0 && typeof state.current_limit === "number") {
      slider.value = state.current_limit;
      show(state.current_limit);
    }
  };
  const element = el("div.slider", {}, el("label", { for: id }, t("control.limit")), value, slider);
  return { element, update };
}

async function askToRestart(key) {
  const answers = [{ label: t("restart.on_idle"), value: "on_idle", style: "primary" }];
  if (model.admin) {
    answers.push({ label: t("restart.immediate"), value: "immediate", style: "danger" });
  }
  const when = await ask(t("restart.title"), [t("restart.text"), t("restart.choice")], answers);
  if (when !== null) {
    await command(key, { command: "restart", value: when, confirm: true });
  }
}

function button(style, picture, label, act) {
  return el(`button.${style}`, { type: "button", onclick: act }, icon(picture), el("span", {}, label));
}
