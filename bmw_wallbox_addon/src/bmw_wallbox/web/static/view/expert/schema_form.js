/** A form made of a JSON Schema as OCPP writes them: nested parts, lists, choices; what is optional is added on demand. */

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { inputFor } from "./schema_inputs.js";

/** What every object of OCPP may have and nobody needs stands last. */
const SELDOM = "customData";

/**
 * Returns the form of a request.
 *
 * @param {any} schema
 * @param {Record<string, unknown>} value what it begins with
 * @returns {{element: HTMLElement, read: () => any, mark: (path: string) => void}} `mark` shows where a fault is
 */
export function schemaForm(schema, value = {}) {
  const root = objectPart(schema, { schema, value, path: "" });
  const element = el("div.schema", {}, root.element);
  const mark = (path) => {
    element.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    const input = [...element.querySelectorAll("[data-path]")].find((each) => each.dataset.path === path);
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  };
  return { element, read: root.read, mark };
}

function resolved(node, schema) {
  return node.$ref ? schema.definitions[node.$ref.split("/").pop()] : node;
}

/** The part of one property: an object, a list or a single input. */
function partOf(node, context) {
  const found = resolved(node, context.schema);
  if (found.type === "object") {
    return objectPart(found, context);
  }
  return found.type === "array" ? listPart(found, context) : inputFor(found, context);
}

function objectPart(node, { schema, value, path, label }) {
  const required = node.required ?? [];
  const parts = new Map();
  const rows = el("div.members");
  const names = Object.keys(node.properties ?? {}).sort((a, b) => (a === SELDOM) - (b === SELDOM));
  const adder = adderOf((name) => put(name, undefined).focus());

  const put = (name, start) => {
    const inner = path ? `${path}.${name}` : name;
    const label = required.includes(name) ? `${name} *` : name;
    const part = partOf(node.properties[name], { schema, value: start, path: inner, label, name });
    const drop = required.includes(name) ? null : removeButton(name, () => remove(name));
    const row = el("div.member", {}, part.element, drop);
    parts.set(name, { part, row });
    const next = names.slice(names.indexOf(name) + 1).find((each) => parts.has(each));
    rows.insertBefore(row, next ? parts.get(next).row : null);
    offer();
    return part;
  };
  const remove = (name) => {
    parts.get(name).row.remove();
    parts.delete(name);
    offer();
    adder.focus();
  };
  const offer = () => adder.offer(names.filter((name) => !parts.has(name)));
  const given = value && typeof value === "object" ? value : {};
  names.filter((name) => required.includes(name) || name in given).forEach((name) => put(name, given[name]));
  offer();
  const read = () => Object.fromEntries(names.filter((name) => parts.has(name)).map((name) => [name, parts.get(name).part.read()]).filter(([, told]) => told !== undefined));
  const focus = () => (rows.querySelector("input, select, textarea") ?? adder.element.querySelector("select"))?.focus();
  const element = label ? el("fieldset", {}, el("legend", {}, label), rows, adder.element) : el("div", {}, rows, adder.element);
  return { element, read, focus };
}

function adderOf(add) {
  const field = el("select", { "aria-label": t("console.optional") });
  const button = el("button.text", { type: "button" }, t("console.add"));
  const element = el("div.adder", {}, field, button);
  button.addEventListener("click", () => add(field.value));
  const offer = (names) => {
    element.hidden = names.length === 0;
    field.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
  };
  return { element, offer, focus: () => field.focus() };
}

function listPart(node, { schema, value, path, label, name }) {
  const items = [];
  const rows = el("ol.items");
  const add = el("button.text", { type: "button" }, t("console.add_item", { name }));
  const renumber = () => {
    add.hidden = items.length >= (node.maxItems ?? Infinity);
    items.forEach(({ drop }) => (drop.hidden = items.length <= (node.minItems ?? 0)));
  };
  const put = (start) => {
    const inner = `${path}.${items.length}`;
    const part = partOf(node.items, { schema, value: start, path: inner, label: name, name });
    const drop = removeButton(name, () => {
      items.splice(items.findIndex((item) => item.part === part), 1);
      row.remove();
      renumber();
      add.focus();
    });
    const row = el("li", {}, part.element, drop);
    items.push({ part, drop });
    rows.append(row);
    renumber();
    return part;
  };
  add.addEventListener("click", () => put(undefined).focus());
  const given = Array.isArray(value) ? value : [];
  given.forEach(put);
  while (items.length < (node.minItems ?? 0)) {
    put(undefined);
  }
  renumber();
  const element = el("fieldset", {}, el("legend", {}, label), rows, add);
  return { element, read: () => items.map(({ part }) => part.read()).filter((told) => told !== undefined), focus: () => rows.querySelector("input, select")?.focus() };
}

function removeButton(name, act) {
  return el("button.text.remove", { type: "button", "aria-label": t("console.remove", { name }), onclick: act }, "×");
}
