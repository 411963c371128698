/** What the buttons do: ask at once, show the wish meanwhile, and fall back with the reason if it fails. */

import { post, stationPath } from "./api.js";
import { changed, model } from "./store.js";

const WAIT_S = 30;

let newest = {};

/**
 * Sends a command to a station; `wish` is what the state shows until its outcome is known.
 *
 * @param {string} key
 * @param {Record<string, unknown>} body
 * @param {Record<string, unknown>} wish
 */
export async function command(key, body, wish = {}) {
  const mine = Symbol(body.command);
  newest = { ...newest, [key]: mine };
  model.wishes[key] = { ...model.wishes[key], ...wish };
  delete model.failures[key];
  changed();
  try {
    await post(`${stationPath(key, "commands")}?wait=${WAIT_S}`, body);
  } catch (error) {
    if (newest[key] === mine) {
      model.failures[key] = { command: body.command, value: body.value, message: error.message };
    }
  } finally {
    forget(key, wish);
    changed();
  }
}

/** Drops the part of a wish that no later command has replaced. */
function forget(key, wish) {
  const left = { ...model.wishes[key] };
  for (const [name, value] of Object.entries(wish)) {
    if (left[name] === value) {
      delete left[name];
    }
  }
  model.wishes[key] = left;
}
