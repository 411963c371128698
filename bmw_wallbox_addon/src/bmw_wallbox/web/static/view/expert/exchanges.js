/** OCPP messages put together: each request with its answer. */

/**
 * @typedef {{at: string, direction: "in" | "out", type: string, action: string | null, id: string | null, payload: any}} Frame
 * @typedef {{key: string, at: string, direction: string, action: string | null, request: Frame | null,
 *   answer: Frame | null, durationMs: number | null, kind: "answered" | "refused" | "waiting" | "unreadable"}} Exchange
 */

/**
 * Returns the exchanges that frames belong to, the latest first.
 *
 * @param {(Frame & {number: number})[]} frames in the order in which they came
 * @returns {Exchange[]}
 */
export function exchangesOf(frames) {
  const waiting = new Map();
  const found = [];
  for (const frame of frames) {
    const asker = frame.direction === "in" ? "out" : "in";
    const question = `${asker} ${frame.id}`;
    if (frame.type === "CALL" || !waiting.has(question)) {
      const exchange = begun(frame);
      found.push(exchange);
      if (frame.type === "CALL") {
        waiting.set(`${frame.direction} ${frame.id}`, exchange);
      }
    } else {
      finish(waiting.get(question), frame);
      waiting.delete(question);
    }
  }
  return found.reverse();
}

function begun(frame) {
  const { number, at, action, type } = frame;
  const isCall = type === "CALL";
  const asker = frame.direction === "in" ? "out" : "in";
  return {
    key: String(number),
    at,
    // An answer whose question was not kept belongs to the other side's request.
    direction: isCall || type === "unreadable" ? frame.direction : asker,
    action,
    request: isCall ? frame : null,
    answer: isCall ? null : frame,
    durationMs: null,
    kind: isCall ? "waiting" : kindOf(type),
  };
}

function finish(exchange, frame) {
  exchange.answer = frame;
  exchange.durationMs = Date.parse(frame.at) - Date.parse(exchange.at);
  exchange.kind = kindOf(frame.type);
}

function kindOf(type) {
  return { CALLRESULT: "answered", CALLERROR: "refused" }[type] ?? "unreadable";
}

/** Returns whether an exchange is among those looked for; empty fields let everything through. */
export function isWanted(exchange, { direction, kind, action, text }) {
  return (
    (!direction || exchange.direction === direction) &&
    (!kind || exchange.kind === kind) &&
    (!action || exchange.action === action) &&
    (!text || wordsOf(exchange).includes(text.toLowerCase()))
  );
}

function wordsOf({ action, request, answer }) {
  return JSON.stringify([action, request?.payload, answer?.payload, request?.id ?? answer?.id]).toLowerCase();
}
