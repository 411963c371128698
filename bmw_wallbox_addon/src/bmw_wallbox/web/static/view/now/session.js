/** The running session of a wallbox: who charges which car, since when, and what it costs. */

import { get, stationPath } from "../../api.js";
import { changed } from "../../store.js";

/** Returns what reads the session's row whenever another transaction runs. */
export function runningSession(key) {
  let asked = null;
  let row = null;

  const ask = async (transaction) => {
    asked = transaction;
    row = null;
    if (transaction === null) {
      return;
    }
    const page = await get(`${stationPath(key, "sessions")}?limit=1`).catch(() => null);
    if (asked === transaction) {
      row = page?.sessions.find((session) => session.transaction_id === transaction) ?? null;
      changed();
    }
  };

  /** Returns the session of the transaction that runs, with its cost as it is now; null while there is none. */
  return (state) => {
    const transaction = state.transaction_id ?? null;
    if (transaction !== asked) {
      ask(transaction);
    }
    if (transaction === null) {
      return null;
    }
    const { session_start: startedAt, session_cost: amount, currency } = state;
    const cost = typeof amount === "number" && currency ? { micros: amount * 1e6, currency } : row?.cost;
    return { vehicle: row?.vehicle, person: row?.person, startedAt: startedAt ?? row?.started_at, cost };
  };
}
