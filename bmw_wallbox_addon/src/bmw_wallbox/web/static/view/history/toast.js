/** A short message at the foot of the page, with a way back where there is one. */

import { el, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import { t } from "../../i18n.js";

const STAYS_MS = 20_000;

let present = null;

/**
 * Says something; `undo` takes it back. It stays while it has the focus or the pointer.
 *
 * @param {string} text
 * @param {(() => Promise<string>) | null} undo returns what to say next
 */
export function toast(text, undo = null) {
  present?.remove();
  const words = el("p", {}, text);
  const close = el("button.text.icon-only", { type: "button", "aria-label": t("history.close") }, icon("cross"));
  const back = undo && el("button.text", { type: "button" }, t("history.undo"));
  const element = el("div.toast", { role: "status" }, words, back, close);
  close.addEventListener("click", () => element.remove());
  back?.addEventListener("click", async () => {
    back.disabled = true;
    try {
      setText(words, await undo());
      back.remove();
    } catch (error) {
      setText(words, error.message);
      back.disabled = false;
    }
  });
  leaveLater(element);
  document.body.append(element);
  present = element;
}

function leaveLater(element) {
  let timer = setTimeout(() => element.remove(), STAYS_MS);
  const stay = () => clearTimeout(timer);
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => element.remove(), STAYS_MS);
  };
  element.addEventListener("focusin", stay);
  element.addEventListener("pointerenter", stay);
  element.addEventListener("focusout", leave);
  element.addEventListener("pointerleave", leave);
}
