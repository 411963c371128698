/** The payload of a request: a form, or raw JSON that the app checks as it is written. */

import { get, post } from "../../api.js";
import { el, setAttribute, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { field } from "./parts.js";
import { schemaForm } from "./schema_form.js";

const PAUSE_MS = 400;

/** Returns the editor; `show` loads an action's schema, `read` returns the payload or says what is wrong with it. */
export function payloadEditor() {
  const schemas = new Map();
  const raw = el("textarea", { rows: 12, spellcheck: "false", autocomplete: "off" });
  const verdict = el("p.hint", { role: "status" });
  const box = el("div");
  const rawBox = el("div.raw", {}, field(t("console.json"), raw), verdict);
  const modes = { form: modeButton("form"), raw: modeButton("raw") };
  const element = el("div.payload", {}, el("div.modes", { role: "group", "aria-label": t("console.mode") }, modes.form, modes.raw), box, rawBox);
  let action = "";
  let form = null;
  let isRaw = false;
  let timer = 0;

  const draw = () => {
    setAttribute(modes.form, "aria-pressed", String(!isRaw));
    setAttribute(modes.raw, "aria-pressed", String(isRaw));
    box.hidden = isRaw;
    rawBox.hidden = !isRaw;
  };
  const put = (payload) => {
    form = schemaForm(schemas.get(action), payload);
    box.replaceChildren(form.element);
    raw.value = JSON.stringify(form.read(), null, 2);
    setText(verdict, "");
  };
  const show = async (name, payload) => {
    if (!schemas.has(name)) {
      schemas.set(name, await get(`api/ocpp/schemas/${name}`));
    }
    action = name;
    put(payload);
    element.dataset.action = name;
    if (isRaw) {
      raw.value = JSON.stringify(payload, null, 2);
    }
  };
  const read = () => (isRaw ? parsed(raw.value) : form.read());
  const turn = (wanted) => {
    try {
      const payload = read();
      isRaw = wanted;
      put(payload);
      raw.value = JSON.stringify(payload, null, 2);
    } catch (error) {
      setText(verdict, error.message);
    }
    draw();
  };
  const check = async () => {
    const words = await post(`api/ocpp/schemas/${action}/check`, parsed(raw.value)).then(() => t("console.fits"));
    setText(verdict, words);
  };
  raw.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => check().catch((error) => setText(verdict, error.message)), PAUSE_MS);
  });
  modes.form.addEventListener("click", () => turn(false));
  modes.raw.addEventListener("click", () => turn(true));
  draw();
  return { element, show, read, mark: (path) => form?.mark(path) };
}

function modeButton(name) {
  return el("button.text", { type: "button" }, t(`console.mode.${name}`));
}

function parsed(text) {
  let value;
  try {
    value = JSON.parse(text || "{}");
  } catch (error) {
    throw new Error(t("console.no_json", { why: error.message }), { cause: error });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error(t("console.no_object"));
  }
  return value;
}
