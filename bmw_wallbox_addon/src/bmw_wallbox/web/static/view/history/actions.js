/** What can be done with all shown sessions: files out and in, one by hand, costs anew. */

import { stationPath } from "../../api.js";
import { el, setAttribute, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { model } from "../../store.js";
import { addSession } from "./add.js";
import { save } from "./files.js";
import { importFile } from "./import.js";
import { reprice } from "./reprice.js";
import { filterOf, hasDecimalComma, pathOf } from "./wanted.js";

/**
 * @param {() => object} wanted the filter in force
 * @param {() => void} changed called when sessions were changed
 */
export function actions(wanted, changed) {
  const trouble = el("p.refusal", { role: "alert" });
  const why = el("p.hint", { id: "history-why" }, t("history.admin_only"));
  let names = { persons: [], vehicles: [] };
  const attempt = async (button, task) => {
    button.disabled = true;
    setText(trouble, "");
    try {
      await task();
    } catch (error) {
      setText(trouble, error.message);
    } finally {
      button.disabled = false;
      update(names);
    }
  };
  const button = (name, task) => {
    const made = el("button.quiet", { type: "button" }, t(`history.action.${name}`));
    made.addEventListener("click", () => attempt(made, task));
    return made;
  };
  const path = () => stationPath(wanted().station, "sessions");
  const correcting = [
    button("add", async () => (await addSession(path(), names)) && changed()),
    button("import", async () => (await importFile(path())) && changed()),
    button("reprice", async () => (await reprice(path(), filterOf(wanted()))) && changed()),
  ];
  const csv = button("csv", () => save(csvPath(wanted()), `${fileName(wanted())}.csv`));
  const pdf = button("pdf", () => save(pdfPath(wanted()), `${fileName(wanted())}.pdf`));
  const whyNoPdf = el("p.hint", { id: "history-no-pdf" }, t("history.pdf_filter"));

  const update = (next) => {
    names = { ...names, ...next };
    correcting.forEach((one) => {
      one.disabled = !model.admin;
      setAttribute(one, "aria-describedby", !model.admin && why.id);
    });
    const { q, deleted } = wanted();
    csv.disabled = names.count === 0;
    pdf.disabled = names.count === 0 || Boolean(q) || deleted;
    whyNoPdf.hidden = !q && !deleted;
    why.hidden = model.admin;
  };
  return { element: el("div.actions", {}, el("div.buttons", {}, csv, pdf, ...correcting), whyNoPdf, why, trouble), update };
}

function csvPath(wanted) {
  return pathOf(wanted, "sessions", { format: "csv", decimal: hasDecimalComma() ? "comma" : "point" });
}

function pdfPath({ station, from, to, person, vehicle }) {
  const language = document.documentElement.lang.split("-")[0];
  const entries = Object.entries({ format: "pdf", station, from, to, person, vehicle, language });
  return `api/reports?${new URLSearchParams(entries.filter(([, value]) => value))}`;
}

function fileName({ from, to }) {
  return ["sessions", from, to].filter(Boolean).join("_");
}
