/** The list of sessions with its filters, sums and bars. */

import { get } from "../../api.js";
import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { approvedStations, model } from "../../store.js";
import { actions } from "./actions.js";
import { barChart } from "./bars.js";
import { filters } from "./filters.js";
import { sessionList } from "./list.js";
import { sums } from "./sums.js";
import { PAGE, firstWanted, narrowed, pathOf } from "./wanted.js";
import { useZone } from "./words.js";

/** Returns the view; `show(from)` loads it anew, and goes to the session that the user comes from. */
export function overview() {
  let wanted = null;
  let asked = 0;
  const choose = (next) => {
    wanted = next;
    show();
  };
  const parts = partsOf(() => wanted, choose);
  const states = {
    trouble: el("p.refusal", { role: "alert" }),
    retry: el("button.quiet", { type: "button", hidden: true, onclick: () => show() }, t("page.retry")),
    loading: el("p.hint", { role: "status" }, t("page.loading")),
    body: el("div.page", { hidden: true }, parts.sums.element, parts.chart.element, listCard(parts)),
  };
  const element = el("div.page", {}, parts.filters.element, ...Object.values(states));

  const show = async (from = null) => {
    const ask = ++asked;
    const station = stationOf(wanted);
    parts.filters.element.hidden = !station;
    if (!station) {
      setText(states.loading, t(model.known ? "history.no_wallbox" : "page.loading"));
      return;
    }
    element.setAttribute("aria-busy", "true");
    const end = (failure) => ask === asked && finish(element, states, failure);
    try {
      wanted = await withZone(wanted, station);
      const answers = await Promise.all(pathsOf(wanted).map(get));
      if (end(null)) {
        fill(parts, wanted, ...answers);
        element.querySelector(`a[href="#history/${CSS.escape(from ?? "")}"]`)?.focus();
      }
    } catch (error) {
      end(error);
    }
  };
  return { element, show };
}

function partsOf(wanted, choose) {
  return {
    filters: filters(wanted, choose),
    sums: sums(),
    chart: barChart({
      span: (span) => choose({ ...wanted(), span }),
      bar: (bar) => choose(narrowed(wanted(), bar)),
      back: () => choose({ ...wanted().back, back: null }),
    }),
    list: sessionList((offset) => choose({ ...wanted(), offset })),
    actions: actions(wanted, () => choose(wanted())),
  };
}

/** Shows what was loaded, or why that failed. */
function finish(element, { trouble, retry, loading, body }, failure) {
  element.removeAttribute("aria-busy");
  setText(trouble, failure?.message ?? "");
  loading.hidden = true;
  retry.hidden = failure === null;
  body.hidden &&= failure !== null;
  return true;
}

function pathsOf(wanted) {
  const page = pathOf(wanted, "sessions", { limit: PAGE, offset: wanted.offset });
  return [page, pathOf(wanted, "sessions/sums", { by: wanted.span })];
}

function listCard({ list, actions: buttons }) {
  return el("section.card.list-card", {}, el("h2", {}, t("sessions")), buttons.element, list.element);
}

function fill(parts, wanted, page, summed) {
  parts.sums.update(page);
  parts.filters.update(summed);
  parts.chart.update({ sums: summed, wanted });
  parts.list.update(page, wanted.range !== "all" || wanted.q || wanted.person || wanted.vehicle || wanted.deleted);
  parts.actions.update({ ...summed, count: page.count });
}

function stationOf(wanted) {
  const keys = approvedStations().map(({ key }) => key);
  return keys.includes(wanted?.station) ? wanted.station : keys[0];
}

/** The first range depends on the day, and that on the wallbox's time zone, which only the app knows. */
async function withZone(wanted, station) {
  if (wanted) {
    return { ...wanted, station };
  }
  const far = { station, from: "2900-01-01", to: "2900-01-01" };
  useZone((await get(pathOf(far, "sessions/sums", { by: "year" }))).zone);
  return { ...firstWanted(), station };
}
