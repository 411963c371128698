/** How one wallbox is handled: its row of the quirks' table, what it taught, its password and its restart. */

import { get, post, stationPath } from "../../api.js";
import { command } from "../../commands.js";
import { el, setText } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { changed, model } from "../../store.js";
import { ask } from "../dialog.js";
import { labelled, openDialog } from "./dialog.js";

/** Returns the card of the station with this key. */
export function handlingCard({ key, id }) {
  const path = stationPath(key, "quirks");
  const options = el("select", { id: `quirks-${key}`, "aria-describedby": `quirks-help-${key}` });
  const about = el("p.hint", { id: `quirks-help-${key}` });
  const lessons = el("ul.lessons");
  const outcome = el("p.hint", { role: "status" });
  const forget = el("button.quiet", { type: "button" }, t("quirks.forget"));
  const restart = el("button.quiet", { type: "button" }, t("reboot"));
  const password = el("button.quiet", { type: "button" }, t("password.change"));
  const tools = el("div.buttons", {}, restart, password);

  const show = (answer) => {
    const rows = answer.options ?? [];
    const fitting = rows.find((one) => one.row === answer.automatic);
    options.replaceChildren(
      el("option", { value: "" }, t("quirks.automatic", { row: titleOf(fitting ?? { row: answer.automatic }) })),
      ...rows.map((one) => el("option", { value: one.row }, titleOf(one))),
    );
    options.value = answer.chosen ?? "";
    setText(about, [aboutOf(rows.find((one) => one.row === answer.row)), answer.offline].filter((text) => typeof text === "string" && text).join(" "));
    const learned = answer.lessons ?? [];
    lessons.replaceChildren(...(learned.length > 0 ? learned : [t("quirks.no_lessons")]).map((text) => el("li", {}, text)));
    forget.hidden = !model.admin || learned.length === 0;
  };
  const attempt = (task) =>
    task().then(
      (answer) => answer && show(answer),
      (error) => setText(outcome, error.message),
    );
  const change = async (body) => {
    await attempt(() => post(path, body, "PUT"));
    setText(outcome, t("settings.saved"));
  };
  options.addEventListener("change", () => change({ row: options.value || null }));
  forget.addEventListener("click", () => change({ forget_learned: true }));
  restart.addEventListener("click", () => askToRestart(key));
  password.addEventListener("click", () => attempt(() => changePassword(key)));
  attempt(() => get(path));

  const element = el(
    "section.card.group",
    { "aria-label": id },
    el("h3", {}, t("quirks.of", { id })),
    el("div.labelled", {}, el("label", { for: options.id }, t("quirks.row")), options, about),
    el("h4", {}, t("quirks.lessons")),
    lessons,
    el("div.buttons", {}, forget),
    tools,
    outcome,
  );
  const update = (station) => {
    options.disabled = !model.admin;
    password.hidden = !model.admin;
    restart.disabled = !station.connected;
  };
  return { element, update };
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
  if (when !== null) {
    await command(key, { command: "restart", value: when, confirm: true });
    changed();
  }
}

/** Fixes the password that the wallbox has to show; empty, the next one that it shows is learned. */
async function changePassword(key) {
  const field = el("input", { type: "password", maxlength: 64, autocomplete: "new-password" });
  await openDialog({
    title: t("password.change"),
    parts: [el("p", {}, t("password.text")), labelled(t("password.label"), field, t("password.help"))],
    label: t("settings.save"),
    act: () => post(stationPath(key, "password"), { password: field.value || null }, "PUT"),
  });
}
