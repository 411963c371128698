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

  const show = () => {
    drawn = fingerprint();
    const view = sub ? single : list;
    element.replaceChildren(view.element);
    view.show(sub);
  };
  const shown = (next) => {
    sub = next;
    show();
  };
  // Sessions begin and end with transactions: only then there is something new to show.
  const update = () => {
    if (sub !== null && drawn !== fingerprint()) {
      show();
    }
  };
  return { element, shown, update, hidden: () => (sub = null) };
}

function fingerprint() {
  const transactions = approvedStations().map(({ key }) => `${key} ${model.states[key].transaction_id}`);
  return JSON.stringify([model.known, model.admin, transactions]);
}
