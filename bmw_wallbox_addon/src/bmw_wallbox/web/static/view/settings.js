/** What the owner may set beyond the app's options, behind a fold; each field is saved by itself. */

import { get, post } from "../api.js";
import { el, setText } from "../dom.js";
import { quantity, t } from "../i18n.js";
import { model } from "../store.js";
import { fold } from "./fold.js";

const PATH = "api/settings";

/** `warns`: what it permits has a consequence that is told beside it. */
const SETTINGS = [
  { key: "profile_strategy", kind: "choice", choices: ["auto", "tx_default", "tx"] },
  { key: "meter_interval_s", kind: "number", unit: "s", min: 5, max: 300, step: 1 },
  { key: "settle_s", kind: "number", unit: "s", min: 10, max: 300, step: 1 },
  { key: "tolerance_a", kind: "number", unit: "A", min: 0.5, max: 5, step: 0.1 },
  { key: "min_interval_s", kind: "number", unit: "s", min: 1, max: 300, step: 1 },
  { key: "dead_band_a", kind: "number", unit: "A", min: 0, max: 3, step: 0.1 },
  { key: "offline_limit_a", kind: "number", unit: "A", min: 0, max: 32, step: 1 },
  { key: "wake_up_tries", kind: "number", unit: "", min: 0, max: 3, step: 1 },
  { key: "allow_stop_transaction", kind: "switch", warns: true },
  { key: "allow_reset", kind: "switch", warns: true },
  { key: "unknown_tokens", kind: "choice", choices: ["accept", "refuse"] },
  { key: "master_pass_group_id", kind: "text", longest: 36 },
  { key: "client_ca", kind: "text", longest: 255 },
  { key: "client_organization", kind: "text", longest: 255 },
  { key: "rsa_ciphers", kind: "switch" },
  { key: "session_months", kind: "number", unit: "months", min: 0, max: 240, step: 1 },
  { key: "curve_months", kind: "number", unit: "months", min: 1, max: 120, step: 1 },
];

/** How each kind of field is drawn, read and written. */
const KINDS = {
  choice: {
    draw: ({ key, choices }, attributes) =>
      el(
        "select",
        attributes,
        ...choices.map((value) => el("option", { value }, t(`setting.${key}.${value}`))),
      ),
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
};

let known = {};
let saving = Promise.resolve();

/** Returns the fold. */
export function settings() {
  const rows = SETTINGS.map(row);
  const readOnly = el("p.hint", {}, t("settings.read_only"));
  const list = el("ul.settings", {}, ...rows.map((one) => one.element));
  const { element } = fold(
    t("settings"),
    async () => {
      known = await get(PATH);
      rows.forEach((one) => one.show());
    },
    readOnly,
    list,
  );
  const update = () => {
    element.hidden = !model.known;
    readOnly.hidden = model.admin;
    rows.forEach((one) => one.permit(model.admin));
  };
  return { element, update };
}

function row(setting) {
  const { key, warns } = setting;
  const kind = KINDS[setting.kind];
  const id = `setting-${key}`;
  const field = kind.draw(setting, { id, "aria-describedby": `${id}-help` });
  const outcome = el("p.hint", { role: "status" });
  const show = () => kind.write(field, known[key]);
  field.addEventListener("change", () => {
    const value = kind.read(field);
    saving = saving.then(() => save(key, value, outcome)).then(show);
  });
  const element = el(
    "li",
    { "data-kind": setting.kind },
    el("label", { for: id }, t(`setting.${key}`)),
    el("div.field", {}, field, setting.unit ? el("span.hint", {}, unit(setting)) : null),
    el(
      "div.help",
      { id: `${id}-help` },
      el("p.hint", {}, [t(`setting.${key}.help`), range(setting)].filter(Boolean).join(" ")),
      warns ? el("p.hint.consequence", {}, t(`setting.${key}.consequence`)) : null,
    ),
    outcome,
  );
  const permit = (admin) => {
    field.disabled = !admin;
  };
  return { element, show, permit };
}

async function save(key, value, outcome) {
  try {
    known = await post(PATH, { [key]: value }, "PUT");
    outcome.classList.remove("refusal");
    setText(outcome, t("settings.saved"));
  } catch (error) {
    outcome.classList.add("refusal");
    setText(outcome, error.message);
  }
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
