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
  const whyNoPdf = el("p.hint", {}, t("history.pdf_filter"));
  let names = { persons: [], vehicles: [] };
  const button = (name, task) => attempting(name, task, trouble, () => update(names));
  const path = () => stationPath(wanted().station, "sessions");
  const correcting = [
    button("add", async () => (await addSession(path(), names)) && changed()),
    button("import", async () => (await importFile(path())) && changed()),
    button("reprice", async () => (await reprice(path(), filterOf(wanted()))) && changed()),
  ];
  const csv = button("csv", () => save(csvPath(wanted()), `${fileName(wanted())}.csv`));
  const pdf = button("pdf", () => save(pdfPath(wanted()), `${fileName(wanted())}.pdf`));

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
  const buttons = el("div.buttons", {}, csv, pdf, ...correcting);
  return { element: el("div.actions", {}, buttons, whyNoPdf, why, trouble), update };
}

/** Returns a button that is out of use while its task runs, and says why it failed. */
function attempting(name, task, trouble, after) {
  const button = el("button.quiet", { type: "button" }, t(`history.action.${name}`));
  button.addEventListener("click", async () => {
    button.disabled = true;
    setText(trouble, "");
    try {
      await task();
    } catch (error) {
      setText(trouble, error.message);
    } finally {
      button.disabled = false;
      after();
    }
  });
  return button;
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
