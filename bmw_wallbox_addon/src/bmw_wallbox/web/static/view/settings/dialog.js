/** A dialog with fields, which stays open until what it asks for was done. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";

let count = 0;

/**
 * Opens the dialog; resolves to what `act` returned, or to null if the user backs out.
 *
 * @param {{title: string, parts: Node[], label: string, act: () => Promise<any>, closed?: () => void}} content
 *   why `act` fails is said in the dialog
 */
export function openDialog({ title, parts, label, act, closed }) {
  return new Promise((resolve) => {
    count += 1;
    const id = `dialog-${count}`;
    const trouble = el("p.refusal", { role: "alert" });
    const cancel = el("button.quiet", { type: "button" }, t("action.cancel"));
    const submit = el("button.primary", { type: "submit" }, label);
    const form = el("form", { novalidate: true }, el("h2", { id }, title), ...parts, trouble, el("div.buttons", {}, cancel, submit));
    const dialog = el("dialog.card.fields", { "aria-labelledby": id }, form);
    let done = null;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
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
      closed?.();
      resolve(done);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Returns a labelled field; `hint` explains it. */
export function labelled(label, input, hint = "") {
  count += 1;
  input.id = `labelled-${count}`;
  input.setAttribute("aria-describedby", `${input.id}-hint`);
  return el("div.labelled", {}, el("label", { for: input.id }, label), input, el("p.hint", { id: `${input.id}-hint` }, hint));
}
