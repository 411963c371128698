/** The charging sessions of one wallbox, newest first, behind a fold. */

import { file, get, stationPath } from "../api.js";
import { el, setText } from "../dom.js";
import { duration, energy, has, moment, money, plain, quantity, t } from "../i18n.js";
import { model } from "../store.js";
import { fold } from "./fold.js";

const PAGE = 20;
const SECOND_MS = 1000;

/** Returns the fold of the wallbox with this key. */
export function sessions({ key }) {
  const path = stationPath(key, "sessions");
  const list = el("ul.list.sessions");
  const sums = el("p.sums");
  const empty = el("p.hint", { hidden: true }, t("sessions.empty"));
  const more = el("button.quiet", { type: "button" }, t("sessions.more"));
  const csv = el("a.button", { href: csvPath(path), download: "sessions.csv" }, t("sessions.csv"));
  const buttons = el("div.buttons", { hidden: true }, more, csv);
  let told = 0;

  const read = async (offset) => {
    const page = await get(`${path}?limit=${PAGE}&offset=${offset}`);
    const rows = page.sessions.map(row);
    if (offset === 0) {
      list.replaceChildren(...rows);
    } else {
      list.append(...rows);
    }
    told = offset + rows.length;
    setText(sums, page.count > 0 ? sumWords(page) : "");
    empty.hidden = page.count > 0;
    buttons.hidden = page.count === 0;
    more.hidden = told >= page.count;
  };
  const { element, attempt } = fold(t("sessions"), () => read(0), empty, sums, list, buttons);
  more.addEventListener("click", async () => {
    more.disabled = true;
    const first = told;
    await attempt(() => read(told));
    more.disabled = false;
    list.children[first]?.focus();
  });
  csv.addEventListener("click", (event) => {
    event.preventDefault();
    attempt(() => save(csv));
  });
  const update = (station) => {
    const several = Object.keys(model.states).length > 1;
    setText(element.firstChild, several ? `${t("sessions")} – ${station.id}` : t("sessions"));
  };
  return { element, update };
}

/** Fetches the file and hands it to the browser, which asks for it with the cookie of this page only. */
async function save(link) {
  const url = URL.createObjectURL(await file(link.getAttribute("href")));
  el("a", { href: url, download: link.download }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10 * SECOND_MS);
}

function csvPath(path) {
  return `${path}?format=csv${plain(0.5).includes(",") ? "&decimal=comma" : ""}`;
}

function row(session) {
  const facts = [
    durationWords(session),
    session.person ?? session.id_token,
    session.vehicle,
    session.cost ? money(session.cost.micros, session.cost.currency) : null,
    endWords(session),
  ];
  return el(
    "li",
    { tabindex: -1 },
    el("div", {}, el("span", {}, moment(session.started_at))),
    el("strong", {}, quantity(session.energy_wh / 1000, "kWh", 2)),
    el("p.hint", {}, facts.filter(Boolean).join(" · ")),
  );
}

function durationWords({ started_at: from, ended_at: to }) {
  return to ? duration((Date.parse(to) - Date.parse(from)) / SECOND_MS) : null;
}

function endWords(session) {
  if (session.running) {
    return t("sessions.running");
  }
  const reason = `end.${session.end_reason}`;
  if (session.end_reason) {
    return has(reason) ? t(reason) : session.end_reason;
  }
  const closed = `end.${session.closed_by}`;
  return has(closed) ? t(closed) : null;
}

function sumWords({ count, energy_wh: wattHours, cost_micros: costs }) {
  const all = [
    t(count === 1 ? "sessions.one" : "sessions.count", { count }),
    energy(wattHours / 1000),
    ...Object.entries(costs).map(([currency, micros]) => money(micros, currency)),
  ];
  return all.join(" · ");
}
