/** The panel's pages: which there are, and what each needs before it can be shown. */

import { loadWords } from "./i18n.js";
import { loadStyle } from "./style.js";

/** In the order of their tabs; the first one is home. */
export const PAGES = [
  { name: "now", icon: "bolt" },
  { name: "history", icon: "calendar" },
  { name: "setup", icon: "plug" },
  { name: "settings", icon: "sliders" },
  { name: "expert", icon: "terminal" },
];

/** Returns the page and sub-view that an address names: `#settings/tariffs`. */
export function routeOf(hash) {
  const [name, ...rest] = hash.replace(/^#/, "").split("/");
  const page = PAGES.find((each) => each.name === name) ?? PAGES[0];
  return { name: page.name, sub: page.name === name ? rest.join("/") : "" };
}

/**
 * Loads a page's module, style and words, and returns the page.
 *
 * @returns {Promise<{element: Element, update: (route: {sub: string}) => void, shown?: (sub: string) => void,
 *   hidden?: () => void}>}
 */
export async function loadPage(name) {
  const [module] = await Promise.all([import(`./pages/${name}.js`), loadWords(name), loadStyle(`pages/${name}.css`)]);
  return module.default();
}

/** Returns whether the app can give the page's module now. */
export async function isReachable(name) {
  const answer = await fetch(`./static/pages/${name}.js`, { cache: "no-store" }).catch(() => null);
  return answer?.ok === true;
}
