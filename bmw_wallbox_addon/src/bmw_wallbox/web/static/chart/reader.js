/** Reads a chart point by point: a slider for keyboards and screen readers, and a finger's place for phones. */

import { setAttribute } from "../dom.js";
import { t } from "../i18n.js";

const STEPS = 100;
const LEAP = 10;

/** How far each key moves; Infinity is to the end. */
const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: LEAP,
  PageDown: -LEAP,
  Home: -Infinity,
  End: Infinity,
};

/**
 * Makes a slider of the element that holds a chart.
 *
 * @param {HTMLElement} box
 * @param {{label: string, count: () => number, words: (place: number) => string, move: (place: number) => void}} chart
 */
export function reader(box, { label, count, words, move }) {
  let place = null;
  const here = () => Math.min(place ?? Infinity, count() - 1);
  const tell = () => {
    const some = count() > 0;
    setAttribute(box, "aria-valuemax", Math.max(0, count() - 1));
    setAttribute(box, "aria-valuenow", some ? here() : 0);
    setAttribute(box, "aria-valuetext", some ? words(here()) : t("chart.empty"));
  };
  box.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (step === undefined || count() === 0) {
      return;
    }
    event.preventDefault();
    const stride = step * Math.max(1, Math.round(count() / STEPS));
    place = Math.max(0, Math.min(count() - 1, here() + stride));
    move(place);
    tell();
  });
  setAttribute(box, "role", "slider");
  setAttribute(box, "aria-label", t("chart.read", { chart: label }));
  setAttribute(box, "aria-valuemin", 0);
  const follow = (at) => {
    place = at ?? place;
  };
  return { follow, update: tell };
}
