/** The dialog that takes sessions in from a CSV file, after showing what would come. */

import { post } from "../../api.js";
import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { heard } from "../../said.js";
import { field, openForm } from "./form.js";
import { toast } from "./toast.js";
import { costOf, energyOf, spanOf, whoOf } from "./words.js";

/** Asks for a file, shows what is in it and adds that; resolves to what was done, or to null. */
export async function importFile(path) {
  const input = el("input", { type: "file", accept: ".csv,text/csv", required: true });
  const preview = el("div.preview", { "aria-live": "polite" });
  let csv = null;
  input.addEventListener("change", async () => {
    csv = null;
    preview.replaceChildren(el("p.hint", {}, t("page.loading")));
    try {
      const text = await textOf(input.files[0]);
      preview.replaceChildren(...(await previewOf(await post(`${path}/import`, { csv: text }))));
      csv = text;
    } catch (error) {
      preview.replaceChildren(el("p.refusal", {}, error.message));
    }
  });
  const done = await openForm({
    title: t("history.import.title"),
    wide: true,
    parts: [el("p.hint", {}, t("history.import.hint")), field(t("history.import.file"), input), preview],
    label: t("history.import.apply"),
    act: () => {
      if (csv === null) {
        throw new Error(t("history.import.first"));
      }
      return post(`${path}/import`, { csv, apply: true });
    },
  });
  if (done) {
    toast(t("history.import.done", { count: done.added }), done.audit ? () => undoImport(path, done.audit) : null);
  }
  return done;
}

async function undoImport(path, audit) {
  await post(`${path}/undo`, { audit });
  return t("history.undone");
}

/** Reads a file as UTF-8, or as spreadsheets of the West wrote it before. */
async function textOf(chosen) {
  const bytes = await chosen.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

async function previewOf({ added, known, faults, sessions }) {
  const sums = el("p", {}, t("history.import.preview", { added, known, faults: faults.length }));
  const rows = sessions.map((session) => {
    const cells = [energyOf(session.energy_wh), costOf(session), whoOf(session)];
    return el("tr", {}, el("th", { scope: "row" }, spanOf(session)), ...cells.map((cell) => el("td", {}, cell)));
  });
  if (added > sessions.length) {
    rows.push(el("tr", {}, el("th", { scope: "row", colspan: 4 }, t("history.more_rows", { count: added - sessions.length }))));
  }
  const heads = ["session", "energy", "cost", "person"].map((name) => el("th", { scope: "col" }, t(`history.column.${name}`)));
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
  const faultLine = async ({ line, message }) => el("li", {}, t("history.import.fault", { line, message: await heard(message) }));
  const lines = await Promise.all(faults.map(faultLine));
  return [
    sums,
    lines.length > 0 ? el("div.faults", {}, el("h3", {}, t("history.import.faults")), el("ul", {}, ...lines)) : null,
    rows.length > 0 ? el("div.scroll", { tabindex: 0, role: "region", "aria-label": t("history.import.title") }, table) : null,
  ].filter(Boolean);
}
