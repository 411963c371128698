/** What the panel knows: the server's snapshot with its changes, and what the user just asked for. */

const MEASURED = [
  "power",
  ...["current", "voltage"].flatMap((name) => [name, ...[1, 2, 3].map((phase) => `${name}_l${phase}`)]),
  "frequency",
  "temperature",
  "soc",
];

const listeners = new Set();
let due = false;

export const model = {
  /** @type {"connecting" | "open" | "lost"} */
  connection: "connecting",
  /** False until the first snapshot came. */
  known: false,
  admin: false,
  /** The server's clock minus ours, ms. */
  clockOffsetMs: 0,
  info: {},
  /** @type {Record<string, any>[]} */
  stations: [],
  /** State documents by station key. */
  states: {},
  /** What was asked for and is not decided yet, by station key: shown instead of the state's values. */
  wishes: {},
  /** The last request that failed before it became a command, by station key. */
  failures: {},
};

/** Calls `listener` once after every batch of changes; returns what ends that. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells the listeners, once per turn of the event loop. */
export function changed() {
  if (!due) {
    due = true;
    queueMicrotask(() => {
      due = false;
      listeners.forEach((listener) => listener());
    });
  }
}

/** Returns the stations that were let in. */
export function approvedStations() {
  return model.stations.filter((station) => station.key in model.states);
}

/** Returns a station's state as it is to be shown: what was measured is not true any more once it is away. */
export function shown(key) {
  const state = { ...model.states[key], ...model.wishes[key] };
  if (!state.connected) {
    for (const name of MEASURED) {
      state[name] = null;
    }
  }
  return state;
}

/** Returns the server's time, ms. */
export function serverNowMs() {
  return Date.now() + model.clockOffsetMs;
}

/** Takes one message of the WebSocket in. */
export function receive(message) {
  receivers[message.type]?.(message);
  changed();
}

const receivers = {
  snapshot(message) {
    model.known = true;
    model.admin = message.admin;
    model.clockOffsetMs = Date.parse(message.at) - Date.now();
    model.info = message.info;
    receivers.stations(message);
  },
  stations(message) {
    model.stations = message.stations;
    model.states = message.states;
  },
  info(message) {
    model.info = message.info;
  },
  user(message) {
    model.admin = message.admin;
  },
  change(message) {
    model.states[message.station] = { ...model.states[message.station], ...message.state };
  },
};
