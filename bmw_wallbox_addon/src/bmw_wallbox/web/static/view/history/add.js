/** The dialog in which a session is added by hand. */

import { post } from "../../api.js";
import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { changesOf, numberFields, wordFields } from "./edit.js";
import { openForm } from "./form.js";
import { toast } from "./toast.js";
import { undoLast } from "./trail.js";

/** Asks for a session and adds it; resolves to it, or to null. */
export async function addSession(path, names) {
  const fields = { ...numberFields({}), ...wordFields({}, names) };
  const added = await openForm({
    title: t("history.add.title"),
    parts: [el("p.hint", {}, t("history.add.hint")), ...Object.values(fields).map(({ element }) => element)],
    label: t("history.add"),
    act: () => post(path, changesOf(fields, true)),
  });
  if (added) {
    toast(t("history.added"), () => undoLast(path, added.id));
  }
  return added;
}
