/** The fields that choose which sessions are shown. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { approvedStations } from "../../store.js";
import { RANGES, ranged } from "./wanted.js";

const TYPING_MS = 300;

/**
 * @param {() => object} wanted the filter in force
 * @param {(wanted: object) => void} choose called with another one
 */
export function filters(wanted, choose) {
  const narrow = (changes) => choose({ ...wanted(), ...changes, offset: 0 });
  const station = select("station", [], (key) => narrow({ station: key, person: "", vehicle: "" }));
  const range = select("range", RANGES.map((name) => [name, t(`history.range.${name}`)]), (name) => choose(ranged(wanted(), name)));
  const person = select("person", [], (name) => narrow({ person: name }));
  const vehicle = select("vehicle", [], (name) => narrow({ vehicle: name }));
  const show = select("show", ["kept", "deleted"].map((name) => [name, t(`history.show.${name}`)]), (name) =>
    narrow({ deleted: name === "deleted" }),
  );
  const dates = dateFields(wanted, choose);
  const search = searchField((q) => narrow({ q }));
  const parts = [range, ...dates.parts, station, person, vehicle, search, show];
  const element = el("form.filters", { role: "search", "aria-label": t("history.filters") }, ...parts.map((part) => part.element));
  element.addEventListener("submit", (event) => event.preventDefault());

  const update = ({ persons, vehicles }) => {
    const now = wanted();
    const stations = approvedStations();
    offer(station, stations.map(({ key, id }) => [key, id]), now.station);
    station.element.hidden = stations.length < 2;
    offer(person, [["", t("history.everybody")], ...persons.map((name) => [name, name])], now.person);
    offer(vehicle, [["", t("history.every_vehicle")], ...vehicles.map((name) => [name, name])], now.vehicle);
    person.element.hidden = persons.length === 0 && !now.person;
    vehicle.element.hidden = vehicles.length === 0 && !now.vehicle;
    range.input.value = now.range;
    show.input.value = now.deleted ? "deleted" : "kept";
    dates.update(now);
  };
  return { element, update };
}

function select(name, options, pick) {
  const input = el("select", { id: `history-${name}` });
  const part = { element: labelled(name, input), input };
  offer(part, options, options[0]?.[0] ?? "");
  input.addEventListener("change", () => pick(input.value));
  return part;
}

/** Puts the options in, with the chosen one among them even if it is in use no more. */
function offer({ input }, options, chosen) {
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
  const texts = JSON.stringify(all);
  if (input.dataset.options !== texts) {
    input.dataset.options = texts;
    input.replaceChildren(...all.map(([value, text]) => el("option", { value }, text)));
  }
  input.value = chosen;
}

function dateFields(wanted, choose) {
  const from = el("input", { type: "date", id: "history-from" });
  const to = el("input", { type: "date", id: "history-to" });
  const trouble = el("p.refusal.hint", { role: "alert" });
  const parts = [labelled("from", from), labelled("to", to), trouble].map((element) => ({ element }));
  const pick = () => {
    const backwards = from.value && to.value && to.value < from.value;
    setText(trouble, backwards ? t("history.backwards") : "");
    if (!backwards) {
      choose(ranged(wanted(), "custom", [from.value, to.value]));
    }
  };
  from.addEventListener("change", pick);
  to.addEventListener("change", pick);
  const update = (now) => {
    parts.forEach(({ element }) => (element.hidden = now.range !== "custom"));
    from.value = now.from;
    to.value = now.to;
  };
  return { parts, update };
}

function searchField(pick) {
  const input = el("input", { type: "search", id: "history-search", maxlength: 100, placeholder: t("history.search.hint") });
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => pick(input.value.trim()), TYPING_MS);
  });
  return { element: labelled("search", input), input };
}

function labelled(name, input) {
  return el("div.field", { "data-field": name }, el("label", { for: input.id }, t(`history.${name}`)), input);
}
