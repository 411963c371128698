/** The page of past charges: the list, and one session at `#history/<id>`. */

import { el } from "../dom.js";
import { approvedStations, model } from "../store.js";
import { overview } from "../view/history/overview.js";
import { sessionView } from "../view/history/session.js";

/** Returns the page. */
export default function page() {
  const element = el("div.page.history");
  const [list, single] = [overview(), sessionView()];
  let sub = null;
  let drawn = "";

  const show = (from, moved) => {
    drawn = fingerprint();
    element.replaceChildren((sub ? single : list).element);
    if (sub) {
      single.show(sub, moved);
    } else {
      single.hide();
      list.show(from);
    }
  };
  const shown = (next) => {
    const from = sub;
    sub = next;
    show(from, true);
  };
  // Sessions begin and end with transactions: only then there is something new to show.
  const update = () => {
    if (sub !== null && drawn !== fingerprint()) {
      show(null, false);
    }
  };
  const hidden = () => {
    sub = null;
    single.hide();
  };
  return { element, shown, update, hidden };
}

function fingerprint() {
  const transactions = approvedStations().map(({ key }) => `${key} ${model.states[key].transaction_id}`);
  return JSON.stringify([model.known, model.admin, transactions]);
}
