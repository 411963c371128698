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
  const currency = el("input", { type: "text", maxlength: 3, autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  const country = el("input", { type: "text", maxlength: 2, autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  const subdivision = el("input", { type: "text", maxlength: 10, autocomplete: "off", spellcheck: "false" });
  const holidays = el("textarea", { rows: 3, spellcheck: "false" });
  const lists = el("div.view");
  const add = el("button.quiet", { type: "button" }, t("tariffs.add"));
  const reprice = el("button.quiet", { type: "button" }, t("tariffs.reprice"));
  const outcome = el("p.hint", { role: "status" });
  let parts = [];
  let known = null;

  const draft = () => ({
    ...known,
    currency: currency.value.trim().toUpperCase(),
    country: countryOf(country.value.trim().toUpperCase()),
    subdivision: subdivision.value.trim().toUpperCase(),
    holidays: holidays.value.split(/[\s,;]+/).filter(Boolean),
    lists: parts.map((part) => part.value()),
  });
  const dirty = () => known !== null && JSON.stringify(normal(draft())) !== JSON.stringify(normal(known));
  const place = (prices) => {
    const part = priceList(prices, () => {
      parts = parts.filter((one) => one !== part);
      part.element.remove();
      changed();
    });
    parts.push(part);
    lists.append(part.element);
    return part;
  };
  const show = (tariffs) => {
    known = tariffs;
    currency.value = tariffs.currency;
    currency.placeholder = tariffs.default_currency ?? "";
    country.placeholder = tariffs.default_country ?? "";
    country.value = tariffs.country === "" ? NOWHERE : tariffs.country ?? "";
    subdivision.value = tariffs.subdivision ?? "";
    holidays.value = tariffs.holidays.join("\n");
    parts = [];
    lists.replaceChildren();
    tariffs.lists.forEach(place);
  };
  const bar = saveBar({
    dirty,
    save: async () => show(await post(PATH, draft(), "PUT")),
    discard: () => show(known),
  });
  add.addEventListener("click", () => {
    const today = new Date().toISOString().slice(0, 10);
    place({ name: "", valid_from: today, price_micros: null, bands: [], entity_id: null, fee_micros: 0 }).focus();
    changed();
  });
  reprice.addEventListener("click", () => priceAnew(outcome));
  const element = el(
    "div.view",
    {},
    el("section.card.group", {}, labelled(t("tariffs.currency"), currency, t("tariffs.currency.help"))),
    lists,
    el("div.buttons", {}, add, reprice),
    outcome,
    el(
      "section.card.group",
      {},
      el("h3", {}, t("tariffs.holidays")),
      el("p.hint", {}, t("tariffs.holidays.text")),
      el("div.columns", {}, labelled(t("tariffs.country"), country, t("tariffs.country.help")), labelled(t("tariffs.subdivision"), subdivision, t("tariffs.subdivision.help"))),
      labelled(t("tariffs.own_holidays"), holidays, t("tariffs.own_holidays.help")),
    ),
    bar.element,
  );
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
    parts.forEach((part) => part.update());
    reprice.disabled = dirty();
    bar.update();
  };
  return { element, load, update, dirty };
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
