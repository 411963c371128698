/** One session: its facts, its curve, and what was corrected in it. */

import { get, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import { t } from "../../i18n.js";
import { approvedStations, model } from "../../store.js";
import { corrections } from "./corrections.js";
import { curve } from "./curve.js";
import { facts, figures } from "./facts.js";
import { trail } from "./trail.js";
import { known, spanOf, useZone, whoOf } from "./words.js";

/** Returns the view; `show(id, moved)` loads a session, and reads its title out if the user just came here. */
export function sessionView() {
  const [content, others] = [el("div.page"), el("span.others")];
  const trouble = el("p.refusal", { role: "alert" });
  const loading = el("p.hint", { role: "status" }, t("page.loading"));
  const home = el("a.home", { href: "#history" }, icon("back"), t("history.all"));
  const element = el("div.page", {}, el("p.beside", {}, home, others), trouble, loading, content);
  let [shown, chart] = [null, null];

  const show = async (id, moved = false) => {
    shown = id;
    loading.hidden = content.childElementCount > 0;
    const loaded = await load(id).catch((error) => ({ failure: error.message, graph: { destroy() {} } }));
    if (shown !== id) {
      loaded.graph.destroy();
      return;
    }
    loading.hidden = true;
    setText(trouble, loaded.failure ?? "");
    content.hidden = "failure" in loaded;
    if (!content.hidden) {
      draw(loaded, moved);
    }
  };
  const draw = ({ found, audit, graph }, moved) => {
    const takesFocus = moved || content.contains(document.activeElement);
    chart?.destroy();
    chart = graph;
    others.replaceChildren(...neighbours(found));
    content.replaceChildren(...partsOf(found, graph, audit, () => show(found.session.id)));
    if (takesFocus) {
      content.querySelector("h2").focus({ preventScroll: !moved });
    }
  };
  const hide = () => {
    chart?.destroy();
    [shown, chart] = [null, null];
    [content, others].forEach((each) => each.replaceChildren());
  };
  return { element, show, hide };
}

function partsOf(found, graph, audit, again) {
  const { session } = found;
  const title = el("h2", { tabindex: -1 }, spanOf(session));
  const note = session.note ? el("p.note", {}, session.note) : null;
  const head = el("section.card.session-head", {}, title, el("p.hint", {}, whoOf(session)), note, ...banners(session));
  return [head, figures(session), graph.element, facts(session), corrections(found, again), trail(found, audit, again)];
}

function banners({ deleted, doubts, running }) {
  const warnings = [deleted ? t("history.deleted") : null, ...doubts.map((doubt) => known("history.doubt", doubt))];
  return [
    running ? el("p.banner", { "data-look": "good" }, icon("bolt"), t("history.still_running")) : null,
    ...warnings.filter(Boolean).map((text) => el("p.banner", { "data-look": "warn" }, icon("alert"), text)),
  ];
}

function neighbours({ before, after }) {
  return [[before, "earlier"], [after, "later"]]
    .filter(([session]) => session)
    .map(([session, name]) => el("a.button", { href: `#history/${session.id}`, title: spanOf(session) }, t(`history.${name}`)));
}

async function load(id) {
  const found = await detailOf(id);
  const audit = await get(`${found.path}/audit?session=${encodeURIComponent(id)}`);
  return { found, audit, graph: await curve(found) };
}

/** Asks every wallbox for the session: its address does not say which one it is of. */
async function detailOf(id) {
  let failure = new Error(t(model.known ? "history.no_wallbox" : "page.loading"));
  for (const { key } of approvedStations()) {
    try {
      const path = stationPath(key, "sessions");
      const found = await get(`${path}/${encodeURIComponent(id)}`);
      useZone(found.zone);
      return { ...found, path };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
