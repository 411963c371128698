/** The app's own sentences in the user's language; it says them in English, and a file has what they mean. */

import { changed } from "./store.js";

let translate = (text) => text;
let coming = null;

/** Returns a sentence of the app in the user's language; it stays English until the file of sentences is here. */
export function said(text) {
  if (text) {
    load();
  }
  return translate(text);
}

/** Returns a sentence of the app in the user's language, once that is known. */
export async function heard(text) {
  if (text) {
    await load();
  }
  return translate(text);
}

/** Loads what translates, once the first sentence needs it; where that fails, the next one tries it again. */
function load() {
  const language = document.documentElement.lang.split("-")[0];
  if (language === "en") {
    return null;
  }
  coming ??= import("./sentences.js")
    .then((module) => module.translator(language))
    .then((found) => {
      translate = found;
      changed();
    })
    .catch(() => {
      coming = null; // English is better than nothing
    });
  return coming;
}
