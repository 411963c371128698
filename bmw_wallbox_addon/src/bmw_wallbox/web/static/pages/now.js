/** The page that shows what the wallboxes do at this moment. */

import { el, keyed } from "../dom.js";
import { approvedStations, model } from "../store.js";
import { guideHint } from "../view/setup/hint.js";
import { stationCard } from "../view/station.js";
import { welcome } from "../view/welcome.js";

/** Returns the page. */
export default function page() {
  const stations = el("div.stations");
  const greeting = welcome();
  const hint = guideHint();
  const updateStations = keyed(stations, (station) => station.key, (station) => stationCard(station.key));
  const update = () => {
    const approved = approvedStations();
    updateStations(approved);
    stations.classList.toggle("several", approved.length > 1);
    greeting.update(model.known && approved.length === 0);
    hint.update();
  };
  return { element: el("div.page", {}, greeting.element, hint.element, stations), update };
}
