/** The inputs of a form made of a schema: one for each simple type. */

import { el } from "../../dom.js";
import { t } from "../../i18n.js";

/** Numbers that only have to be fresh. */
const FRESH = ["requestId", "remoteStartId"];
const MOST_FRESH = 1_000_000;
let count = 0;

/** Returns the part for a simple type. */
export function inputFor(node, context) {
  const kind = KINDS.find(({ fits }) => fits(node));
  const input = kind.draw(node, context);
  count += 1;
  input.id = `schema-${count}`;
  input.dataset.path = context.path;
  const hint = el("p.hint", { id: `${input.id}-hint` }, kind.hint?.(node) ?? "");
  input.setAttribute("aria-describedby", hint.id);
  const element = el("div.field", {}, el("label", { for: input.id }, context.label), input, hint);
  return { element, read: () => kind.read(input), focus: () => input.focus() };
}

const text = (attributes) => el("input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
const worded = (value) => (value === undefined ? "" : String(value));

const KINDS = [
  {
    fits: (node) => Boolean(node.enum),
    // Nothing is chosen at first: what stands on top of a list is not what somebody wants.
    draw: (node, { value }) => {
      const field = el("select", {}, ...["", ...node.enum].map((one) => el("option", { value: one }, one || "–")));
      field.value = worded(value ?? node.default);
      return field;
    },
    read: (input) => input.value || undefined,
  },
  {
    fits: (node) => node.type === "boolean",
    draw: (node, { value }) => {
      const field = el("select", {}, el("option", { value: "true" }, "true"), el("option", { value: "false" }, "false"));
      field.value = worded(value ?? node.default ?? true);
      return field;
    },
    read: (input) => input.value === "true",
  },
  {
    fits: (node) => node.type === "integer" || node.type === "number",
    draw: (node, { value, name }) => {
      const fresh = FRESH.includes(name) ? Math.ceil(Math.random() * MOST_FRESH) : undefined;
      const step = node.type === "integer" ? 1 : "any";
      return el("input", { type: "number", step, min: node.minimum, max: node.maximum, value: worded(value ?? fresh) });
    },
    read: (input) => (Number.isNaN(input.valueAsNumber) ? undefined : input.valueAsNumber),
  },
  {
    fits: (node) => node.format === "date-time",
    draw: (_, { value }) => el("input", { type: "datetime-local", step: 1, value: localOf(value) }),
    read: (input) => (input.value ? new Date(input.value).toISOString() : undefined),
    hint: () => t("console.date_time"),
  },
  {
    fits: (node) => node.type === "string",
    draw: (node, { value }) => text({ maxlength: node.maxLength, value: worded(value) }),
    read: (input) => input.value || undefined,
    hint: (node) => (node.maxLength ? t("console.longest", { count: node.maxLength }) : ""),
  },
  {
    fits: () => true,
    draw: (_, { value }) => text({ value: value === undefined ? "" : JSON.stringify(value) }),
    read: (input) => (input.value ? jsonOr(input.value) : undefined),
    hint: () => t("console.any"),
  },
];

/** Returns an instant as a field for local times wants it. */
function localOf(value) {
  const at = value ? Date.parse(String(value)) : NaN;
  if (Number.isNaN(at)) {
    return "";
  }
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, "2026-01-01T00:00:00".length);
}

function jsonOr(value) {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
