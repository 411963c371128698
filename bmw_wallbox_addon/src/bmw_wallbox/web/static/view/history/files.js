/** Saves what the app makes as a file. */

import { file } from "../../api.js";
import { el } from "../../dom.js";

const KEPT_MS = 10_000;

/** Fetches a file and hands it to the browser, which asks for it with the cookie of this page only. */
export async function save(path, name) {
  const url = URL.createObjectURL(await file(path));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
