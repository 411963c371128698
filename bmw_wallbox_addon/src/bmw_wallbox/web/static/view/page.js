/** The whole page: what needs attention, one card per wallbox, and who else is there. */

import { el, keyed, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { model } from "../store.js";
import { cards } from "./cards.js";
import { diary } from "./diary.js";
import { pendingCard, problemCard } from "./notices.js";
import { sessions } from "./sessions.js";
import { settings } from "./settings.js";
import { stationCard } from "./station.js";
import { wallboxes } from "./wallboxes.js";
import { welcome } from "./welcome.js";

/** Returns the page's elements and what brings them up to date. */
export function page() {
  const version = el("span.version");
  const link = el("p.link", { role: "status" });
  const header = el("header", {}, el("h1", {}, t("title")), version, link);
  const attention = el("section.attention", { "aria-label": t("attention") });
  const stations = el("div.stations");
  const greeting = welcome();
  const folds = [wallboxes(), diary(), settings()];
  const tokens = cards();
  const charges = el("div.sessions-of");

  const updateProblems = keyed(attention, (item) => item.id, (item) => item.create(item));
  const updateStations = keyed(stations, (station) => station.key, (station) => stationCard(station.key));
  const updateCharges = keyed(charges, (station) => station.key, sessions);

  const update = () => {
    document.title = t("title");
    updateLink(link);
    setText(version, model.info.versions?.app ?? "");
    document.body.classList.toggle("stale", model.connection !== "open");
    updateProblems(needingAttention());
    const approved = model.stations.filter((station) => station.key in model.states);
    updateStations(approved);
    updateCharges(approved);
    stations.classList.toggle("several", approved.length > 1);
    greeting.update(model.known && approved.length === 0);
    folds.forEach((fold) => fold.update());
    tokens.update();
  };
  const elements = [header, attention, greeting.element, stations, ...folds.map((fold) => fold.element), charges, tokens.element];
  return { elements, update };
}

function needingAttention() {
  const problems = model.info.problems ?? [];
  const pending = model.stations.filter((station) => station.admission === "pending");
  return [
    ...pending.map((station) => ({ id: `pending ${station.id}`, create: pendingCard, station })),
    ...problems.map((problem) => ({ id: `problem ${problem.key} ${problem.station ?? ""}`, create: problemCard, problem })),
  ];
}

function updateLink(link) {
  const words = { connecting: t("link.connecting"), open: "", lost: t("link.lost") }[model.connection];
  if (link.textContent !== words) {
    link.replaceChildren(...(words ? [icon("link"), words] : []));
  }
}
