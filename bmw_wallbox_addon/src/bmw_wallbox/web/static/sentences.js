/** Recognises the app's English sentences by their templates, and says them as the user's language has them. */

import { instantFormat, numberFormat } from "./i18n.js";

const LONGEST = 1500;
const MOST_KEPT = 300;
const WEAK = 12; // letters: less of a template says little of what stands between them
const PLACE = /\{(\w+)\}/;
const SENTENCE_END = /[.!?] (?=[A-Z])/g;
const AMOUNT = /_(a|s|h)$|^(low|high)$/;
const DATE = /^(since|until)$/;

/** Returns a function that translates; what it does not know it returns as it is. */
export async function translator(language) {
  const response = await fetch(`./static/i18n/${language}/server.json`);
  if (!response.ok) {
    throw new Error(response.statusText);
  }
  const book = new Book(await response.json());
  const kept = new Map();
  return (text) => {
    if (!text || text.length > LONGEST) {
      return text;
    }
    if (!kept.has(text)) {
      if (kept.size >= MOST_KEPT) {
        kept.clear();
      }
      kept.set(text, book.translated(text));
    }
    return kept.get(text);
  };
}

/** English templates with named places, and what they are in the user's language. */
class Book {
  constructor(sentences) {
    const entries = Object.entries(sentences);
    this.exact = new Map(entries);
    this.patterns = entries
      .filter(([english]) => PLACE.test(english))
      .map(compile)
      .toSorted((one, other) => other.weight - one.weight);
  }

  /** Returns a text with every sentence in it that is known put into the language. */
  translated(text) {
    const known = this.known(text);
    const end = known === null ? text.search(SENTENCE_END) : -1;
    return end < 0 ? known ?? text : `${this.translated(text.slice(0, end + 1))} ${this.translated(text.slice(end + 2))}`;
  }

  /** Returns a text of known sentences in the language, the shortest sentences first; null for any other text. */
  known(text) {
    if (this.exact.has(text)) {
      return this.exact.get(text);
    }
    for (const { index } of text.matchAll(SENTENCE_END)) {
      const first = text.slice(0, index + 1);
      const head = this.exact.get(first) ?? this.filled(first);
      const tail = head === null ? null : this.known(text.slice(index + 2));
      if (tail !== null) {
        return `${head} ${tail}`;
      }
    }
    return this.filled(text);
  }

  /** Returns what the first template that fits makes of a text, null if none does. */
  filled(text) {
    for (const { names, local, longest, weight, expression } of this.patterns) {
      const values = text.includes(longest) ? expression.exec(text)?.slice(1) : undefined;
      if (values && (weight >= WEAK || values.every((value) => isPlain(value) || this.known(value) !== null))) {
        const said = new Map(names.map((name, place) => [name, figure(name, values[place]) ?? this.translated(values[place])]));
        return local.replace(/\{(\w+)\}/g, (whole, name) => said.get(name) ?? whole);
      }
    }
    return null;
  }
}

function compile([english, local]) {
  const parts = english.split(/\{(\w+)\}/);
  const names = parts.filter((_, place) => place % 2 === 1);
  const literals = parts.filter((_, place) => place % 2 === 0);
  const source = literals.map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+?)");
  return {
    names,
    local,
    longest: literals.reduce((one, other) => (other.length > one.length ? other : one)),
    weight: literals.join("").replace(/\P{L}/gu, "").length,
    expression: new RegExp(`^${source}$`, "s"),
  };
}

/** Returns whether a value is one word, a list of words, or quoted. */
function isPlain(value) {
  return /^(\S+(, \S+)*|'.*'|".*")$/s.test(value);
}

/** Returns an amount or a date in the user's way of writing it, null where a value is neither. */
function figure(name, value) {
  if (AMOUNT.test(name) && /^-?\d+\.\d+$/.test(value)) {
    const digits = value.split(".")[1].length;
    return numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }).format(Number(value));
  }
  if (DATE.test(name) && /^\d{4}-\d\d-\d\d( \d\d:\d\d)?$/.test(value)) {
    const time = value.includes(" ") ? { timeStyle: "short" } : {};
    return instantFormat({ dateStyle: "medium", timeZone: "UTC", ...time }).format(Date.parse(`${value.replace(" ", "T")}Z`));
  }
  return null;
}
