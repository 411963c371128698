/** What all wanted sessions come to, as a row of tiles. */

import { el, setText } from "../../dom.js";
import { plain, t } from "../../i18n.js";
import { costs, energyOf, prices } from "./words.js";

const TILES = {
  energy: ({ energy_wh: wattHours }) => energyOf(wattHours),
  cost: ({ cost_micros: micros }) => costs(micros),
  count: ({ count }) => plain(count),
  mean_energy: ({ count, energy_wh: wattHours }) => (count ? energyOf(wattHours / count) : "–"),
  mean_price: ({ cost_micros: micros, priced_wh: wattHours }) => prices(micros, wattHours),
};

/** Returns the tiles. */
export function sums() {
  const values = Object.keys(TILES).map((name) => [name, el("dd", {}, "–")]);
  const tiles = values.map(([name, value]) => el("div.card.sum", {}, el("dt", {}, t(`history.sum.${name}`)), value));
  const update = (page) => values.forEach(([name, value]) => setText(value, TILES[name](page)));
  return { element: el("dl.sums", {}, ...tiles), update };
}
