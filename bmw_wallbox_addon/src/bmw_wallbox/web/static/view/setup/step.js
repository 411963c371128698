/** One step of the set-up guide: a fold that ticks itself off. */

import { el, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import { t } from "../../i18n.js";

const BADGES = { done: "check", wrong: "alert" };

/**
 * Returns the step with this body.
 *
 * `update` takes how it stands: `done`, `wrong` (something to repair), `waiting` or `skipped`, in words too.
 *
 * @param {{number: number, key: string, body: Node[]}} what
 */
export function step({ number, key, body }) {
  const badge = el("span.badge", { "aria-hidden": "true" }, String(number));
  const words = el("p.hint", {});
  const title = el("h2", {}, t(`guide.${key}`));
  const fold = el(
    "details",
    {},
    el("summary", {}, badge, el("div", {}, title, words)),
    el("div.body", {}, ...body),
  );
  const element = el("li.card.step", { "data-step": key }, fold);
  const update = ({ state, text }) => {
    setText(words, [t(`guide.state.${state}`), text].filter(Boolean).join(" – "));
    if (element.dataset.state === state) {
      return;
    }
    const begins = element.dataset.state === undefined;
    element.dataset.state = state;
    badge.replaceChildren(BADGES[state] ? icon(BADGES[state]) : String(number));
    if (begins || state === "done") {
      fold.open = state !== "done" && state !== "skipped";
    }
  };
  return { element, update };
}

/** Returns a list of findings; each is `{ok, text}`, and a finding without a verdict has `ok` null. */
export function findings() {
  const list = el("ul.findings");
  let told = "";
  const update = (found) => {
    const now = JSON.stringify(found);
    if (now !== told) {
      told = now;
      list.replaceChildren(...found.map(finding));
    }
  };
  return { element: list, update };
}

function finding({ ok, text }) {
  const look = ok === null ? "wait" : ok ? "yes" : "no";
  const picture = { wait: "hourglass", yes: "check", no: "cross" }[look];
  return el("li", { "data-finding": look }, icon(picture), el("span", {}, el("span.unseen", {}, t(`guide.finding.${look}`)), text));
}
