/** One request with its answer: a line that opens. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { clockTime, milliseconds, pretty } from "./parts.js";

/** Returns the list item; what it holds is written when it is opened. */
export function exchangeItem(exchange) {
  const status = el("span.chip");
  const duration = el("span.hint.duration");
  const name = exchange.action ?? t("messages.unreadable");
  const way = el(`span.way.${exchange.direction}`, {}, t(`messages.${exchange.direction}`));
  const body = el("div.pair");
  const head = el("summary", {}, el("time", { datetime: exchange.at }, clockTime(exchange.at)), way, el("strong", {}, name), status, duration);
  const fold = el("details", {}, head, body);
  const element = el("li", {}, fold);
  let now = exchange;
  let drawn = null;

  const fill = () => {
    const state = `${now.request?.number} ${now.answer?.number}`;
    if (fold.open && drawn !== state) {
      drawn = state;
      body.replaceChildren(part("messages.request", now.request), part("messages.answer", now.answer));
    }
  };
  const update = (next) => {
    now = next;
    element.dataset.kind = next.kind;
    setText(status, t(`messages.${next.kind}`));
    setText(duration, milliseconds(next.durationMs));
    fill();
  };
  fold.addEventListener("toggle", fill);
  return { element, update };
}

function part(title, frame) {
  const words = t(title);
  const shown = frame ? pretty(frame.payload, words) : el("p.hint", {}, t("messages.not_kept"));
  return el("div", {}, el("h3", {}, words), frame ? el("p.hint", {}, `${clockTime(frame.at)} · ${frame.type} · ${frame.id ?? "–"}`) : null, shown);
}
