/** The file for a bug report, and facts on each wallbox. */

import { file } from "../../api.js";
import { el, keyed, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { approvedStations, model, shown } from "../../store.js";
import { details } from "../details.js";
import { button, saveBlob, section } from "./parts.js";

/** Returns the view. */
export default function diagnostics() {
  const outcome = el("p.hint", { role: "status" });
  const save = button("primary", t("diagnostics.save"), async () => {
    save.disabled = true;
    setText(outcome, t("action.working"));
    try {
      saveBlob(await file("api/diagnostics"), "bmw-wallbox-diagnostics.zip");
      setText(outcome, t("diagnostics.saved"));
    } catch (error) {
      setText(outcome, error.message);
    } finally {
      save.disabled = false;
    }
  });
  const admins = el("p.hint", {}, t("expert.admins"));
  const parts = ["content", "privacy"].map((name) => el("p", {}, t(`diagnostics.${name}`)));
  const bundle = section(t("diagnostics.title"), ...parts, admins, el("div.buttons", {}, save), outcome);
  const facts = el("div.views");
  const updateFacts = keyed(facts, ({ key }) => key, stationFacts);
  const update = () => {
    admins.hidden = model.admin;
    save.hidden = !model.admin;
    updateFacts(approvedStations());
  };
  return { element: el("div.views", {}, bundle, facts), update };
}

function stationFacts({ key }) {
  const { element, update } = details();
  return { element, update: () => update(shown(key)) };
}
