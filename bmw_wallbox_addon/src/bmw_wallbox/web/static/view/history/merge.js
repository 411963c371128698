/** The dialog in which a session becomes one with its neighbour. */

import { post } from "../../api.js";
import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { openForm } from "./form.js";
import { costOf, energyOf, spanOf } from "./words.js";

/** Asks with which neighbour, and merges; resolves to the whole, or to null. */
export function mergeSession({ path, session, before, after }) {
  const others = [before, after].filter((other) => other && !other.running);
  if (others.length === 0) {
    throw new Error(t("history.merge.none"));
  }
  const radios = others.map((other, place) =>
    el("input", { type: "radio", name: "neighbour", value: other.id, checked: place === 0, required: true }),
  );
  const choices = others.map((other, place) =>
    el(
      "label.neighbour",
      {},
      radios[place],
      el("span", {}, el("strong", {}, t(other === before ? "history.before" : "history.after")), ` ${spanOf(other)}`),
      el("span.hint", {}, [energyOf(other.energy_wh), costOf(other), together(session, other)].join(" · ")),
    ),
  );
  return openForm({
    title: t("history.merge.title"),
    parts: [el("p.hint", {}, t("history.merge.text")), el("fieldset", {}, el("legend", {}, t("history.merge.with")), ...choices)],
    label: t("history.do.merge"),
    act: () => post(`${path}/merge`, { ids: [session.id, radios.find((radio) => radio.checked).value] }),
  });
}

function together(session, other) {
  return t("history.merge.sum", { energy: energyOf(session.energy_wh + other.energy_wh) });
}
