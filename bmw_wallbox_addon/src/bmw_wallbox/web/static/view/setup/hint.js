/** A card that leads to the set-up guide for as long as the first charge has not succeeded. */

import { el } from "../../dom.js";
import { icon } from "../../icons.js";
import { t } from "../../i18n.js";
import { approvedStations, model } from "../../store.js";

/** Returns the card; it shows itself only while it is needed, and leaves a house without a wallbox to the welcome. */
export function guideHint() {
  const link = el("a.button.primary", { href: "#setup" }, t("welcome.guide"));
  const words = el("div", {}, el("h2", {}, t("guide.hint")), el("p", {}, t("guide.hint.text")), link);
  const element = el("section.card.notice", {}, icon("plug"), words);
  const update = () => {
    element.hidden = !model.known || model.info.set_up !== false || approvedStations().length === 0;
  };
  return { element, update };
}
