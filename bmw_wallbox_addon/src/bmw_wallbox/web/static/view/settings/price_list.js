/** One price list: flat, by hours and days, or as an entity shows it. */

import { el, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { bandRow } from "./band.js";
import { labelled } from "./dialog.js";
import { microsOf, priceField } from "./price_field.js";

const KINDS = ["flat", "bands", "entity"];

/** Returns the card of a list; `remove` takes it away. */
export function priceList(prices, remove) {
  const title = el("h3");
  const name = el("input", { type: "text", value: prices.name, maxlength: 100, autocomplete: "off" });
  const from = el("input", { type: "date", value: prices.valid_from });
  const kind = el("select", {}, ...KINDS.map((value) => el("option", { value }, t(`tariffs.kind.${value}`))));
  kind.value = prices.entity_id !== null ? "entity" : prices.bands.length > 0 ? "bands" : "flat";
  const price = priceField(prices.price_micros);
  const fee = priceField(prices.fee_micros || null);
  const entity = el("input", { type: "text", value: prices.entity_id ?? "", placeholder: "sensor.electricity_price", autocomplete: "off", spellcheck: "false" });
  const byHours = bandList(prices.bands);
  const byEntity = labelled(t("tariffs.entity"), entity, t("tariffs.entity.help"));
  const drop = el("button.text", { type: "button", onclick: remove }, t("tariffs.remove"));
  const element = el(
    "section.card.group",
    {},
    title,
    el("div.columns", {}, labelled(t("tariffs.name"), name), labelled(t("tariffs.from"), from, t("tariffs.from.help"))),
    el("div.columns", {}, labelled(t("tariffs.kind"), kind), labelled(t("tariffs.price"), price, t("tariffs.price.help"))),
    ...[byHours.element, byEntity, labelled(t("tariffs.fee"), fee, t("tariffs.fee.help")), el("div.buttons", {}, drop)],
  );
  const value = () => ({
    name: name.value.trim(),
    valid_from: from.value,
    price_micros: microsOf(price),
    entity_id: kind.value === "entity" ? entity.value.trim() : null,
    fee_micros: microsOf(fee) ?? 0,
    bands: kind.value === "bands" ? byHours.value() : [],
  });
  const update = () => {
    byHours.element.hidden = kind.value !== "bands";
    byEntity.hidden = kind.value !== "entity";
    setText(title, name.value || t("tariffs.unnamed"));
    drop.setAttribute("aria-label", `${t("tariffs.remove")} ${name.value}`);
  };
  return { element, value, update, focus: () => name.focus() };
}

/** The bands of a list, in the order in which they are tried. */
function bandList(given) {
  const list = el("ul.rows.bands");
  const told = () => list.dispatchEvent(new Event("change", { bubbles: true }));
  let rows = [];
  const place = (band) => {
    const row = bandRow(band, () => {
      rows = rows.filter((one) => one !== row);
      row.element.remove();
      told();
    });
    rows.push(row);
    list.append(row.element);
  };
  given.forEach(place);
  const add = el("button.text", { type: "button" }, t("tariffs.band.add"));
  add.addEventListener("click", () => {
    place({ price_micros: null, weekdays: [0, 1, 2, 3, 4], from_minute: 22 * 60, to_minute: 6 * 60 });
    told();
  });
  const words = [el("h4", {}, t("tariffs.bands")), el("p.hint", {}, t("tariffs.bands.help"))];
  return { element: el("div.labelled", {}, ...words, list, add), value: () => rows.map((row) => row.value()) };
}
