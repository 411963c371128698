/** A chart's values as a table behind a fold, made when it is opened. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { valueWords } from "./axes.js";

const MOST_ROWS = 48;

/** Returns the fold; a long series is told by so many of its points, evenly spread. */
export function table(series, label, words, state) {
  const body = el("tbody");
  const heads = series.map((one) => el("th", { scope: "col" }, one.label));
  const head = el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("chart.when")), ...heads));
  const scroll = el("div.scroll", { tabindex: 0, role: "region", "aria-label": label }, el("table", {}, head, body));
  const element = el("details", {}, el("summary", {}, t("chart.table")), scroll);
  const update = () => {
    if (element.open) {
      body.replaceChildren(...placesOf(state.columns[0].length).map(row));
    }
  };
  const row = (place) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, words(place)),
      ...series.map((one, number) => el("td", {}, valueWords(one, state.columns[number + 1]?.[place]))),
    );
  element.addEventListener("toggle", update);
  return { element, update };
}

function placesOf(count) {
  const every = Math.max(1, Math.ceil(count / MOST_ROWS));
  return Array.from({ length: Math.ceil(count / every) }, (_, number) => count - 1 - number * every).reverse();
}
