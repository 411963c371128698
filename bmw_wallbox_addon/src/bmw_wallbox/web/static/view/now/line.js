/** Power and currents of a wallbox over the last day: what the app kept, and what came since. */

import { get, stationPath } from "../../api.js";
import { serverNowMs } from "../../store.js";

const DAY_S = 86400;
const HOLDS_S = 30;
const PHASES = [1, 2, 3];

/** Returns the line; its columns are seconds, kW, and the three phases' A. */
export function dayLine(key) {
  let columns = empty();

  /** Reads what the app kept; what came meanwhile is in there. */
  const load = async () => {
    const { since: begin, points } = await get(`${stationPath(key, "history")}?hours=24`);
    columns = empty();
    for (const [afterS, powerW, ...currents] of points) {
      push(columns, [Math.floor(Date.parse(begin) / 1000) + afterS, thousandth(powerW), ...currents]);
    }
  };

  /** Takes a state's values as they are now; returns whether they differ from the last ones. */
  const add = (state) => {
    const now = nowS();
    const [latest = 0, ...before] = columns.map((column) => column.at(-1));
    const values = valuesOf(state);
    if (values.every((value, number) => value === before[number])) {
      return false;
    }
    if (latest > 0 && now - latest > HOLDS_S) {
      push(columns, [now - 1, ...before]);
    }
    if (now <= latest) {
      columns.forEach((column) => column.pop());
    }
    push(columns, [Math.max(now, latest), ...values]);
    const first = columns[0].findIndex((at) => at >= now - DAY_S);
    columns.forEach((column) => column.splice(0, first));
    return true;
  };

  return { load, add, since: (hours) => lastHours(columns, hours) };
}

/** Returns the line of the last hours, up to this moment. */
function lastHours(columns, hours) {
  const to = nowS();
  const from = to - hours * 3600;
  const first = columns[0].findIndex((at) => at >= from);
  const cut = columns.map((column) => (first < 0 ? [] : column.slice(Math.max(0, first - 1))));
  push(cut, [to, ...columns.slice(1).map((column) => column.at(-1) ?? null)]);
  return { columns: cut, from, to };
}

/** Returns kWh and the highest kW of a line. */
export function sumsOf([times, powers]) {
  let energy = 0;
  let most = 0;
  for (let place = 1; place < times.length; place += 1) {
    const mean = ((powers[place] ?? 0) + (powers[place - 1] ?? 0)) / 2;
    energy += (mean * (times[place] - times[place - 1])) / 3600;
    most = Math.max(most, powers[place] ?? 0);
  }
  return { energy, most };
}

function empty() {
  return [[], [], [], [], []];
}

function push(columns, row) {
  row.forEach((value, number) => columns[number].push(value));
}

function nowS() {
  return Math.floor(serverNowMs() / 1000);
}

function valuesOf(state) {
  return [thousandth(state.power), ...PHASES.map((phase) => state[`current_l${phase}`] ?? null)];
}

function thousandth(value) {
  return typeof value === "number" ? value / 1000 : null;
}
