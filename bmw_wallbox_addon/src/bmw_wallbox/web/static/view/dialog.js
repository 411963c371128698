/** A question that must be answered before something happens. */

import { el } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Asks, and resolves to the chosen answer's value, or to null if the user backs out.
 *
 * @param {string} title
 * @param {string[]} paragraphs
 * @param {{label: string, value: string, style?: string}[]} answers
 * @returns {Promise<string | null>}
 */
export function ask(title, paragraphs, answers) {
  return new Promise((resolve) => {
    const dialog = el("dialog.card", { "aria-labelledby": "question" });
    const choose = (value) => () => dialog.close(value);
    dialog.append(
      el("h2", { id: "question" }, title),
      ...paragraphs.map((text) => el("p", {}, text)),
      el(
        "div.buttons",
        {},
        el("button.quiet", { type: "button", onclick: choose(""), autofocus: true }, t("action.cancel")),
        ...answers.map(({ label, value, style = "quiet" }) =>
          el(`button.${style}`, { type: "button", onclick: choose(value) }, label),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
