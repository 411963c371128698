/** Requests to the app's HTTP API. */

import { t } from "./i18n.js";

/** A request that the app refused or that did not reach it; `message` is for people. */
export class RequestError extends Error {}

/**
 * Sends a request that changes something.
 *
 * @param {string} path relative to the panel's address
 * @param {Record<string, unknown>} body
 * @returns {Promise<any>}
 */
export async function post(path, body = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "bmw-wallbox" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new RequestError(t("error.unreachable"));
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) {
    throw new RequestError(answer?.message ?? t("error.unexpected", { status: response.status }));
  }
  return answer;
}

/** Asks again whether the user is an administrator: Home Assistant may not have been able to say so before. */
export async function mayDoAll() {
  try {
    const response = await fetch("api/info");
    return response.ok && (await response.json()).admin === true;
  } catch {
    return false;
  }
}

/** Returns the address of a station's resource. */
export function stationPath(key, resource) {
  return `api/stations/${encodeURIComponent(key)}/${resource}`;
}
