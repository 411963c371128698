/** How each kind of field is drawn, read and written. */

import { el } from "../../dom.js";
import { t } from "../../i18n.js";

export const KINDS = {
  choice: {
    draw: ({ key, choices }, attributes) =>
      el("select", attributes, ...choices.map((value) => el("option", { value }, t(`setting.${key}.${value}`)))),
    read: (field) => field.value,
    write: (field, value) => (field.value = value),
  },
  number: {
    draw: ({ min, max, step }, attributes) => el("input", { ...attributes, type: "number", min, max, step }),
    read: (field) => (Number.isNaN(field.valueAsNumber) ? null : field.valueAsNumber),
    write: (field, value) => (field.value = value),
  },
  switch: {
    draw: (_, attributes) => el("input", { ...attributes, type: "checkbox", role: "switch" }),
    read: (field) => field.checked,
    write: (field, value) => (field.checked = value),
  },
  text: {
    draw: ({ longest }, attributes) =>
      el("input", { ...attributes, type: "text", maxlength: longest, autocomplete: "off", spellcheck: "false" }),
    read: (field) => field.value,
    write: (field, value) => (field.value = value ?? ""),
  },
  lines: {
    draw: ({ longest }, attributes) => el("textarea", { ...attributes, rows: 4, maxlength: longest }),
    read: (field) => field.value,
    write: (field, value) => (field.value = value ?? ""),
  },
};
