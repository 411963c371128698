/** The page of past charges. */

import { el, keyed } from "../dom.js";
import { approvedStations } from "../store.js";
import { sessions } from "../view/sessions.js";

/** Returns the page. */
export default function page() {
  const element = el("div.page");
  const updateSessions = keyed(element, (station) => station.key, sessions);
  return { element, update: () => updateSessions(approvedStations()) };
}
