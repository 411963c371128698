/** The panel's words and number formats, in the language of Home Assistant's page. */

const words = {};
let locale = "en";
let language = "en";

/** Takes the user's language if there are words in it, else English. */
export function chooseLanguage() {
  const root = document.documentElement;
  const spoken = root.dataset.languages.split(" ");
  locale = parentLanguage() || navigator.language || "en";
  language = locale.split("-")[0].toLowerCase();
  if (!spoken.includes(language)) {
    [locale, language] = ["en", "en"];
  }
  root.lang = locale;
}

/** Loads one file of words, which has in English what the user's language lacks. */
export async function loadWords(name) {
  const response = await fetch(`./static/i18n/${language}/${name}.json`);
  if (!response.ok) {
    throw new Error(response.statusText);
  }
  Object.assign(words, await response.json());
}

/**
 * Returns the text of a key with its placeholders filled.
 *
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Returns whether there is a text for the key. */
export function has(key) {
  return key in words;
}

/** Returns a number with its unit, or a dash where nothing was ever reported. */
export function quantity(value, unit, digits = 1) {
  if (typeof value !== "number") {
    return "–";
  }
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format.format(value)}\u00a0${unit}`;
}

/** Returns kWh with fewer decimals the more there are, so that no small sum reads as nothing. */
export function energy(kilowattHours) {
  const digits = kilowattHours < 10 ? 2 : kilowattHours < 1000 ? 1 : 0;
  return quantity(kilowattHours, "kWh", digits);
}

/** Returns a number with as many digits as it needs. */
export function plain(value) {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}

/** Returns how long ago an ISO instant was, by the server's clock. */
export function ago(instant, nowMs) {
  const seconds = Math.round((Date.parse(instant) - nowMs) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) {
      return format.format(Math.trunc(seconds / size), unit);
    }
  }
  return format.format(Math.min(seconds, 0), "second");
}

/** Returns an ISO instant as a local date and time. */
export function moment(instant) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
}

/** Returns a formatter for instants (Date or milliseconds) in the user's language. */
export function instantFormat(options) {
  return new Intl.DateTimeFormat(locale, options);
}

/** Returns a formatter for numbers in the user's language. */
export function numberFormat(options) {
  return new Intl.NumberFormat(locale, options);
}

/** Returns an ISO instant as a local date. */
export function day(instant) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(instant));
}

/** Returns a time span as hours and minutes. */
export function duration(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  return t(hours > 0 ? "duration.hours" : "duration.minutes", { hours, minutes: minutes % 60 });
}

/** Returns an amount that is given in millionths of its currency's unit. */
export function money(micros, currency) {
  const amount = micros / 1e6;
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
  } catch {
    return `${plain(amount)}\u00a0${currency}`; // not a currency's code
  }
}

function parentLanguage() {
  try {
    return window.parent === window ? "" : window.parent.document.documentElement.lang;
  } catch {
    return ""; // the page is framed by another site's page, which says nothing
  }
}
