/** Who tried to connect and what became of it, behind a fold. */

import { el, keyed, setText } from "../dom.js";
import { ago, has, t } from "../i18n.js";
import { model, serverNowMs } from "../store.js";

/** Returns the diary of the wallboxes' door. */
export function diary() {
  const list = el("ul.list.diary");
  const empty = el("p.hint", {}, t("diary.empty"));
  const element = el("details.card.more", {}, el("summary", {}, t("diary")), list, empty);
  const updateList = keyed(list, keyOf, row);
  const update = () => {
    const attempts = model.info.diary ?? [];
    element.hidden = !model.known;
    empty.hidden = attempts.length > 0;
    updateList(attempts);
  };
  return { element, update };
}

function keyOf(attempt) {
  return JSON.stringify([attempt.remote, attempt.charge_point_id, attempt.verdict, attempt.cause]);
}

function row(attempt) {
  const when = el("span.hint");
  const why = el("p.hint");
  const element = el(
    "li",
    {},
    el(
      "div",
      {},
      el("code.id", {}, attempt.charge_point_id ?? attempt.remote),
      el("span", {}, t(`verdict.${attempt.verdict}`)),
      when,
    ),
    why,
  );
  const update = (now) => {
    const times = now.count > 1 ? t("diary.times", { count: now.count }) : "";
    setText(when, [ago(now.at, serverNowMs()), times].filter(Boolean).join(", "));
    setText(why, [reason(now), origin(now)].filter(Boolean).join(" "));
  };
  return { element, update };
}

function reason({ cause, reason: words }) {
  return has(`cause.${cause}`) ? t(`cause.${cause}`) : words;
}

function origin(attempt) {
  const facts = [attempt.remote, attempt.tls, attempt.server_name].filter(Boolean);
  return `(${facts.join(", ")})`;
}
