/** Charging profiles: what the app sent, what the wallbox holds, and the limit that comes of them. */

import { get, post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { moment, numberFormat, t } from "../../i18n.js";
import { compositeCard } from "./composite.js";
import { button, none, section, table } from "./parts.js";

const MOST_REQUESTS = 1_000_000;
/** The wallbox reports its profiles in messages of their own, after its answer. */
const COMES_WITHIN_MS = [1500, 5000];

/** Returns the view of one wallbox. */
export default function profiles(key) {
  const parts = el("div.views");
  const outcome = el("p.hint", { role: "status" });
  const composite = compositeCard(key);
  const load = async () => {
    try {
      const device = await get(stationPath(key, "device"));
      parts.replaceChildren(sentCard(device.sent_profiles), heldCard(device.charging_profiles, ask, outcome), limitsCard(device.limits));
    } catch (error) {
      setText(outcome, error.message);
      parts.replaceChildren(outcome);
    }
  };
  const ask = async () => {
    setText(outcome, t("action.working"));
    try {
      const payload = { requestId: Math.ceil(Math.random() * MOST_REQUESTS), chargingProfile: {} };
      const { status } = await post(stationPath(key, "ocpp"), { action: "GetChargingProfiles", payload });
      setText(outcome, t(status === "NoProfiles" ? "profiles.none" : "profiles.asked"));
      COMES_WITHIN_MS.forEach((wait) => setTimeout(() => parts.isConnected && load(), wait));
    } catch (error) {
      setText(outcome, error.message);
    }
  };
  return { element: el("div.views", {}, composite.element, parts), shown: load, hidden: composite.destroy };
}

function sentCard(sent) {
  const rows = Object.entries(sent).map(([purpose, one]) => [purpose, amps(one.limit_a), one.transaction_id ?? "–", moment(one.accepted_at)]);
  const heads = ["profiles.purpose", "profiles.limit", "profiles.transaction", "profiles.accepted"];
  return section(t("profiles.sent"), el("p.hint", {}, t("profiles.sent.text")), rows.length > 0 ? table(t("profiles.sent"), heads.map((head) => t(head)), rows) : none());
}

function heldCard(held, ask, outcome) {
  const list = el("ul.rows", {}, ...held.map(heldItem));
  return section(t("profiles.held"), el("p.hint", {}, t("profiles.held.text")), el("div.buttons", {}, button("quiet", t("profiles.ask"), ask)), outcome, held.length > 0 ? list : none());
}

function heldItem({ evse_id: evse, source, profile }) {
  const name = `${profile.chargingProfilePurpose} ${profile.id}`;
  const facts = [
    ["profiles.stack", profile.stackLevel],
    ["profiles.kind", [profile.chargingProfileKind, profile.recurrencyKind].filter(Boolean).join(" ")],
    ["profiles.evse", evse],
    ["profiles.source", source],
    ["profiles.transaction", profile.transactionId],
    ["profiles.from", profile.validFrom && moment(profile.validFrom)],
    ["profiles.to", profile.validTo && moment(profile.validTo)],
  ].filter(([, value]) => value !== undefined && value !== null && value !== "");
  const traits = el("dl.traits", {}, ...facts.map(([head, value]) => el("div", {}, el("dt", {}, t(head)), el("dd", {}, String(value)))));
  const schedules = (profile.chargingSchedule ?? []).map((schedule) => scheduleTable(schedule, name));
  return el("li", {}, el("h3", {}, name), traits, ...schedules);
}

function scheduleTable(schedule, name) {
  const unit = schedule.chargingRateUnit;
  const rows = (schedule.chargingSchedulePeriod ?? []).map((period) => [
    t("profiles.seconds", { count: numberFormat({}).format(period.startPeriod) }),
    `${numberFormat({ maximumFractionDigits: 1 }).format(period.limit)}\u00a0${unit}`,
    String(period.numberPhases ?? "–"),
  ]);
  return table(name, ["profiles.after", "profiles.limit", "profiles.phases"].map((head) => t(head)), rows);
}

function limitsCard(limits) {
  const rows = limits.map((one) => [one.source, String(one.evse_id ?? "–"), one.grid_critical ? t("device.yes") : "–", moment(one.told_at)]);
  const heads = ["profiles.source", "profiles.evse", "profiles.grid_critical", "events.when"];
  return section(t("profiles.limits"), rows.length > 0 ? table(t("profiles.limits"), heads.map((head) => t(head)), rows) : none());
}

function amps(value) {
  return `${numberFormat({ maximumFractionDigits: 1 }).format(value)}\u00a0A`;
}
