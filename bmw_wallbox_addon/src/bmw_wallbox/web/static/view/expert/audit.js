/** Who did what was dangerous, and what became of it. */

import { get } from "../../api.js";
import { el, setText } from "../../dom.js";
import { has, moment, t } from "../../i18n.js";
import { heard } from "../../said.js";
import { model } from "../../store.js";
import { none, section } from "./parts.js";

/** Returns the view. */
export default function audit() {
  const list = el("ul.rows.deeds");
  const trouble = el("p.refusal", { role: "alert" });
  const element = section(t("audit.title"), el("p.hint", {}, t("audit.text")), trouble, list);
  const load = async () => {
    setText(trouble, "");
    try {
      const deeds = model.admin ? await get("api/audit") : [];
      list.replaceChildren(...(deeds.length > 0 ? await Promise.all(deeds.map(row)) : [el("li", {}, model.admin ? none() : el("p.hint", {}, t("expert.admins")))]));
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  return { element, shown: load };
}

async function row({ at, who, action, target, details, outcome, note }) {
  const words = has(`audit.${action}`) ? t(`audit.${action}`) : action;
  const told = [el("strong", {}, words), el("span.chip", {}, t(`audit.outcome.${outcome}`)), el("code.id", {}, target)];
  const more = [note ? el("p", {}, await resultWords(note)) : null, details ? el("code.details", {}, details) : null];
  const by = el("p.hint", {}, el("time", { datetime: at }, moment(at)), " · ", who);
  return el("li", { "data-outcome": outcome }, el("div.deed", {}, ...told), by, ...more);
}

/** Returns what a deed came to: a command's outcome and its message, or why it was refused. */
async function resultWords(note) {
  const [, outcome, message] = /^(\w+): (.+)$/s.exec(note) ?? [];
  return has(`outcome.${outcome}`) ? `${t(`outcome.${outcome}`)}: ${await heard(message)}` : heard(note);
}
