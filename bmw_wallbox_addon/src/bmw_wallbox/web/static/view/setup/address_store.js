/** Which host name the wallbox is to use, and what the app found when it tried that as a strict client. */

import { get, post } from "../../api.js";
import { changed, model } from "../../store.js";

const AGAIN_MS = 30000;

export const address = {
  /** True once the app told what the address can be made of. */
  known: false,
  tls: true,
  /** @type {number | null} */
  port: null,
  portKnown: false,
  /** @type {{name: string, covered: boolean}[]} */
  hosts: [],
  host: "",
  /** What the app found for `host`; null while it looks. */
  verdict: null,
  trouble: "",
};

let certificate = "";
let retry = 0;

/** Asks what the address can be made of, and tries the best host. */
export async function readAddress() {
  try {
    const { address: told } = await get("api/guide");
    const best = told.hosts[0]?.name ?? pageHost();
    Object.assign(address, {
      known: true,
      tls: told.tls,
      port: told.port,
      portKnown: told.port_known,
      hosts: told.hosts,
      host: address.host || best,
      trouble: "",
    });
  } catch (error) {
    address.trouble = error.message;
  }
  changed();
  await tryHost(address.host);
}

/** Tries a host, and again every half minute while that fails. */
export async function tryHost(host) {
  clearTimeout(retry);
  const changedHost = host !== address.host;
  address.host = host;
  address.verdict = changedHost ? null : address.verdict;
  changed();
  if (!host || !model.admin) {
    return;
  }
  let verdict = null;
  try {
    verdict = await post("api/guide/check", { host });
    address.trouble = "";
  } catch (error) {
    address.trouble = error.message;
  }
  if (address.host !== host) {
    return;
  }
  address.verdict = verdict;
  changed();
  if (!isSound(verdict)) {
    retry = setTimeout(() => tryHost(host), AGAIN_MS);
  }
}

/** Stops trying while nobody looks. */
export function rest() {
  clearTimeout(retry);
}

/** Tries once more where the certificate is another one now. */
export function watchCertificate() {
  const now = JSON.stringify([model.info.certificate, model.info.checks, model.info.listeners, model.admin]);
  if (certificate !== now) {
    const first = certificate === "";
    certificate = now;
    if (!first && address.known) {
      tryHost(address.host);
    }
  }
}

/** Returns whether a strict client would get through, as far as can be told from inside. */
export function isSound(verdict) {
  return verdict !== null && (verdict.tls?.ok ?? true) && verdict.lookup.ok;
}

/** Returns the address to type, without the charge point id. */
export function typed() {
  return `${address.tls ? "wss" : "ws"}://${address.host || "…"}:${address.port ?? 9000}/`;
}

function pageHost() {
  return /^[\d.]+$|^localhost$|:|^$/.test(location.hostname) ? "" : location.hostname;
}
