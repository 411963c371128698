/** The bar that appears while there is a draft: save it, or drop it. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { changed, model } from "../../store.js";

/**
 * @param {{dirty: () => boolean, save: () => Promise<void>, discard: () => void}} draft
 *   why `save` fails is said in the bar
 */
export function saveBar({ dirty, save, discard }) {
  const words = el("p", { role: "status" });
  const keep = el("button.primary", { type: "button" }, t("settings.save"));
  const drop = el("button.quiet", { type: "button" }, t("settings.discard"));
  const buttons = el("div.buttons", {}, drop, keep);
  const element = el("div.card.save-bar", {}, words, buttons);
  let said = "";
  keep.addEventListener("click", async () => {
    keep.disabled = true;
    said = "";
    try {
      await save();
      said = t("settings.saved");
    } catch (error) {
      said = error.message;
    } finally {
      keep.disabled = false;
      changed();
    }
  });
  drop.addEventListener("click", () => {
    discard();
    said = "";
    changed();
  });
  const update = () => {
    const open = dirty();
    buttons.hidden = !open;
    element.hidden = !model.admin || (!open && said === "");
    element.classList.toggle("draft", open);
    setText(words, said || (open ? t("settings.unsaved") : ""));
    if (open && said === t("settings.saved")) {
      said = "";
      setText(words, t("settings.unsaved"));
    }
  };
  return { element, update };
}

/** Asks before the window is left with a draft in it. */
export function guardDrafts(dirty) {
  window.addEventListener("beforeunload", (event) => {
    if (dirty()) {
      event.preventDefault();
    }
  });
}
