/** The page of what the owner may set: a list of subjects, and one view for each. */

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { model } from "../store.js";
import { cardsView } from "../view/settings/cards.js";
import { settingsForm } from "../view/settings/form.js";
import { homeView } from "../view/settings/home.js";
import { guardDrafts } from "../view/settings/save_bar.js";
import { FORMS } from "../view/settings/tables.js";
import { tariffsView } from "../view/settings/tariffs.js";
import { vehiclesView } from "../view/settings/vehicles.js";
import { wallboxesView } from "../view/settings/wallboxes.js";

const form = (name) => () => settingsForm(FORMS[name]);
const SUBJECTS = [
  { name: "control", icon: "gauge", view: form("control") },
  { name: "wallbox", icon: "plug", view: wallboxesView },
  { name: "tariffs", icon: "sum", view: tariffsView },
  { name: "solar", icon: "bolt", view: form("solar") },
  { name: "cards", icon: "card", view: cardsView },
  { name: "vehicles", icon: "car", view: vehiclesView },
  { name: "notifications", icon: "alert", view: form("notifications") },
  { name: "reports", icon: "calendar", view: form("reports") },
  { name: "data", icon: "hourglass", view: form("data") },
  { name: "security", icon: "block", view: form("security") },
  { name: "home", icon: "link", view: homeView },
];

/** Returns the page. */
export default function page() {
  const views = new Map();
  const entries = SUBJECTS.map(entry);
  const index = el("nav.card.index", { "aria-label": t("settings") }, ...entries.map((one) => one.element));
  const pane = frame();
  const element = el("div.page", {}, index, pane.element);
  let current = null;

  const open = ({ name, view }) => {
    if (!views.has(name)) {
      views.set(name, view());
    }
    current = views.get(name);
    return pane.show(name, current);
  };
  const shown = (sub) => {
    const subject = SUBJECTS.find(({ name }) => name === sub);
    index.hidden = Boolean(subject);
    pane.element.hidden = !subject;
    current = null;
    if (subject) {
      open(subject).then(update);
    }
  };
  const update = () => {
    pane.update();
    current?.update();
    entries.forEach((one) => one.update(views.get(one.name)?.dirty?.() ?? false));
  };
  guardDrafts(() => [...views.values()].some((view) => view.dirty?.()));
  return { element, update, shown };
}

/** What is around every view: the way back, its title, and why it cannot be changed or read. */
function frame() {
  const title = el("h2", { tabindex: -1 });
  const back = el("a.back", { href: "#settings" }, icon("back"), el("span", {}, t("settings.back")));
  const outlet = el("div");
  const trouble = el("p.hint.refusal", { role: "alert" });
  const readOnly = el("p.hint", {}, t("settings.read_only"));
  const show = async (name, view) => {
    outlet.replaceChildren(view.element);
    setText(title, t(`subject.${name}`));
    setText(trouble, "");
    title.focus({ preventScroll: true });
    try {
      await view.load?.();
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  const update = () => {
    readOnly.hidden = model.admin;
  };
  return { element: el("div.pane", {}, back, title, readOnly, trouble, outlet), show, update };
}

function entry({ name, icon: picture }) {
  const draft = el("span.hint.draft-mark", {}, t("settings.unsaved"));
  const words = el("span", {}, el("span.subject", {}, t(`subject.${name}`)), el("span.hint", {}, t(`subject.${name}.text`)), draft);
  const element = el("a.entry", { href: `#settings/${name}` }, icon(picture), words);
  const update = (dirty) => {
    draft.hidden = !dirty;
  };
  return { name, element, update };
}
