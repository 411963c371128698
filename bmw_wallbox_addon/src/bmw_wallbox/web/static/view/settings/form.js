/** A view of settings: what was changed is kept as a draft until it is saved or dropped. */

import { get, post } from "../../api.js";
import { el, setText } from "../../dom.js";
import { quantity, t } from "../../i18n.js";
import { changed, model } from "../../store.js";
import { KINDS } from "./fields.js";
import { saveBar } from "./save_bar.js";

const PATH = "api/settings";

/** Returns the view of these groups of settings. */
export function settingsForm(groups) {
  const rows = groups.flatMap((group) => group.rows.map(row));
  const byKey = new Map(rows.map((one) => [one.key, one]));
  const parts = groups.map(({ group, rows: own }) => card(group, own.map(({ key }) => byKey.get(key).element)));
  const dirty = () => rows.some((one) => one.isDirty());
  const take = (known) => rows.forEach((one) => one.take(known));

  const save = async () => {
    const draft = rows.filter((one) => one.isDirty());
    rows.forEach((one) => one.blame(""));
    try {
      const known = await post(PATH, Object.fromEntries(draft.map((one) => [one.key, one.value()])), "PUT");
      draft.forEach((one) => one.drop());
      take(known);
    } catch (error) {
      byKey.get(error.field)?.blame(error.message);
      throw error;
    }
  };
  const bar = saveBar({ dirty, save, discard: () => rows.forEach((one) => one.drop()) });
  const element = el("div.view", {}, ...parts.map((part) => part.element), bar.element);
  element.addEventListener("input", changed);
  element.addEventListener("change", changed);
  const load = async () => take(await get(PATH));
  const update = () => {
    rows.forEach((one) => one.permit(model.admin));
    parts.forEach((part) => part.update());
    bar.update();
  };
  return { element, load, update, dirty };
}

function card(group, items) {
  const element = el("section.card.group", { "aria-labelledby": `group-${group}` }, el("h3", { id: `group-${group}` }, t(`group.${group}`)), el("ul.settings", {}, ...items));
  const update = () => {
    element.hidden = items.every((item) => item.hidden);
  };
  return { element, update };
}

/** One setting; it is hidden where the app does not know it. */
function row(setting) {
  const { key, warns } = setting;
  const kind = KINDS[setting.kind];
  const id = `setting-${key}`;
  const field = kind.draw(setting, { id, "aria-describedby": `${id}-help ${id}-fault` });
  const fault = el("p.hint.refusal", { id: `${id}-fault`, role: "alert" });
  const help = [t(`setting.${key}.help`), range(setting)].filter(Boolean).join(" ");
  const element = el(
    "li",
    { "data-kind": setting.kind, hidden: true },
    el("label", { for: id }, t(`setting.${key}`)),
    el("div.field", {}, field, setting.unit ? el("span.hint", {}, unit(setting)) : null),
    el("div.help", { id: `${id}-help` }, el("p.hint", {}, help), warns ? el("p.hint.consequence", {}, t(`setting.${key}.consequence`)) : null),
    fault,
  );
  let known = null;
  const isDirty = () => !element.hidden && known !== null && !isSame(kind.read(field), known.value);
  const blame = (message) => {
    setText(fault, message);
    field.toggleAttribute("aria-invalid", message !== "");
  };
  const drop = () => {
    blame("");
    kind.write(field, known?.value);
  };
  const take = (settings) => {
    const draft = isDirty();
    element.hidden = !(key in settings);
    known = { value: settings[key] };
    if (!draft) {
      drop();
    }
  };
  const permit = (admin) => {
    field.disabled = !admin;
  };
  return { key, element, isDirty, blame, drop, take, permit, value: () => kind.read(field) };
}

function isSame(one, other) {
  return (one ?? "") === (other ?? "");
}

function unit({ unit: name }) {
  return name === "months" ? t("settings.months") : name;
}

function range(setting) {
  if (setting.kind !== "number") {
    return "";
  }
  const digits = setting.step < 1 ? 1 : 0;
  const end = (value) => quantity(value, unit(setting), digits).trim();
  return t("settings.range", { min: end(setting.min).split("\u00a0")[0], max: end(setting.max) });
}
