/** What a new owner reads: how to bring the wallbox here. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { model } from "../store.js";

/** Returns the card for a house without a wallbox. */
export function welcome() {
  const address = el("code.id");
  const element = el(
    "section.card.notice.welcome",
    { "aria-labelledby": "welcome" },
    icon("plug"),
    el(
      "div",
      {},
      el("h2", { id: "welcome" }, t("welcome.title")),
      el("p", {}, t("welcome.text")),
      el(
        "ol",
        {},
        el("li", {}, t("welcome.step_open")),
        el("li", {}, t("welcome.step_address"), " ", address),
        el("li", {}, t("welcome.step_wait")),
      ),
    ),
  );
  const update = (wanted) => {
    element.hidden = !wanted;
    const { port = 9000, tls = true } = model.info.listeners?.ocpp ?? {};
    setText(address, `${tls ? "wss" : "ws"}://${location.hostname}:${port}`);
  };
  return { element, update };
}
