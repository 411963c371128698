/** Requests to the app's HTTP API. */

import { t } from "./i18n.js";
import { heard } from "./said.js";

/** A request that the app refused or that did not reach it; `message` is for people, `field` names what was wrong. */
export class RequestError extends Error {}

/**
 * Sends a request that changes something.
 *
 * @param {string} path relative to the panel's address
 * @param {Record<string, unknown>} body
 * @param {"POST" | "PUT" | "DELETE"} method
 * @returns {Promise<any>}
 */
export function post(path, body = {}, method = "POST") {
  return request(path, {
    method,
    headers: { "Content-Type": "application/json", "X-Requested-With": "bmw-wallbox" },
    body: JSON.stringify(body),
  }).then(json);
}

/** Reads a resource. */
export function get(path) {
  return request(path).then(json);
}

/** Reads a resource as a file. */
export async function file(path) {
  return (await request(path)).blob();
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new RequestError(t("error.unreachable"));
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    const refusal = new RequestError((await heard(answer?.message)) ?? t("error.unexpected", { status: response.status }));
    throw Object.assign(refusal, { field: answer?.field });
  }
  return response;
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    throw new RequestError(t("error.unexpected", { status: response.status }));
  }
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
