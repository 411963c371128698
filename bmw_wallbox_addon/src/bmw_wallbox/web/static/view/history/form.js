/** A dialog with fields, which stays open until what it asks for was done. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";

let dialogs = 0;

/**
 * Opens the dialog; resolves to what `act` returned, or to null if the user backs out.
 *
 * @param {{title: string, parts: Node[], label: string, style?: string, wide?: boolean,
 *   act: () => Promise<any>}} content why `act` fails is said in the dialog
 * @returns {Promise<any>}
 */
export function openForm({ title, parts, label, style = "primary", wide = false, act }) {
  return new Promise((resolve) => {
    dialogs += 1;
    const name = `form-${dialogs}`;
    const trouble = el("p.refusal", { role: "alert" });
    const cancel = el("button.quiet", { type: "button" }, t("action.cancel"));
    const submit = el(`button.${style}`, { type: "submit" }, label);
    const form = el("form", {}, el("h2", { id: name }, title), ...parts, trouble, el("div.buttons", {}, cancel, submit));
    const dialog = el(`dialog.card.form${wide ? ".wide" : ""}`, { "aria-labelledby": name }, form);
    let done = null;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      setText(trouble, "");
      try {
        done = await act();
        dialog.close();
      } catch (error) {
        setText(trouble, error.message);
      } finally {
        submit.disabled = false;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Returns a labelled field; `hint` explains it. */
export function field(label, input, hint = null) {
  dialogs += 1;
  const id = `field-${dialogs}`;
  input.id = id;
  if (hint) {
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return el("div.field", {}, el("label", { for: id }, label), input, hint && el("p.hint", { id: `${id}-hint` }, hint));
}

/** Returns a text field that offers the names which are in use already. */
export function nameField(label, value, names) {
  dialogs += 1;
  const list = `names-${dialogs}`;
  const input = el("input", { type: "text", value: value ?? "", maxlength: 100, list, autocomplete: "off" });
  const element = field(label, input);
  element.append(el("datalist", { id: list }, ...names.map((name) => el("option", { value: name }))));
  return { element, input };
}
