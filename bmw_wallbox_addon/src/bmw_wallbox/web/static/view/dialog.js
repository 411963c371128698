/** A question that must be answered before something happens. */

import { el, setText } from "../dom.js";
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

/**
 * Asks for what is dangerous to be confirmed by typing its name; resolves to the name, or to null.
 *
 * @param {string} title
 * @param {string[]} paragraphs
 * @param {string} name
 */
export function askName(title, paragraphs, name) {
  return new Promise((resolve) => {
    const field = el("input", { type: "text", id: "typed-name", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "typed-wrong" });
    const wrong = el("p.refusal", { id: "typed-wrong", role: "alert" });
    const cancel = el("button.quiet", { type: "button" }, t("action.cancel"));
    const label = el("label", { for: "typed-name" }, t("confirm.type"), " ", el("code.id", {}, name));
    const form = el("form.typed", { novalidate: true }, label, field, wrong, el("div.buttons", {}, cancel, el("button.danger", { type: "submit" }, t("confirm.do"))));
    const dialog = el("dialog.card", { "aria-labelledby": "typed-title" }, el("h2", { id: "typed-title" }, title), ...paragraphs.map((text) => el("p", {}, text)), form);
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim() === name) {
        dialog.close(name);
      } else {
        setText(wrong, t("confirm.wrong", { name }));
        field.focus();
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}
