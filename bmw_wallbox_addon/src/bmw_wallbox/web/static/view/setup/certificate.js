/** The step of the certificate: everything that a strict wallbox looks at, live. */

import { el } from "../../dom.js";
import { day, has, t } from "../../i18n.js";
import { said } from "../../said.js";
import { model } from "../../store.js";
import { address, isSound, tryHost } from "./address_store.js";
import { findings, step } from "./step.js";

/** Returns the step. */
export function certificateStep(number) {
  const list = findings();
  const again = el("button.quiet", { type: "button", onclick: () => tryHost(address.host) }, t("guide.again"));
  const body = [el("p", {}, t("guide.certificate.text")), list.element, el("div.buttons", {}, again)];
  const { element, update } = step({ number, key: "certificate", body });
  return {
    element,
    update: () => {
      const found = [...ofFiles(), ...ofHandshake()];
      list.update(found);
      again.hidden = !model.admin;
      const standing = stateOf(found);
      update(standing);
      return standing.state;
    },
  };
}

function stateOf(found) {
  if (!address.tls) {
    return { state: "skipped", text: t("guide.certificate.off") };
  }
  const wrong = found.filter((one) => one.ok === false);
  if (wrong.length > 0) {
    return { state: "wrong", text: wrong[0].text };
  }
  const tried = isSound(address.verdict) || !model.admin;
  return tried && found.length > 0 ? { state: "done", text: "" } : { state: "waiting", text: t("guide.looking") };
}

/** What the app says of the files and of the certificate in use. */
function ofFiles() {
  const { certificate, checks = [] } = model.info;
  const values = {
    names: certificate?.names.slice(0, 3).join(", ") ?? "",
    issuer: certificate?.issuer ?? "",
    date: certificate ? day(certificate.not_after) : "",
    days: certificate ? daysLeft(certificate) : 0,
  };
  return checks
    .filter((check) => !(check.key === "host_name" && check.ok))
    .map((check) => ({ ok: check.ok, text: checkWords(check, values) }));
}

function checkWords({ key, ok, problem, message }, values) {
  const word = `check.${problem ?? `${key}.${ok ? "ok" : "no"}`}`;
  return has(word) ? t(word, values) : said(message);
}

function daysLeft({ not_after: end }) {
  return Math.floor((Date.parse(end) - Date.now()) / 86400000);
}

/** What the app met when it went to the address itself. */
function ofHandshake() {
  const { verdict, host, tls } = address;
  if (!tls || !host || !model.admin) {
    return [];
  }
  if (verdict === null) {
    return address.trouble ? [] : [{ ok: null, text: t("probe.waiting", { host }) }];
  }
  const { tls: probe, lookup } = verdict;
  const values = { host, version: probe?.detail ?? "", detail: probe?.detail ?? "" };
  const found = probe ? [{ ok: probe.ok, text: t(`probe.${probe.cause}`, values) }] : [];
  const addresses = lookup.addresses.join(", ");
  return [...found, { ok: lookup.ok, text: t(`lookup.${lookup.cause}`, { host, addresses }) }];
}
