/** Who tried to connect, what became of it, and what to do next. */

import { el, keyed, setText } from "../dom.js";
import { ago, has, t } from "../i18n.js";
import { said } from "../said.js";
import { model, serverNowMs } from "../store.js";

/** Returns the diary of the wallboxes' door. */
export function diary() {
  const list = el("ul.list.diary");
  const empty = el("p.hint", {}, t("diary.empty"));
  const updateList = keyed(list, keyOf, row);
  const update = () => {
    const attempts = model.info.diary ?? [];
    empty.hidden = attempts.length > 0;
    updateList(attempts);
  };
  return { element: el("div", {}, list, empty), update };
}

function keyOf(attempt) {
  return JSON.stringify([attempt.remote, attempt.charge_point_id, attempt.verdict, attempt.cause]);
}

function row(attempt) {
  const when = el("span.hint");
  const why = el("p");
  const facts = el("p.hint");
  const element = el(
    "li",
    { "data-verdict": attempt.verdict },
    el(
      "div",
      {},
      el("code.id", {}, attempt.charge_point_id ?? attempt.remote),
      el("span", {}, t(`verdict.${attempt.verdict}`)),
      when,
    ),
    why,
    facts,
  );
  const update = (now) => {
    const times = now.count > 1 ? t("diary.times", { count: now.count }) : "";
    setText(when, [ago(now.at, serverNowMs()), times].filter(Boolean).join(", "));
    setText(why, has(`cause.${now.cause}`) ? t(`cause.${now.cause}`) : said(now.reason));
    setText(facts, [now.remote, now.tls, now.server_name].filter(Boolean).join(", "));
  };
  return { element, update };
}
