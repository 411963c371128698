/** What a new owner reads: where the way begins. */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

/** Returns the card for a house without a wallbox. */
export function welcome() {
  const link = el("a.button.primary", { href: "#setup" }, t("welcome.guide"));
  const words = el("div", {}, el("h2", { id: "welcome" }, t("welcome.title")), el("p", {}, t("welcome.text")), link);
  const element = el("section.card.notice.welcome", { "aria-labelledby": "welcome" }, icon("plug"), words);
  const update = (wanted) => {
    element.hidden = !wanted;
  };
  return { element, update };
}
