/** The dialog in which a session is cut in two at a time. */

import { post } from "../../api.js";
import { el, setAttribute, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { field, openForm } from "./form.js";
import { energyOf, when } from "./words.js";

const MINUTE_MS = 60_000;

/** Asks where to cut, and cuts; resolves to both parts, or to null. */
export function splitSession({ path, session, curve }) {
  const [from, to] = [Date.parse(session.started_at), Date.parse(session.ended_at)];
  const minutes = Math.max(1, Math.ceil((to - from) / MINUTE_MS) - 1);
  const input = el("input", { type: "range", min: 1, max: minutes, value: Math.ceil(minutes / 2) });
  const output = el("output", {});
  const parts = el("ul.parts", {});
  const cutMs = () => Math.min(from + Number(input.value) * MINUTE_MS, to - 1000);
  const update = () => {
    const at = new Date(cutMs()).toISOString();
    const share = shareBefore(session, curve.points, cutMs());
    setText(output, when(at));
    setAttribute(input, "aria-valuetext", when(at));
    const energies = [share, 1 - share].map((part) => energyOf(session.energy_wh * part));
    parts.replaceChildren(...energies.map((energy, place) => el("li", {}, t(`history.split.part${place + 1}`, { energy }))));
  };
  input.addEventListener("input", update);
  update();
  return openForm({
    title: t("history.split.title"),
    parts: [el("p.hint", {}, t("history.split.text")), field(t("history.split.at"), input), output, parts],
    label: t("history.do.split"),
    act: () => post(`${path}/${session.id}/split`, { at: new Date(cutMs()).toISOString() }),
  });
}

/** Returns about which share of the energy flowed before an instant: by the curve, or evenly without one. */
function shareBefore(session, points, atMs) {
  const [from, to] = [Date.parse(session.started_at), Date.parse(session.ended_at)];
  let [before, all] = [0, 0];
  points.slice(1).forEach(([at, watts], place) => {
    const [since, until] = [Date.parse(points[place][0]), Date.parse(at)];
    const energy = (((points[place][1] ?? 0) + (watts ?? 0)) / 2) * (until - since);
    all += energy;
    before += energy * Math.min(1, Math.max(0, (atMs - since) / (until - since || 1)));
  });
  return all > 0 ? before / all : (atMs - from) / (to - from);
}
