/** Cards that ask the owner for something: a problem to solve, a wallbox to let in. */

import { post, stationPath } from "../api.js";
import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { has, t } from "../i18n.js";
import { heard, said } from "../said.js";
import { model } from "../store.js";
import { dialogs } from "./dialogs.js";

const ACTIONS = {
  setup_mqtt: () => "api/home_assistant/setup_mqtt",
  trust_password: ({ station }) => stationPath(station, "trust_password"),
};

/** A problem, what to do about it, and the one click that does it where there is one. */
export function problemCard() {
  const words = el("p");
  const buttons = el("div.buttons");
  const outcome = el("p.hint", { role: "status" });
  const element = el("article.card.notice.problem", {}, icon("alert"), el("div", {}, words, buttons, outcome));
  const update = ({ problem }) => {
    setText(words, said(problem.message));
    const path = ACTIONS[problem.action]?.(problem);
    if (path && buttons.childElementCount === 0) {
      const danger = problem.action === "trust_password" ? problem.action : "";
      buttons.append(actionButton(t(`action.${problem.action}`), path, outcome, "quiet", danger));
    }
    buttons.hidden = buttons.childElementCount === 0;
  };
  return { element, update };
}

/** A wallbox that waits for the owner's word. */
export function pendingCard({ station }) {
  const id = el("code.id", {}, station.id);
  const from = el("p.hint");
  const outcome = el("p.hint", { role: "status" });
  const path = (resource) => stationPath(station.key, resource);
  const element = el(
    "article.card.notice.pending",
    { "aria-label": t("pending.title") },
    icon("plug"),
    el(
      "div",
      {},
      el("h2", {}, t("pending.title")),
      el("p", {}, t("pending.text")),
      el("p", {}, id),
      from,
      el(
        "div.buttons",
        {},
        actionButton(t("action.approve"), path("approve"), outcome, "primary"),
        actionButton(t("action.block"), path("block"), outcome),
      ),
      outcome,
    ),
  );
  const update = (item) => {
    const remote = item.station.remote;
    setText(from, remote ? t("pending.from", { remote }) : "");
  };
  return { element, update };
}

/**
 * A button that sends one request, is out of use meanwhile, and says in `outcome` how it went; `danger` is what
 * has to be typed before.
 */
export function actionButton(label, path, outcome, style = "quiet", danger = "") {
  const button = el(`button.${style}`, { type: "button" }, label);
  button.addEventListener("click", async () => {
    if (!model.admin) {
      setText(outcome, t("error.admin"));
      return;
    }
    const confirm = danger && (await (await dialogs()).askName(label, [], danger));
    if (confirm === null) {
      return;
    }
    button.disabled = true;
    setText(outcome, t("action.working"));
    try {
      const answer = await post(path, { confirm });
      setText(outcome, await answered(answer));
    } catch (error) {
      setText(outcome, error.message);
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

async function answered(answer) {
  if (typeof answer.message === "string") {
    return heard(answer.message);
  }
  return has("action.done") ? t("action.done") : "";
}
