/** OCPP messages as they travel: with filters, each request beside its answer. */

import { get, stationPath } from "../../api.js";
import { followMessages } from "../../connection.js";
import { el, keyed, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { exchangesOf, isWanted } from "./exchanges.js";
import { exchangeItem } from "./exchange_item.js";
import { button, choice, field, saveText, section } from "./parts.js";

const MOST_FRAMES = 500;
const KINDS = ["answered", "refused", "waiting", "unreadable"];

/** Returns the view of one wallbox. */
export default function messages(key) {
  const state = { frames: [], frozen: null, count: 0, missed: 0, drawn: [] };
  const list = el("ul.exchanges");
  const status = el("p.hint", { role: "status" });
  const filters = filterBar(() => draw());
  const updateList = keyed(list, (exchange) => exchange.key, exchangeItem);
  let due = false;

  const draw = () => {
    due = false;
    const all = exchangesOf(state.frozen ?? state.frames);
    state.drawn = all.filter((exchange) => isWanted(exchange, filters.values()));
    filters.offer(all);
    updateList(state.drawn);
    setText(status, summary(state, all.length));
  };
  const take = (frames) => {
    keep(state, frames);
    if (!due && !state.frozen) {
      due = true;
      requestAnimationFrame(draw);
    }
  };
  const load = async () => {
    try {
      const frames = await get(stationPath(key, "messages"));
      Object.assign(state, { frames: [], missed: 0 });
      take(frames);
    } catch (error) {
      setText(status, error.message);
    }
  };
  const frame = (told, missed) => {
    state.missed += missed;
    take([told]);
  };
  const element = section(t("messages.title"), filters.element, toolBar(state, draw), status, list);
  return { element, shown: () => followMessages(key, { opened: load, frame }), hidden: () => followMessages(null) };
}

/** Numbers frames in the order in which they came; the oldest go first. */
function keep(state, frames) {
  for (const frame of frames) {
    state.count += 1;
    state.frames.push({ ...frame, number: state.count });
  }
  state.frames.splice(0, state.frames.length - MOST_FRAMES);
}

function summary({ drawn, frozen, missed }, all) {
  const words = [t(all === 0 ? "messages.none" : "messages.count", { shown: drawn.length, all })];
  if (missed > 0) {
    words.push(t("messages.missed", { count: missed }));
  }
  if (frozen) {
    words.push(t("messages.paused"));
  }
  return words.join(" ");
}

function filterBar(changed) {
  const direction = choice(t("messages.both"), ["in", "out"], (value) => t(`messages.${value}`));
  const kind = choice(t("messages.every"), KINDS, (value) => t(`messages.${value}`));
  const action = choice(t("messages.every_action"), []);
  const text = el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  [direction, kind, action, text].forEach((input) => input.addEventListener("input", changed));
  const element = el("div.filters", {}, field(t("messages.direction"), direction), field(t("messages.kind"), kind), field(t("messages.action"), action), field(t("messages.search"), text));
  const values = () => ({ direction: direction.value, kind: kind.value, action: action.value, text: text.value.trim() });
  const offer = (exchanges) => {
    const known = new Set([...action.options].map((option) => option.value));
    const found = new Set(exchanges.map((exchange) => exchange.action ?? ""));
    [...found].filter((name) => !known.has(name)).sort().forEach((name) => action.append(el("option", { value: name }, name)));
  };
  return { element, values, offer };
}

function toolBar(state, draw) {
  const pause = button("quiet", t("messages.pause"), () => {
    state.frozen = state.frozen ? null : [...state.frames];
    setText(pause, t(state.frozen ? "messages.resume" : "messages.pause"));
    draw();
  });
  const clear = button("quiet", t("messages.clear"), () => {
    Object.assign(state, { frames: [], frozen: state.frozen && [], missed: 0 });
    draw();
  });
  const save = button("quiet", t("messages.save"), () => saveText(jsonLines(state.drawn), "ocpp-messages.jsonl", "application/jsonl"));
  return el("div.buttons", {}, pause, clear, save);
}

/** The frames of what is shown, oldest first, one per line. */
function jsonLines(exchanges) {
  const frames = exchanges.flatMap(({ request, answer }) => [request, answer].filter(Boolean));
  frames.sort((a, b) => a.number - b.number);
  return frames.map(({ number, ...frame }) => `${JSON.stringify(frame)}\n`).join("");
}
