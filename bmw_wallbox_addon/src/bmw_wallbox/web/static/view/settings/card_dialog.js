/** The dialog that says everything about one card. */

import { get, post } from "../../api.js";
import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { labelled, openDialog } from "./dialog.js";

const PATH = "api/tokens";
const STATUSES = ["Accepted", "Blocked"];

/** Lets the user change a card, or add one without a key; resolves to it, or to null. */
export async function editCard(token) {
  const { vehicles = [] } = await get("api/settings");
  const text = (value, longest) => el("input", { type: "text", value: value ?? "", maxlength: longest, autocomplete: "off" });
  const name = text(token.name, 100);
  const group = text(token.group_id, 36);
  const names = [...new Set([...vehicles, token.vehicle].filter(Boolean))];
  const vehicle = el("select", {}, el("option", { value: "" }, t("cards.no_vehicle")), ...names.map((value) => el("option", { value }, value)));
  vehicle.value = token.vehicle ?? "";
  const status = el("select", {}, ...STATUSES.map((value) => el("option", { value }, t(`cards.status.${value}`))));
  status.value = STATUSES.includes(token.status) ? token.status : "Blocked";
  const limit = el("input", { type: "number", min: 6, max: 32, step: 1, value: token.limit_a ?? "" });
  const expires = el("input", { type: "date", value: token.expires ? localDay(token.expires) : "" });
  const parts = [
    el("p", {}, el("code.id", {}, token.id_token)),
    labelled(t("cards.name"), name),
    labelled(t("cards.status"), status),
    labelled(t("cards.vehicle"), vehicle, t("cards.vehicle.help")),
    labelled(t("cards.limit"), limit, t("cards.limit.help")),
    labelled(t("cards.expires"), expires, t("cards.expires.help")),
    labelled(t("cards.group"), group, t("cards.group.help")),
  ];
  const act = () => {
    const body = {
      ...token,
      name: name.value.trim() || null,
      status: status.value,
      vehicle: vehicle.value || null,
      limit_a: limit.value === "" ? null : Number(limit.value),
      expires: expires.value ? endOf(expires.value) : null,
      group_id: group.value.trim() || null,
    };
    return token.key ? post(`${PATH}/${encodeURIComponent(token.key)}`, body, "PUT") : post(PATH, body);
  };
  return openDialog({ title: t(token.key ? "cards.edit.title" : "cards.add.title"), parts, label: t("settings.save"), act });
}

/** A card that expires on a day charges until its end, by the clock here. */
function endOf(date) {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  return new Date(year, month - 1, dayOfMonth, 23, 59, 59).toISOString();
}

function localDay(instant) {
  const at = new Date(instant);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
