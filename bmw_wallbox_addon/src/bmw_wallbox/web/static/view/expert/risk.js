/** How much harm a request can do, in words, and the question that a dangerous one asks first. */

import { has, t } from "../../i18n.js";
import { askName } from "../dialog.js";

/** Returns what a request risks; `level` is the app's word for it. */
export function riskWords(action, level) {
  const own = `risk.${action}`;
  return has(own) ? t(own) : t(`risk.${level}`);
}

/** Resolves to what the request is confirmed with, or to null if the user backs out. */
export async function confirmed(action, level) {
  return level === "dangerous" ? askName(t("console.sure", { name: action }), [riskWords(action, level)], action) : true;
}
