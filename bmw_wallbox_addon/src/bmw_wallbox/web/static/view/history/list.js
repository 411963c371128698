/** A page of the session list, each a link to its own page. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { PAGE } from "./wanted.js";
import { costOf, endOf, energyOf, isMeasured, lengthOf, shortSpanOf, whoOf } from "./words.js";

/**
 * @param {(offset: number) => void} turn shows another page
 */
export function sessionList(turn) {
  const rows = el("ul.charges");
  const empty = el("p.empty");
  const newer = el("button.quiet", { type: "button" }, t("history.newer"));
  const older = el("button.quiet", { type: "button" }, t("history.older"));
  const place = el("p.hint", { role: "status" });
  const pager = el("div.pager", {}, newer, place, older);
  let offset = 0;
  newer.addEventListener("click", () => turn(Math.max(0, offset - PAGE)));
  older.addEventListener("click", () => turn(offset + PAGE));

  const update = (page, isFiltered) => {
    offset = page.offset;
    rows.replaceChildren(...page.sessions.map(row));
    setText(empty, page.count > 0 ? "" : t(isFiltered ? "history.none_found" : "sessions.empty"));
    empty.hidden = page.count > 0;
    const last = offset + page.sessions.length;
    setText(place, t("history.place", { first: Math.min(offset + 1, last), last, count: page.count }));
    newer.disabled = offset === 0;
    older.disabled = last >= page.count;
    pager.hidden = page.count <= PAGE && offset === 0;
  };
  return { element: el("div", {}, rows, empty, pager), update };
}

function row(session) {
  const marks = [
    session.running ? mark("running", "good") : null,
    session.doubts.length > 0 ? mark("doubtful", "warn") : null,
    isMeasured(session) ? null : mark(session.source),
  ];
  const facts = [lengthOf(session), session.vehicle, session.running ? null : endOf(session)].filter(Boolean);
  return el(
    "li",
    {},
    el(
      "a.charge",
      { href: `#history/${session.id}` },
      el("span.when", {}, shortSpanOf(session)),
      el("span.who", {}, whoOf(session), ...marks),
      el("span.facts", {}, facts.join(" · ")),
      el("strong.energy", {}, energyOf(session.energy_wh)),
      el("span.cost", {}, costOf(session)),
    ),
  );
}

function mark(name, look = "plain") {
  return el("span.mark", { "data-look": look }, t(`history.mark.${name}`));
}
