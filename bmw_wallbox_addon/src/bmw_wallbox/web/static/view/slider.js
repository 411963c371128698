/** A slider that sends one command where it stays. */

import { command } from "../commands.js";
import { el, setAttribute, setText } from "../dom.js";
import { quantity } from "../i18n.js";

// A slider moved by keys reports every step; the wallbox gets only the one where it stays.
const SETTLE_MS = 600;

/**
 * @param {string} key the station's
 * @param {{name: string, label: string, unit: string, min: number, max: (state: any) => number}} what
 *   `name` is the state's, and the command's after `set_`
 */
export function slider(key, { name, label, unit, min, max }) {
  const id = `${name}-${key}`;
  const value = el("output", { for: id });
  const input = el("input", { id, type: "range", min, step: 1 });
  let settling = 0;
  const show = (wanted) => {
    const words = quantity(wanted, unit, Number.isInteger(wanted) ? 0 : 1);
    setText(value, words);
    setAttribute(input, "aria-valuetext", words);
    const span = Math.max(1, input.max - min);
    input.style.setProperty("--filled", `${((input.value - min) / span) * 100}%`);
  };
  input.addEventListener("input", () => {
    clearTimeout(settling);
    settling = -1;
    show(input.valueAsNumber);
  });
  input.addEventListener("change", () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      settling = 0;
      const wanted = input.valueAsNumber;
      command(key, { command: `set_${name}`, value: wanted }, { [name]: wanted });
    }, SETTLE_MS);
  });
  const element = el("div.slider", {}, el("label", { for: id }, label), value, input);
  const update = (state) => {
    const known = state[name];
    setAttribute(input, "max", max(state));
    if (settling === 0 && typeof known === "number") {
      input.value = known;
      show(known);
    }
  };
  return { element, update };
}
