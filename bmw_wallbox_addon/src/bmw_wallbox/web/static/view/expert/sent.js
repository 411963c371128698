/** What was sent by hand: each call with its answer, to be sent again or changed. */

import { get, stationPath } from "../../api.js";
import { el } from "../../dom.js";
import { moment, t } from "../../i18n.js";
import { said } from "../../said.js";
import { button, milliseconds, none, pretty, section } from "./parts.js";

/** Returns the card; `again` and `edit` are told the call. */
export function sentCalls(key, { again, edit }) {
  const list = el("ul.exchanges");
  const empty = none();
  const element = section(t("console.sent"), el("p.hint", {}, t("console.sent.text")), empty, list);
  const load = async (open = false) => {
    const calls = await get(stationPath(key, "console"));
    list.replaceChildren(...calls.map((call, place) => item(call, open && place === 0)));
    empty.hidden = calls.length > 0;
    if (open) {
      list.querySelector("summary")?.focus({ preventScroll: true });
      list.firstElementChild?.scrollIntoView({ block: "nearest" });
    }
  };
  const item = (call, open) => {
    const kind = call.duration_ms === null ? "waiting" : call.error ? "refused" : "answered";
    const head = el("summary", {}, el("time", { datetime: call.at }, moment(call.at)), el("strong", {}, call.action), el("span.hint", {}, call.who), el("span.chip", {}, t(`messages.${kind}`)), el("span.hint.duration", {}, milliseconds(call.duration_ms)));
    const answer = call.error ? el("p.refusal", {}, said(call.error)) : call.answer ? pretty(call.answer, t("messages.answer")) : none();
    const pair = el("div.pair", {}, half("messages.request", pretty(call.payload, t("messages.request"))), half("messages.answer", answer));
    const tools = el("div.buttons", {}, button("quiet", t("console.again"), () => again(call)), button("quiet", t("console.edit"), () => edit(call)));
    return el("li", { "data-kind": kind }, el("details", { open }, head, pair, tools));
  };
  return { element, load };
}

function half(title, shown) {
  return el("div", {}, el("h3", {}, t(title)), shown);
}
