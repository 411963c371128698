/** The page that shows how a wallbox works inside. */

import { el, keyed } from "../dom.js";
import { approvedStations, shown } from "../store.js";
import { details } from "../view/details.js";

/** Returns the page. */
export default function page() {
  const element = el("div.page");
  const updateDetails = keyed(element, (station) => station.key, deviceDetails);
  return { element, update: () => updateDetails(approvedStations()) };
}

function deviceDetails({ key }) {
  const { element, update } = details();
  return { element, update: () => update(shown(key)) };
}
