/** Any request to a wallbox by hand: as a form or as JSON, with its answer and with what was sent before. */

import { get, post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { model } from "../../store.js";
import { field, section } from "./parts.js";
import { payloadEditor } from "./payload.js";
import { confirmed, riskWords } from "./risk.js";
import { sentCalls } from "./sent.js";

const START = "GetVariables";

/** Returns the view of one wallbox. */
export default function consoleView(key) {
  const trouble = el("p.refusal", { role: "alert" });
  const outcome = el("p.hint", { role: "status" });
  const send = el("button.primary", { type: "submit" }, t("console.send"));
  const choice = actionChoice(trouble);
  const form = el("form.request", { novalidate: true }, ...choice.elements, trouble, el("div.buttons", {}, send));
  const readOnly = el("p.hint", {}, t("console.read_only"));
  const deliver = delivery(key, { trouble, outcome, send, done: () => sent.load(true) });
  const sent = sentCalls(key, {
    again: (call) => deliver({ again: call.id }, call.action, call.risk),
    edit: (call) => choice.take(call),
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setText(trouble, "");
    try {
      const { action, payload, risk } = await choice.checked();
      await deliver({ action, payload }, action, risk);
    } catch (error) {
      setText(trouble, error.message);
      choice.mark(error.field);
    }
  });
  const shown = () => Promise.all([choice.load(), sent.load()]).catch((error) => setText(trouble, error.message));
  const update = () => {
    readOnly.hidden = model.admin;
  };
  return { element: el("div.views", {}, section(t("console.request"), readOnly, form, outcome), sent.element), shown, update };
}

/** The action, what it risks, and its payload. */
function actionChoice(trouble) {
  const action = el("select");
  const risk = el("p.hint");
  const editor = payloadEditor();
  let risks = {};

  const choose = async (payload) => {
    setText(trouble, "");
    risk.dataset.risk = risks[action.value];
    setText(risk, riskWords(action.value, risks[action.value]));
    await editor.show(action.value, payload).catch((error) => setText(trouble, error.message));
  };
  const load = async () => {
    if (action.options.length === 0) {
      const rows = await get("api/ocpp/actions");
      risks = Object.fromEntries(rows.map((row) => [row.action, row.risk]));
      action.append(...rows.map((row) => el("option", { value: row.action }, row.action)));
      action.value = START;
      await choose({});
    }
  };
  const take = async (call) => {
    action.value = call.action;
    await choose(call.payload);
    setText(trouble, call.masked ? t("console.masked") : "");
    action.focus();
  };
  const checked = async () => {
    const payload = editor.read();
    const { risk: level } = await post(`api/ocpp/schemas/${action.value}/check`, payload);
    return { action: action.value, payload, risk: level };
  };
  action.addEventListener("change", () => choose({}));
  const elements = [field(t("messages.action"), action), risk, editor.element];
  return { elements, load, take, checked, mark: editor.mark };
}

/** Returns what sends a request, once it is confirmed where that is needed. */
function delivery(key, { trouble, outcome, send, done }) {
  return async (body, action, risk) => {
    setText(trouble, "");
    const confirm = await confirmed(action, risk);
    if (confirm === null) {
      return;
    }
    send.disabled = true;
    setText(outcome, t("action.working"));
    try {
      await post(stationPath(key, "ocpp"), { ...body, confirm });
    } catch (error) {
      setText(trouble, error.message);
    } finally {
      send.disabled = false;
      setText(outcome, "");
      await done();
    }
  };
}
