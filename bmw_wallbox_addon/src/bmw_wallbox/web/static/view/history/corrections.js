/** What can be corrected in one session: edit, split, merge, delete. */

import { post } from "../../api.js";
import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { model } from "../../store.js";
import { ask } from "../dialog.js";
import { editSession } from "./edit.js";
import { mergeSession } from "./merge.js";
import { splitSession } from "./split.js";
import { toast } from "./toast.js";
import { undoLast } from "./trail.js";
import { spanOf } from "./words.js";

/**
 * @param {{path: string, session: object, before: object | null, after: object | null, curve: object}} found
 * @param {() => void} again shows the session anew
 */
export function corrections(found, again) {
  const { session, before, after } = found;
  const trouble = el("p.refusal", { role: "alert" });
  const why = el("p.hint", { id: "session-why" }, reason(session));
  const over = !session.running && !session.deleted;
  const tasks = [
    ["edit", !session.deleted, () => editSession(found), () => again()],
    ["split", over, () => splitSession(found), ([first]) => go(first)],
    ["merge", over && Boolean(before || after), () => mergeSession(found), go],
    ["delete", over, () => deleteSession(found), () => go(null)],
  ];
  const buttons = tasks.map(([name, may, task, then]) => {
    const style = name === "delete" ? "quiet.deleting" : "quiet";
    const button = el(`button.${style}`, { type: "button", disabled: !may || !model.admin }, t(`history.action.${name}`));
    if (button.disabled) {
      button.setAttribute("aria-describedby", why.id);
    }
    button.addEventListener("click", () => attempt(task, then, (text) => setText(trouble, text), again, found));
    return button;
  });
  why.hidden = why.textContent === "";
  return el("section.card.correct", {}, el("h2", {}, t("history.correct")), el("div.buttons", {}, ...buttons), why, trouble);
}

async function attempt(task, then, complain, again, { path, session }) {
  complain("");
  try {
    const done = await task();
    if (done) {
      then(done);
      toast(done.said ?? t("history.saved"), async () => {
        const text = await undoLast(path, session.id);
        location.hash === `#history/${session.id}` ? again() : go(session);
        return text;
      });
    }
  } catch (error) {
    complain(error.message);
  }
}

function go(session) {
  location.hash = session ? `#history/${session.id}` : "#history";
}

function reason(session) {
  if (!model.admin) {
    return t("history.admin_only");
  }
  if (session.deleted) {
    return t("history.correct.deleted");
  }
  return session.running ? t("history.correct.running") : "";
}

async function deleteSession({ path, session }) {
  const answer = await ask(
    t("history.delete.title"),
    [spanOf(session), t("history.delete.text")],
    [{ label: t("history.do.delete"), value: "yes", style: "danger" }],
  );
  if (answer !== "yes") {
    return null;
  }
  await post(`${path}/${session.id}`, {}, "DELETE");
  return { said: t("history.delete.done") };
}
