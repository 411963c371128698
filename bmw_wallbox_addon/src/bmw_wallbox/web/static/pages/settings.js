/** The page of what the owner may set. */

import { el } from "../dom.js";
import { cards } from "../view/cards.js";
import { settings } from "../view/settings.js";
import { wallboxes } from "../view/wallboxes.js";

/** Returns the page. */
export default function page() {
  const parts = [settings(), cards(), wallboxes()];
  return {
    element: el("div.page", {}, ...parts.map((part) => part.element)),
    update: () => parts.forEach((part) => part.update()),
  };
}
