/** Any request to a wallbox by hand: as a form or as JSON, with its answer and with what was sent before. */

import { get, post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { model } from "../../store.js";
import { askName } from "../dialog.js";
import { field, section } from "./parts.js";
import { payloadEditor } from "./payload.js";
import { sentCalls } from "./sent.js";

const START = "GetVariables";

/** Returns the view of one wallbox. */
export default function consoleView(key) {
  const action = el("select");
  const risk = el("p.hint", { id: "console-risk" });
  const editor = payloadEditor();
  const trouble = el("p.refusal", { role: "alert" });
  const outcome = el("div", { role: "status" });
  const send = el("button.primary", { type: "submit" }, t("console.send"));
  const form = el("form.request", { novalidate: true }, field(t("messages.action"), action), risk, editor.element, trouble, el("div.buttons", {}, send));
  const sent = sentCalls(key, { again, edit, outcome });
  const readOnly = el("p.hint", {}, t("console.read_only"));
  let risks = {};

  const choose = async (payload) => {
    setText(trouble, "");
    setText(risk, riskWords(action.value, risks[action.value]));
    await editor.show(action.value, payload).catch((error) => setText(trouble, error.message));
  };
  const shown = async () => {
    try {
      if (action.options.length === 0) {
        const rows = await get("api/ocpp/actions");
        risks = Object.fromEntries(rows.map((row) => [row.action, row.risk]));
        action.append(...rows.map((row) => el("option", { value: row.action }, row.action)));
        action.value = START;
        await choose({});
      }
      await sent.load();
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  const deliver = async (body, name, level) => {
    const confirm = level === "dangerous" ? await askName(t("console.sure", { name }), [riskWords(name, level)], name) : true;
    if (!confirm) {
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
      await sent.load(true);
    }
  };
  const submit = async () => {
    setText(trouble, "");
    try {
      const payload = editor.read();
      const { risk: level } = await post(`api/ocpp/schemas/${action.value}/check`, payload);
      await deliver({ action: action.value, payload }, action.value, level);
    } catch (error) {
      setText(trouble, error.message);
      editor.mark(error.field);
    }
  };
  async function again(call) {
    setText(trouble, "");
    await deliver({ again: call.id }, call.action, call.risk);
  }
  async function edit(call) {
    action.value = call.action;
    await choose(call.payload);
    setText(trouble, call.masked ? t("console.masked") : "");
    action.focus();
  }
  action.addEventListener("change", () => choose({}));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  const element = el("div.views", {}, section(t("console.request"), readOnly, form, outcome), sent.element);
  const update = () => {
    readOnly.hidden = model.admin;
  };
  return { element, shown, update };
}

function riskWords(name, level) {
  const own = `risk.${name}`;
  return has(own) ? t(own) : t(`risk.${level}`);
}
