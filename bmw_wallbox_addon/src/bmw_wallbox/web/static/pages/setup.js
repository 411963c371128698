/** The page that brings a wallbox here, and shows who came to the door. */

import { el } from "../dom.js";
import { approvedStations, model } from "../store.js";
import { diary } from "../view/diary.js";
import { wallboxes } from "../view/wallboxes.js";
import { welcome } from "../view/welcome.js";

/** Returns the page. */
export default function page() {
  const greeting = welcome();
  const parts = [wallboxes(), diary()];
  const update = () => {
    greeting.update(model.known && approvedStations().length === 0);
    parts.forEach((part) => part.update());
  };
  return { element: el("div.page", {}, greeting.element, ...parts.map((part) => part.element)), update };
}
