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
  const box = el("div");
  const raw = rawEditor();
  const modes = modeButtons((wanted) => turn(wanted));
  const element = el("div.payload", {}, modes.element, box, raw.element);
  let [action, form, isRaw] = ["", null, false];

  const put = (payload) => {
    form = schemaForm(schemas.get(action), payload);
    box.replaceChildren(form.element);
  };
  const draw = () => {
    modes.press(isRaw);
    [box.hidden, raw.element.hidden] = [isRaw, !isRaw];
  };
  const show = async (name, payload) => {
    if (!schemas.has(name)) {
      schemas.set(name, await get(`api/ocpp/schemas/${name}`));
    }
    action = name;
    put(payload);
    raw.write(name, form.read());
    element.dataset.action = name;
  };
  const read = () => (isRaw ? raw.read() : form.read());
  const turn = (wanted) => {
    try {
      const payload = read();
      put(payload);
      raw.write(action, payload);
      isRaw = wanted;
    } catch (error) {
      raw.say(error.message);
    }
    draw();
  };
  draw();
  return { element, show, read, mark: (path) => form?.mark(path) };
}

function modeButtons(turn) {
  const [form, raw] = ["form", "raw"].map((name) =>
    el("button.text", { type: "button", onclick: () => turn(name === "raw") }, t(`console.mode.${name}`)),
  );
  const element = el("div.modes", { role: "group", "aria-label": t("console.mode") }, form, raw);
  const press = (isRaw) => {
    setAttribute(form, "aria-pressed", String(!isRaw));
    setAttribute(raw, "aria-pressed", String(isRaw));
  };
  return { element, press };
}

function rawEditor() {
  const area = el("textarea", { rows: 12, spellcheck: "false", autocomplete: "off" });
  const verdict = el("p.hint", { role: "status" });
  const element = el("div.raw", {}, field(t("console.json"), area), verdict);
  const say = (words) => setText(verdict, words);
  let action = "";
  let timer = 0;

  const check = async () => {
    await post(`api/ocpp/schemas/${action}/check`, parsed(area.value));
    return t("console.fits");
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => check().then(say, (error) => say(error.message)), PAUSE_MS);
  });
  const write = (name, payload) => {
    action = name;
    area.value = JSON.stringify(payload, null, 2);
    say("");
  };
  return { element, read: () => parsed(area.value), write, say };
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
