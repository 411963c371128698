/** One variable of the device model: its value, its traits, and a field to set it where that is allowed. */

import { post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { heard } from "../../said.js";
import { model } from "../../store.js";
import { field } from "./parts.js";

const WAIT_S = 30;

/** Returns the list item. */
export function variableItem(key, variable) {
  const name = variable.name.split("/").slice(1).join("/");
  const value = el("span.value", {}, valueWords(variable));
  const mark = variable.read_only === null ? el("span.chip", {}, t("device.can_be_set")) : null;
  const body = el("div.variable");
  const fold = el("details", {}, el("summary", {}, el("strong", {}, name), value, mark), body);
  fold.addEventListener("toggle", () => {
    if (fold.open && body.childElementCount === 0) {
      body.append(traits(variable), attributes(variable), editor(key, variable, (now) => setText(value, now)));
    }
  });
  return el("li", {}, fold);
}

function valueWords({ value, unit, mutability }) {
  if (value === null || value === undefined) {
    return mutability === "WriteOnly" ? t("device.write_only") : t("device.hidden");
  }
  return [value === "" ? t("device.empty") : value, unit].filter(Boolean).join("\u00a0");
}

function traits(variable) {
  const range = [variable.minimum, variable.maximum].map((end) => end ?? "…").join(" – ");
  const facts = [
    ["type", variable.data_type],
    ["mutability", variable.mutability],
    ["range", variable.minimum === null && variable.maximum === null ? null : range],
    ["options", variable.options.length > 0 ? variable.options.join(", ") : null],
    ["monitoring", variable.supports_monitoring ? t("device.yes") : null],
    ["persistent", variable.persistent ? t("device.yes") : null],
    ["constant", variable.constant ? t("device.yes") : null],
    ["entity", variable.entity],
  ].filter(([, value]) => value !== null && value !== undefined);
  return el("dl.traits", {}, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, t(`device.trait.${name}`)), el("dd", {}, String(value)))));
}

/** Target, MinSet and MaxSet, where there are such. */
function attributes({ others }) {
  const rows = others.map(({ type, value, mutability }) => el("div", {}, el("dt", {}, type), el("dd", {}, `${value ?? "–"} (${mutability})`)));
  return rows.length > 0 ? el("dl.traits", {}, ...rows) : el("span");
}

function editor(key, variable, changed) {
  if (variable.read_only !== null) {
    const why = el("p.hint");
    heard(variable.read_only).then((words) => setText(why, t("device.why", { why: words })));
    return why;
  }
  if (!model.admin) {
    return el("p.hint", {}, t("expert.admins"));
  }
  const input = inputOf(variable);
  const outcome = el("p.hint", { role: "status" });
  const form = el("form.setter", { novalidate: true }, field(t("device.new_value"), input), el("button.quiet", { type: "submit" }, t("device.set")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setText(outcome, t("action.working"));
    const words = await write(key, variable, input.value, changed).catch((error) => error.message);
    setText(outcome, words);
  });
  return el("div", {}, form, outcome);
}

/** Sets the variable and returns what became of that, in words. */
async function write(key, variable, value, changed) {
  const body = { command: "set_variable", value: { name: variable.name, value } };
  const { outcome, message } = await post(`${stationPath(key, "commands")}?wait=${WAIT_S}`, body);
  if (outcome === "applied") {
    changed(valueWords({ ...variable, value }));
  }
  const word = has(`outcome.${outcome}`) ? t(`outcome.${outcome}`) : outcome;
  return `${word}: ${await heard(message)}`;
}

function inputOf({ value, data_type: type, options, minimum, maximum }) {
  const choices = type === "boolean" ? ["true", "false"] : type === "OptionList" ? options : [];
  const input = choices.length > 0 ? el("select", {}, ...choices.map((one) => el("option", { value: one }, one))) : drawn(type, minimum, maximum);
  input.value = value ?? "";
  return input;
}

function drawn(type, min, max) {
  const isNumber = type === "integer" || type === "decimal";
  const attributes = isNumber ? { type: "number", step: type === "integer" ? 1 : "any", min, max } : { type: "text", maxlength: 1000, spellcheck: "false" };
  return el("input", { autocomplete: "off", ...attributes });
}
