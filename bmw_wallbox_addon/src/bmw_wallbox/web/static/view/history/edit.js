/** The dialogs in which a session's fields are changed, or a session is made by hand. */

import { get, post } from "../../api.js";
import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { field, nameField, openForm } from "./form.js";
import { localTime } from "./words.js";

const OURS = ["manual", "import"];

/** Asks for changes and saves them; resolves to the session, or to null. */
export async function editSession({ path, session }) {
  const names = await get(`${path}/sums?from=2900-01-01&to=2900-01-01`);
  const free = OURS.includes(session.source);
  const fields = { ...wordFields(session, names), ...(free ? numberFields(session) : {}) };
  const hint = free ? null : el("p.hint", {}, t("history.edit.hint"));
  return openForm({
    title: t("history.edit.title"),
    parts: [...Object.values(fields).map(({ element }) => element), hint].filter(Boolean),
    label: t("history.save"),
    act: () => post(`${path}/${session.id}`, changesOf(fields), "PUT"),
  });
}

/** Returns the fields that every session has. */
export function wordFields(session, { persons, vehicles }) {
  const person = nameField(t("history.field.person"), session.person, persons);
  const vehicle = nameField(t("history.field.vehicle"), session.vehicle, vehicles);
  const note = el("textarea", { rows: 3, maxlength: 1000 });
  note.defaultValue = session.note ?? "";
  return {
    person: { ...person, read: text },
    vehicle: { ...vehicle, read: text },
    note: { element: field(t("history.field.note"), note), input: note, read: text },
  };
}

/** Returns the fields of a session that no wallbox told. */
export function numberFields(session) {
  return {
    started_at: time("started_at", session.started_at),
    ended_at: time("ended_at", session.ended_at),
    energy_wh: amount("energy_wh", session.energy_wh, { unit: 1000, step: "0.001", required: true }),
    cost_micros: amount("cost_micros", session.cost?.micros, { unit: 1e6, step: "0.01" }),
  };
}

/** Returns what differs from how the fields were when they were shown, or with `all`, everything that is set. */
export function changesOf(fields, all = false) {
  const read = Object.entries(fields).filter(([, { input }]) => (all ? input.value !== "" : input.value !== input.defaultValue));
  return Object.fromEntries(read.map(([name, { input, read: take }]) => [name, take(input.value)]));
}

function time(name, instant) {
  const value = instant ? localTime(instant) : "";
  const input = el("input", { type: "datetime-local", value, required: true });
  return { element: field(t(`history.field.${name}`), input), input, read: (local) => local };
}

function amount(name, stored, { unit, step, required = false }) {
  const value = typeof stored === "number" ? stored / unit : "";
  const input = el("input", { type: "number", min: 0, step, value, required, inputmode: "decimal" });
  const hint = required ? null : t("history.cost.hint");
  const read = (typed) => (typed === "" ? null : Math.round(Number(typed) * unit));
  return { element: field(t(`history.field.${name}`), input, hint), input, read };
}

function text(typed) {
  return typed.trim() || null;
}
