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
    const page = await get(`${stationPath(key, "sessions")}?limit=1`).catch(() => null);
    if (asked === transaction) {
      row = page?.sessions.find((session) => session.transaction_id === transaction) ?? null;
      changed();
    }
  };

  /** Returns the session of the transaction that runs: its row, with the cost as it is now. */
  return (state) => {
    const transaction = state.transaction_id ?? null;
    if (transaction !== asked) {
      ask(transaction);
    }
    if (transaction === null || row === null) {
      return null;
    }
    const { cost_micros: micros, currency } = state.session ?? {};
    const cost = typeof micros === "number" && currency ? { micros, currency } : row.cost;
    return { vehicle: row.vehicle, person: row.person, startedAt: row.started_at, cost };
  };
}
