/** What the views for experts are made of. */

import { el } from "../../dom.js";
import { instantFormat, numberFormat, t } from "../../i18n.js";

const KEPT_MS = 10_000;
let count = 0;

/** Returns a labelled field. */
export function field(label, input) {
  count += 1;
  input.id ||= `expert-field-${count}`;
  return el("div.field", {}, el("label", { for: input.id }, label), input);
}

/** Returns a choice; the first option stands for all. */
export function choice(all, options, words = (value) => value) {
  return el("select", {}, el("option", { value: "" }, all), ...options.map((value) => el("option", { value }, words(value))));
}

/** Returns a value of OCPP as indented JSON, which scrolls by itself. */
export function pretty(value, label) {
  return el("pre.json", { tabindex: 0, role: "group", "aria-label": label }, JSON.stringify(value, null, 2));
}

/** Hands text to the browser as a file. */
export function saveText(text, name, type) {
  saveBlob(new Blob([text], { type }), name);
}

/** Hands a file to the browser. */
export function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/** Returns an instant as a local time of day, to the millisecond. */
export function clockTime(instant) {
  return instantFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 }).format(new Date(instant));
}

/** Returns a short time span, or nothing where there is none. */
export function milliseconds(value) {
  return value === null || value === undefined ? "" : `${numberFormat({ maximumFractionDigits: 0 }).format(value)}\u00a0ms`;
}

/** Returns a table that scrolls by itself where it is too wide. */
export function table(label, heads, rows) {
  const head = el("thead", {}, el("tr", {}, ...heads.map((words) => el("th", { scope: "col" }, words))));
  const body = el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell)))));
  return el("div.scroll", { tabindex: 0, role: "group", "aria-label": label }, el("table", {}, head, body));
}

/** Returns a button with words. */
export function button(style, words, act) {
  return el(`button.${style}`, { type: "button", onclick: act }, words);
}

/** Returns the card of a section with its title. */
export function section(title, ...parts) {
  return el("section.card", {}, el("h2", {}, title), ...parts);
}

/** Returns what stands where there is nothing to be shown. */
export function none() {
  return el("p.hint", {}, t("expert.none"));
}
