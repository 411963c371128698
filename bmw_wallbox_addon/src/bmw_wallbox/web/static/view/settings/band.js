/** One band of a price list: its price, its weekdays and its hours. */

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { labelled } from "./dialog.js";
import { microsOf, priceField } from "./price_field.js";

const DAYS = [0, 1, 2, 3, 4, 5, 6];
const DAY_MIN = 1440;
// A Monday; what is taken of it is the weekday's name only.
const MONDAY = Date.UTC(2024, 0, 1);

/** Returns the row of a band; `remove` takes it away. */
export function bandRow(band, remove) {
  const price = priceField(band.price_micros);
  const from = el("input", { type: "time", value: clock(band.from_minute) });
  const to = el("input", { type: "time", value: clock(band.to_minute % DAY_MIN) });
  const boxes = DAYS.map((number) => el("input", { type: "checkbox", checked: band.weekdays.includes(number) }));
  const days = el("fieldset.days", {}, el("legend", {}, t("tariffs.weekdays")), ...boxes.map((box, number) => el("label.day", {}, box, el("span", {}, dayName(number)))));
  const drop = el("button.text", { type: "button", onclick: remove }, t("tariffs.band.remove"));
  const element = el(
    "li.band",
    {},
    days,
    el("div.columns", {}, labelled(t("tariffs.band.from"), from), labelled(t("tariffs.band.to"), to), labelled(t("tariffs.price"), price)),
    drop,
  );
  const value = () => ({
    price_micros: microsOf(price) ?? 0,
    weekdays: DAYS.filter((number) => boxes[number].checked),
    from_minute: minutes(from.value),
    to_minute: minutes(to.value) || DAY_MIN,
  });
  return { element, value };
}

function dayName(number) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
  return format.format(new Date(MONDAY + number * DAY_MIN * 60000));
}

function clock(minute) {
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function minutes(text) {
  const [hours = 0, rest = 0] = text.split(":").map(Number);
  return hours * 60 + rest;
}
