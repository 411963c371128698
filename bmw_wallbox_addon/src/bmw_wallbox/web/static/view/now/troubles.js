/** What is wrong with a wallbox, and what to do about it. */

import { el, keyed, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import { t } from "../../i18n.js";
import { statusOf, troublesOf } from "./words.js";

/** Returns the list; it is hidden while all is well. */
export function troubles() {
  const list = el("ul");
  const guide = el("a.button.primary", { href: "#setup" }, t("welcome.guide"));
  const element = el("div.trouble", { role: "status" }, list, guide);
  const updateList = keyed(list, (trouble) => trouble.text, trouble);
  const update = (state) => {
    const all = troublesOf(state);
    element.hidden = all.length === 0;
    guide.hidden = statusOf(state) !== "disconnected";
    updateList(all);
  };
  return { element, update };
}

function trouble() {
  const text = el("strong");
  const step = el("span");
  const update = (now) => {
    setText(text, now.text);
    setText(step, now.step);
  };
  return { element: el("li", {}, icon("alert"), el("p", {}, text, step)), update };
}
