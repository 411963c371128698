/** The vehicles: their names, and the cards that stand for them. */

import { get, post } from "../../api.js";
import { el, keyed, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { model } from "../../store.js";
import { ask } from "../dialog.js";
import { labelled, openDialog } from "./dialog.js";

/** Returns the view. */
export function vehiclesView() {
  const list = el("ul.rows");
  const none = el("p.hint", {}, t("vehicles.empty"));
  const trouble = el("p.hint.refusal", { role: "alert" });
  const add = el("button.primary", { type: "button" }, t("vehicles.add"));
  const element = el("div.view", {}, el("section.card.group", {}, el("p.hint", {}, t("vehicles.text")), none, list, el("div.buttons", {}, add), trouble));
  const fleet = fleetOf();

  const act = async (task) => {
    setText(trouble, "");
    try {
      await task();
    } catch (error) {
      setText(trouble, error.message);
    }
    await load();
  };
  const tools = {
    rename: (name) => act(() => askName(t("vehicles.rename"), name, (after) => fleet.replace(name, after))),
    remove: async (name) => {
      if (await sure(name)) {
        await act(() => fleet.replace(name, null));
      }
    },
  };
  const rows = keyed(list, ({ name }) => name, (vehicle) => row(vehicle, tools));
  const load = async () => {
    const vehicles = await fleet.read();
    rows(vehicles);
    none.hidden = vehicles.length > 0;
  };
  add.addEventListener("click", () => act(() => askName(t("vehicles.add"), "", fleet.add)));
  return { element, load, update: () => permit([add, ...list.querySelectorAll(".buttons")]) };
}

/** The vehicles as the app keeps them: the names in its settings, and those that cards are for. */
function fleetOf() {
  let names = [];
  let tokens = [];
  const read = async () => {
    const [settings, table] = await Promise.all([get("api/settings"), get("api/tokens")]);
    tokens = table;
    names = [...new Set([...(settings.vehicles ?? []), ...table.map(({ vehicle }) => vehicle).filter(Boolean)])];
    return names.map((name) => ({ name, cards: table.filter(({ vehicle }) => vehicle === name) }));
  };
  const keep = (kept) => post("api/settings", { vehicles: kept }, "PUT");
  /** Gives a vehicle another name, or none, on its cards too. */
  const replace = async (before, after) => {
    await keep(names.map((name) => (name === before ? after : name)).filter(Boolean));
    for (const token of tokens.filter((one) => one.vehicle === before)) {
      await post(`api/tokens/${encodeURIComponent(token.key)}`, { ...token, vehicle: after }, "PUT");
    }
  };
  return { read, add: (name) => keep([...names, name]), replace };
}

function permit(controls) {
  controls.forEach((control) => (control.hidden = !model.admin));
}

function row({ name }, { rename, remove }) {
  const cards = el("p.hint");
  const button = (key, run) => el("button.text", { type: "button", onclick: () => run(name) }, t(key));
  const buttons = el("div.buttons", { role: "group", "aria-label": name, hidden: !model.admin }, button("vehicles.rename", rename), button("vehicles.remove", remove));
  const element = el("li", {}, el("div", {}, el("strong", {}, name), cards), buttons);
  const update = ({ cards: held }) => {
    const named = held.map((token) => token.name ?? token.id_token).join(", ");
    setText(cards, held.length > 0 ? t("vehicles.cards", { cards: named }) : t("vehicles.no_card"));
  };
  return { element, update };
}

function askName(title, value, act) {
  const field = el("input", { type: "text", value, maxlength: 100, autocomplete: "off" });
  const parts = [labelled(t("vehicles.name"), field)];
  return openDialog({ title, parts, label: t("settings.save"), act: () => act(field.value.trim()) });
}

async function sure(name) {
  const answers = [{ label: t("vehicles.remove"), value: "yes", style: "danger" }];
  return (await ask(t("vehicles.remove.title"), [t("vehicles.remove.text", { name })], answers)) === "yes";
}
