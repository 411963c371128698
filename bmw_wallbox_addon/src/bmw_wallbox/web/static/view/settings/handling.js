/** How one wallbox is handled: its row of the quirks' table, what it taught, its password and its restart. */

import { get, post, stationPath } from "../../api.js";
import { command } from "../../commands.js";
import { el, setText } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { heard } from "../../said.js";
import { changed, model } from "../../store.js";
import { ask, askName } from "../dialog.js";
import { labelled, openDialog } from "./dialog.js";

/** Returns the card of the station with this key. */
export function handlingCard({ key, id }) {
  const path = stationPath(key, "quirks");
  const choice = rowChoice(key);
  const outcome = el("p.hint", { role: "status" });
  const button = (words, act) => el("button.quiet", { type: "button", onclick: act }, t(words));
  const attempt = (task) =>
    task().then(
      (answer) => answer && choice.show(answer),
      (error) => setText(outcome, error.message),
    );
  const change = async (body) => {
    setText(outcome, "");
    await attempt(() => post(path, body, "PUT"));
  };
  choice.options.addEventListener("change", () => change({ row: choice.options.value || null }));
  const forget = button("quirks.forget", () => change({ forget_learned: true }));
  const restart = button("reboot", () => askToRestart(key));
  const password = button("password.change", () => attempt(() => changePassword(key)));
  attempt(() => get(path));

  const title = el("h3", {}, t("quirks.of", { id }));
  const tools = el("div.buttons", {}, forget, restart, password);
  const element = el("section.card.group", { "aria-label": id }, title, ...choice.elements, tools, outcome);
  const update = (station) => {
    choice.options.disabled = !model.admin;
    password.hidden = !model.admin;
    forget.hidden = !model.admin || !choice.hasLearned();
    restart.disabled = !station.connected;
  };
  return { element, update };
}

/** The row that a station is handled by, in words, and what was learned of it. */
function rowChoice(key) {
  const options = el("select", { id: `quirks-${key}`, "aria-describedby": `quirks-help-${key}` });
  const about = el("p.hint", { id: `quirks-help-${key}` });
  const lessons = el("ul.lessons");
  let learned = [];
  const show = async (answer) => {
    const rows = answer.options ?? [];
    const fitting = rows.find((one) => one.row === answer.automatic) ?? { row: answer.automatic };
    options.replaceChildren(
      el("option", { value: "" }, t("quirks.automatic", { row: titleOf(fitting) })),
      ...rows.map((one) => el("option", { value: one.row }, titleOf(one))),
    );
    options.value = answer.chosen ?? "";
    const words = [aboutOf(rows.find((one) => one.row === answer.row)), answer.offline];
    setText(about, (await Promise.all(words.map(heard))).filter(Boolean).join(" "));
    learned = answer.lessons ?? [];
    const told = learned.length > 0 ? await Promise.all(learned.map(heard)) : [t("quirks.no_lessons")];
    lessons.replaceChildren(...told.map((text) => el("li", {}, text)));
    changed();
  };
  const row = el("div.labelled", {}, el("label", { for: options.id }, t("quirks.row")), options, about);
  return { options, elements: [row, el("h4", {}, t("quirks.lessons")), lessons], show, hasLearned: () => learned.length > 0 };
}

function titleOf({ row, title }) {
  const key = `quirks.row.${row}`;
  return has(key) ? t(key) : title ?? row;
}

function aboutOf(option) {
  const key = `quirks.row.${option?.row}.text`;
  return has(key) ? t(key) : option?.description;
}

async function askToRestart(key) {
  const answers = [{ label: t("reboot.on_idle"), value: "on_idle", style: "primary" }];
  if (model.admin) {
    answers.push({ label: t("reboot.immediate"), value: "immediate", style: "danger" });
  }
  const when = await ask(t("reboot.title"), [t("reboot.text"), t("reboot.choice")], answers);
  if (when === "on_idle" || (when && (await askName(t("reboot.immediate"), [], "restart")))) {
    await command(key, { command: "restart", value: when, confirm: "restart" });
    changed();
  }
}

/** Fixes the password that the wallbox has to show; empty, the next one that it shows is learned. */
async function changePassword(key) {
  const field = el("input", { type: "password", maxlength: 64, autocomplete: "new-password" });
  const save = async () => {
    const confirm = await askName(t("password.change"), [], "password");
    return confirm && post(stationPath(key, "password"), { password: field.value || null, confirm }, "PUT");
  };
  await openDialog({
    title: t("password.change"),
    parts: [el("p", {}, t("password.text")), labelled(t("password.label"), field, t("password.help"))],
    label: t("settings.save"),
    act: save,
  });
}
