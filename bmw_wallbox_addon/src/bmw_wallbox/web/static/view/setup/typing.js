/** The step of the WBInstallation app: what to type there, and where. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { model } from "../../store.js";
import { address, tryHost, typed } from "./address_store.js";
import { copyButton } from "./copy.js";
import { step } from "./step.js";

const STEPS = ["open", "expert", "backend", "address", "id", "save"];

/** Returns the step. */
export function typingStep(number) {
  const shown = el("input", { id: "guide-address", type: "text", readonly: true, class: "address" });
  const host = hostField();
  const hosts = el("datalist", { id: "guide-hosts" });
  const trouble = el("p.hint.refusal", { id: "guide-host-trouble", role: "status" });
  const port = el("p.hint");
  const body = [
    el("label", { for: "guide-address" }, t("guide.address")),
    el("div.line", {}, shown, copyButton(shown)),
    port,
    el("label", { for: "guide-host" }, t("guide.host")),
    host,
    hosts,
    el("p.hint", { id: "guide-host-help" }, t("guide.host.help")),
    trouble,
    el("ol", {}, ...STEPS.map((each) => el("li", {}, t(`guide.typing.${each}`)))),
    el("p.consequence", {}, t("guide.typing.consequence")),
  ];
  const { element, update } = step({ number, key: "typing", body });
  const offer = offers(hosts);
  return {
    element,
    update: () => {
      shown.value = typed();
      host.disabled = !model.admin;
      if (document.activeElement !== host) {
        host.value = address.host;
      }
      offer(address.hosts.map(({ name }) => name));
      setText(trouble, address.trouble);
      setText(port, portWords());
      const standing = stateOf();
      update(standing);
      return standing.state;
    },
  };
}

/** Returns what fills a list of names anew where they are others. */
function offers(list) {
  let told = "";
  return (names) => {
    if (told !== names.join()) {
      told = names.join();
      list.replaceChildren(...names.map((name) => el("option", { value: name })));
    }
  };
}

function hostField() {
  const field = el("input", {
    id: "guide-host",
    type: "text",
    list: "guide-hosts",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "guide-host-help guide-host-trouble",
  });
  field.addEventListener("change", () => tryHost(field.value.trim().toLowerCase()));
  return field;
}

function portWords() {
  if (!address.known || address.port === null) {
    return "";
  }
  return t(address.portKnown ? "guide.port.known" : "guide.port.own", { port: address.port });
}

function stateOf() {
  if (address.known && address.port === null) {
    return { state: "wrong", text: t("guide.port.off") };
  }
  if (address.known && !address.host) {
    return { state: "wrong", text: t("guide.host.missing") };
  }
  const arrived = model.stations.some((station) => !station.simulated && station.last_seen);
  return arrived ? { state: "done", text: "" } : { state: "waiting", text: t("guide.typing.waits") };
}
