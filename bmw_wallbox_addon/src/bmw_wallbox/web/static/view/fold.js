/** A part of the page behind a fold, which reads what it shows whenever it is opened. */

import { el, setText } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @param {string} title
 * @param {() => Promise<void>} load called at each opening; why it fails is said at the foot
 * @param {...Node} children
 */
export function fold(title, load, ...children) {
  const trouble = el("p.hint.refusal", { role: "alert" });
  const element = el("details.card.more", {}, el("summary", {}, title), ...children, trouble);
  const attempt = (task) =>
    Promise.resolve()
      .then(task)
      .then(() => setText(trouble, ""))
      .catch((error) => setText(trouble, error.message ?? t("error.unreachable")));
  element.addEventListener("toggle", () => element.open && attempt(load));
  return { element, attempt };
}
