/** A field for an amount of money, exact to the millionth. */

import { el } from "../../dom.js";

/** Returns the field; null is no amount. */
export function priceField(micros) {
  return el("input", { type: "number", step: "any", inputmode: "decimal", value: micros === null ? "" : micros / 1e6 });
}

/** Returns what a field holds, in millionths. */
export function microsOf(field) {
  return Number.isNaN(field.valueAsNumber) ? null : Math.round(field.valueAsNumber * 1e6);
}
