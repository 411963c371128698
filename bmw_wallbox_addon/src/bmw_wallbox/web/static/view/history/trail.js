/** The corrections that were made in a session, newest first, each to be taken back. */

import { get, post } from "../../api.js";
import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { model } from "../../store.js";
import { fieldName } from "./facts.js";
import { toast } from "./toast.js";
import { costOf, energyOf, known, spanOf, when } from "./words.js";

const OWN = ["manual", "import"];

const SHOWN = {
  person: (session) => session.person,
  vehicle: (session) => session.vehicle,
  note: (session) => session.note,
  started_at: (session) => when(session.started_at),
  ended_at: (session) => (session.ended_at ? when(session.ended_at) : null),
  energy_wh: (session) => energyOf(session.energy_wh),
  cost_micros: costOf,
};

/**
 * @param {{path: string, session: object}} found
 * @param {object[]} entries the audit
 * @param {() => void} again shows the session anew
 */
export function trail({ path, session }, entries, again) {
  const trouble = el("p.refusal", { role: "alert" });
  const rows = entries.map((entry) => row(entry, session, undoing(path, entry, trouble, again)));
  const untouched = t(OWN.includes(session.source) ? "history.trail.none_own" : "history.trail.none");
  const list = rows.length > 0 ? el("ol", {}, ...rows) : el("p.hint", {}, untouched);
  return el("section.card.trail", {}, el("h2", {}, t("history.trail")), list, trouble);
}

/** Takes the newest correction of a session back; returns what to say then. */
export async function undoLast(path, id) {
  const [newest] = await get(`${path}/audit?session=${encodeURIComponent(id)}`);
  await post(`${path}/undo`, { audit: newest.id });
  return t("history.undone");
}

function undoing(path, entry, trouble, again) {
  if (entry.undone || entry.action === "undo" || !model.admin) {
    return null;
  }
  const button = el("button.text", { type: "button" }, t("history.undo"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await post(`${path}/undo`, { audit: entry.id });
      toast(t("history.undone"));
      again();
    } catch (error) {
      setText(trouble, error.message);
      button.disabled = false;
    }
  });
  return button;
}

function row(entry, session, button) {
  const since = entry.undone ? ` – ${t("history.taken_back")}` : "";
  const head = el("p", {}, el("strong", {}, known("history.did", entry.action)), since);
  const who = entry.who === "panel" ? t("history.panel") : entry.who.replace(/ \([^)]*\)$/, "");
  const changes = changesOf(entry, session).map((text) => el("p.change", {}, text));
  const links = madeOf(entry, session);
  return el("li", {}, el("div", {}, head, el("p.hint", {}, `${when(entry.at)} · ${who}`), ...changes, ...links), button);
}

/** Returns what changed in the session itself, field by field. */
function changesOf(entry, { id }) {
  const [before, after] = [entry.before, entry.after].map((rows) => rows.find((one) => one.id === id));
  if (!before || !after) {
    return [];
  }
  return Object.entries(SHOWN)
    .map(([name, read]) => [name, read(before) || "–", read(after) || "–"])
    .filter(([, old, now]) => old !== now)
    .map(([name, old, now]) => t("history.change", { field: fieldName(name), before: old, after: now }));
}

/** Returns links to the sessions that were made of this one. */
function madeOf(entry, { id }) {
  return entry.after
    .filter((one) => one.id !== id && one.made_of.includes(id))
    .map((one) => el("a.button", { href: `#history/${one.id}` }, `${spanOf(one)} · ${energyOf(one.energy_wh)}`));
}
