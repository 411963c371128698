/** The bars in words: a sentence, and a table. */

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { costs, energyOf, periodName } from "./words.js";

/** Returns a sentence that says what the bars show. */
export function summary(bars, span) {
  const used = bars.filter((bar) => bar.count > 0);
  if (used.length === 0) {
    return t("history.summary.none");
  }
  const most = used.reduce((best, bar) => (bar.energy_wh > best.energy_wh ? bar : best));
  const values = { used: used.length, all: bars.length, most: periodName(most, span), energy: energyOf(most.energy_wh) };
  return t(`history.summary.${span}`, values);
}

/** Returns the bars as a table, periods without a session left out. */
export function barTable(bars, span) {
  const columns = ["period", "count", "energy", "cost"].map((name) => el("th", { scope: "col" }, t(`history.column.${name}`)));
  const rows = bars
    .filter((bar) => bar.count > 0)
    .map((bar) => {
      const cells = [bar.count, energyOf(bar.energy_wh), costs(bar.cost_micros)];
      return el("tr", {}, el("th", { scope: "row" }, periodName(bar, span)), ...cells.map((cell) => el("td", {}, String(cell))));
    });
  const head = el("thead", {}, el("tr", {}, ...columns));
  return el("table", {}, el("caption", {}, t("history.chart")), head, el("tbody", {}, ...rows));
}
