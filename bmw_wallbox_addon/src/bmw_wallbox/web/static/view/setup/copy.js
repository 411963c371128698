/** A button that copies a field, also inside a frame that may not use the clipboard. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";

const SAID_MS = 4000;

/** @param {HTMLInputElement} field */
export function copyButton(field) {
  const words = el("span", {}, t("copy"));
  const button = el("button.primary", { type: "button" }, words);
  const said = el("span.unseen", { role: "status" });
  let back = 0;
  button.addEventListener("click", async () => {
    const result = t((await copied(field)) ? "copy.done" : "copy.by_hand");
    setText(words, result);
    setText(said, result);
    clearTimeout(back);
    back = setTimeout(() => setText(words, t("copy")), SAID_MS);
  });
  return el("span.copy", {}, button, said);
}

/** Copies, and leaves the text selected where that is refused, for the keyboard or a long press. */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
