/** The prices of energy: dated lists, hours and days, an entity of Home Assistant, holidays. */

import { get, post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { loadWords, t } from "../../i18n.js";
import { approvedStations, changed, model } from "../../store.js";
import { labelled } from "./dialog.js";
import { priceList } from "./price_list.js";
import { saveBar } from "./save_bar.js";

const PATH = "api/tariffs";
// What is typed for a house without public holidays; the app keeps that as an empty country.
const NOWHERE = "-";

/** Returns the view. */
export function tariffsView() {
  const home = homeFields();
  const lists = listKeeper();
  const add = el("button.quiet", { type: "button", onclick: lists.add }, t("tariffs.add"));
  const reprice = el("button.quiet", { type: "button" }, t("tariffs.reprice"));
  const outcome = el("p.hint", { role: "status" });
  reprice.addEventListener("click", () => priceAnew(outcome));
  let known = null;

  const draft = () => ({ ...known, ...home.value(), lists: lists.value() });
  const dirty = () => known !== null && JSON.stringify(normal(draft())) !== JSON.stringify(normal(known));
  const show = (tariffs) => {
    known = tariffs;
    home.show(tariffs);
    lists.show(tariffs.lists);
  };
  const bar = saveBar({ dirty, save: async () => show(await post(PATH, draft(), "PUT")), discard: () => show(known) });
  const tools = el("div.buttons", {}, add, reprice);
  const element = el("div.view", {}, home.currency, lists.element, tools, outcome, home.holidays, bar.element);
  element.addEventListener("input", changed);
  element.addEventListener("change", changed);
  const load = async () => {
    const drafted = dirty();
    const tariffs = await get(PATH);
    if (!drafted) {
      show(tariffs);
    }
  };
  const update = () => {
    const locked = !model.admin;
    element.querySelectorAll("input, textarea, select").forEach((field) => (field.disabled = locked));
    element.querySelectorAll("button").forEach((button) => (button.hidden = locked));
    lists.update();
    reprice.disabled = dirty();
    bar.update();
  };
  return { element, load, update, dirty };
}

/** The fields that hold for all lists: the currency, and the days that count as Sundays. */
function homeFields() {
  const text = (longest, more = {}) => el("input", { type: "text", maxlength: longest, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", ...more });
  const [currency, country, subdivision] = [text(3), text(2), text(10)];
  const days = el("textarea", { rows: 3, spellcheck: "false" });
  const region = el("div.columns", {}, labelled(t("tariffs.country"), country, t("tariffs.country.help")), labelled(t("tariffs.subdivision"), subdivision, t("tariffs.subdivision.help")));
  const words = [el("h3", {}, t("tariffs.holidays")), el("p.hint", {}, t("tariffs.holidays.text"))];
  const own = labelled(t("tariffs.own_holidays"), days, t("tariffs.own_holidays.help"));
  const value = () => ({
    currency: currency.value.trim().toUpperCase(),
    country: countryOf(country.value.trim().toUpperCase()),
    subdivision: subdivision.value.trim().toUpperCase(),
    holidays: days.value.split(/[\s,;]+/).filter(Boolean),
  });
  const show = (tariffs) => {
    currency.value = tariffs.currency;
    currency.placeholder = tariffs.default_currency ?? "";
    country.placeholder = tariffs.default_country ?? "";
    country.value = tariffs.country === "" ? NOWHERE : tariffs.country ?? "";
    subdivision.value = tariffs.subdivision ?? "";
    days.value = tariffs.holidays.join("\n");
  };
  return {
    currency: el("section.card.group", {}, labelled(t("tariffs.currency"), currency, t("tariffs.currency.help"))),
    holidays: el("section.card.group", {}, ...words, region, own),
    value,
    show,
  };
}

/** Keeps the cards of the price lists. */
function listKeeper() {
  const element = el("div.view");
  let parts = [];
  const place = (prices) => {
    const part = priceList(prices, () => {
      parts = parts.filter((one) => one !== part);
      part.element.remove();
      changed();
    });
    parts.push(part);
    element.append(part.element);
    return part;
  };
  const show = (lists) => {
    parts = [];
    element.replaceChildren();
    lists.forEach(place);
  };
  const add = () => {
    const today = new Date().toISOString().slice(0, 10);
    place({ name: "", valid_from: today, price_micros: null, bands: [], entity_id: null, fee_micros: 0 }).focus();
    changed();
  };
  return { element, show, add, value: () => parts.map((part) => part.value()), update: () => parts.forEach((part) => part.update()) };
}

function countryOf(text) {
  return text === NOWHERE ? "" : text || null;
}

/** Returns tariffs as they are compared: without what does not matter. */
function normal(tariffs) {
  return {
    currency: tariffs.currency,
    country: tariffs.country ?? null,
    subdivision: tariffs.subdivision ?? "",
    holidays: [...tariffs.holidays].sort(),
    lists: tariffs.lists.map(({ name, valid_from, price_micros, bands, entity_id, fee_micros }) => ({
      name,
      valid_from,
      price_micros,
      entity_id,
      fee_micros,
      bands: bands.map(({ price_micros: price, weekdays, from_minute, to_minute }) => [price, [...weekdays].sort(), from_minute, to_minute]),
    })),
  };
}

/** Shows what past charges would cost by these prices, and changes that if told. */
async function priceAnew(outcome) {
  setText(outcome, t("action.working"));
  try {
    const [{ reprice }] = await Promise.all([import("../history/reprice.js"), loadWords("history")]);
    for (const { key } of approvedStations()) {
      await reprice(stationPath(key, "sessions"), {});
    }
    setText(outcome, "");
  } catch (error) {
    setText(outcome, error.message);
  }
}
