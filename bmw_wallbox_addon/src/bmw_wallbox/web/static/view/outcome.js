/** What became of the last command, in words. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { ago, has, plain, t } from "../i18n.js";
import { said } from "../said.js";
import { model, serverNowMs } from "../store.js";

const LOOKS = {
  applied: { look: "good", icon: "check" },
  applied_next_charge: { look: "good", icon: "check" },
  pending: { look: "calm", icon: "hourglass" },
  car_takes_less: { look: "calm", icon: "check" },
  ignored_by_car: { look: "warn", icon: "alert" },
  refused: { look: "bad", icon: "cross" },
  offline: { look: "bad", icon: "cross" },
  timed_out: { look: "bad", icon: "cross" },
  failed: { look: "bad", icon: "cross" },
};

/** Returns the line below the controls. */
export function outcome(key) {
  const picture = el("span.picture");
  const words = el("span.words");
  const detail = el("span.detail");
  const when = el("span.when", { "aria-hidden": "true" });
  const element = el(
    "div.outcome",
    {},
    picture,
    el("p", { role: "status", "aria-live": "polite" }, words, detail),
    when,
  );
  const update = (state) => {
    const failure = model.failures[key];
    const report = failure ? { ...failure, outcome: "failed" } : state.last_command;
    element.hidden = !report;
    if (!report) {
      return;
    }
    const { look, icon: name } = LOOKS[report.outcome] ?? LOOKS.pending;
    if (element.dataset.icon !== name) {
      element.dataset.icon = name;
      picture.replaceChildren(icon(name));
    }
    element.dataset.look = look;
    setText(words, `${commandWords(report)}: ${outcomeWords(report)}`);
    setText(detail, said(report.message) ?? "");
    setText(when, report.changed_at ? ago(report.changed_at, serverNowMs()) : "");
  };
  return { element, update };
}

function commandWords(report) {
  const key = `command.${report.command}`;
  const number = Number(report.value);
  const value = report.value !== null && Number.isFinite(number) ? plain(number) : report.value ?? "";
  return has(key) ? t(key, { value }) : report.command;
}

function outcomeWords(report) {
  const key = `outcome.${report.outcome}`;
  return has(key) ? t(key) : report.outcome;
}
