/** The WebSocket to the app: opens again by itself, and never trusts a silent line. */

import { mayDoAll } from "./api.js";
import { changed, model, receive } from "./store.js";

const PAUSES_MS = [500, 1000, 2000, 5000, 10000];
// The server says something at least every 25 s.
const SILENCE_MS = 60000;

let attempt = 0;
let retry = 0;
let watchdog = 0;
let current = null;
/** Who wants to see a wallbox's OCPP messages. */
let follower = null;

/** Connects, and goes on doing so for as long as the page lives. */
export function connect() {
  clearTimeout(retry);
  const url = new URL("ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  url.search = "";
  const socket = new WebSocket(url);
  current = socket;
  const expectMore = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => lose(socket), SILENCE_MS);
  };
  socket.addEventListener("open", () => {
    expectMore();
    if (follower) {
      follow();
    }
  });
  socket.addEventListener("message", (event) => {
    expectMore();
    attempt = 0;
    model.connection = "open";
    const message = JSON.parse(event.data);
    if (message.type === "frame") {
      follower?.frame(message.frame, message.missed);
      return;
    }
    receive(message);
    if (message.type === "info" && !model.admin) {
      mayDoAll().then((admin) => receive({ type: "user", admin }));
    }
  });
  socket.addEventListener("close", () => lose(socket));
}

/**
 * Has a wallbox's OCPP messages sent to this page; `station` null ends it.
 *
 * @param {string | null} station a key
 * @param {{opened: () => void, frame: (frame: any, missed: number) => void}} [listener] `opened` is called whenever
 *   messages begin to come, at first and after each loss of the link
 */
export function followMessages(station, listener) {
  follower = station && listener ? { station, ...listener } : null;
  if (current?.readyState === WebSocket.OPEN) {
    follow();
  }
}

function follow() {
  current.send(JSON.stringify({ type: "follow", station: follower?.station ?? null }));
  follower?.opened();
}

function lose(socket) {
  if (socket.lost) {
    return;
  }
  socket.lost = true;
  socket.close();
  clearTimeout(watchdog);
  model.connection = model.known ? "lost" : "connecting";
  changed();
  retry = setTimeout(connect, PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]);
  attempt += 1;
}

window.addEventListener("online", () => {
  if (model.connection !== "open") {
    attempt = 0;
    connect();
  }
});
