/** The dialog that shows what sessions would cost by the present tariffs, before that is put in force. */

import { post } from "../../api.js";
import { el } from "../../dom.js";
import { money, t } from "../../i18n.js";
import { openForm } from "./form.js";
import { toast } from "./toast.js";
import { undoLast } from "./trail.js";
import { spanOf } from "./words.js";

const SHOWN_ROWS = 100;

/** Shows the changes and makes them if told; resolves to them, or to null. */
export async function reprice(path, filter) {
  const changes = await post(`${path}/reprice`, filter);
  if (changes.length === 0) {
    toast(t("history.reprice.none"));
    return null;
  }
  const done = await openForm({
    title: t("history.reprice.title"),
    wide: true,
    parts: [el("p", {}, t("history.reprice.text", { count: changes.length })), tableOf(changes)],
    label: t("history.reprice.apply"),
    act: () => post(`${path}/reprice`, { ...filter, apply: true }),
  });
  if (done) {
    toast(t("history.reprice.done", { count: done.length }), () => undoLast(path, done[0].id));
  }
  return done;
}

function tableOf(changes) {
  const sums = ["before", "after"].map((side) => sumOf(changes.map((change) => change[side])));
  const rows = changes
    .slice(0, SHOWN_ROWS)
    .map(({ session, before, after }) => row(spanOf(session), costWords(before), costWords(after)));
  const heads = ["session", "cost_before", "cost_after"].map((name) => el("th", { scope: "col" }, t(`history.column.${name}`)));
  if (changes.length > SHOWN_ROWS) {
    rows.push(row(t("history.more_rows", { count: changes.length - SHOWN_ROWS }), "", ""));
  }
  return el(
    "div.scroll",
    { tabindex: 0, role: "region", "aria-label": t("history.reprice.title") },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...heads)),
      el("tbody", {}, ...rows),
      el("tfoot", {}, row(t("history.sum"), ...sums)),
    ),
  );
}

function row(name, before, after) {
  return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, before), el("td", {}, after));
}

function costWords(cost) {
  return cost ? money(cost.micros, cost.currency) : "–";
}

function sumOf(costs) {
  const sums = {};
  costs.filter(Boolean).forEach(({ micros, currency }) => (sums[currency] = (sums[currency] ?? 0) + micros));
  return Object.entries(sums).map(([currency, micros]) => money(micros, currency)).join(" + ") || "–";
}
