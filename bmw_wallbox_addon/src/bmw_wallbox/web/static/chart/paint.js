/** The colours of a chart: what its stylesheet says at this moment, in a form that a canvas takes. */

import { el } from "../dom.js";

/** Returns a function from a class of chart.css, or several with spaces between, to its present colour. */
export function paintOf(box) {
  const probes = new Map();
  return (name) => {
    if (!probes.has(name)) {
      const probe = el(`span.${name.replaceAll(" ", ".")}`, { hidden: true });
      box.append(probe);
      probes.set(name, probe);
    }
    return getComputedStyle(probes.get(name)).color;
  };
}
