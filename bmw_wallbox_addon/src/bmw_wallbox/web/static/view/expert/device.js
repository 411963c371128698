/** A wallbox's device model: what it can tell of itself, and what of that can be set. */

import { get, post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { numberFormat, t } from "../../i18n.js";
import { shown as stateOf } from "../../store.js";
import { placeOf } from "./events.js";
import { button, choice, field, none, section } from "./parts.js";
import { variableItem } from "./variable.js";

const WAIT_S = 30;
/** The parts of a report come within seconds; nobody says when the last one did. */
const COMES_WITHIN_MS = [2000, 8000];

/** Returns the view of one wallbox. */
export default function device(key) {
  const reboot = el("p.notice-line", {}, t("device.reboot"));
  const status = el("p.hint", { role: "status" });
  const trouble = el("p.refusal", { role: "alert" });
  const list = el("div.components");
  const search = el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  const component = choice(t("device.every_component"), []);
  const writable = choice(t("device.all"), ["writable", "read_only"], (value) => t(`device.${value}`));
  const refresh = button("quiet", t("device.refresh"), () => ask());
  const filters = el("div.filters", {}, field(t("device.search"), search), field(t("device.component"), component), field(t("device.which"), writable));
  const element = section(t("device.title"), el("p.hint", {}, t("device.text")), reboot, filters, el("div.buttons", {}, refresh), status, trouble, list);
  const opened = new Set();
  let variables = [];

  const draw = () => {
    const wanted = variables.filter((one) => isWanted(one, { text: search.value, component: component.value, which: writable.value }));
    const groups = groupsOf(wanted);
    const all = Boolean(search.value.trim() || component.value);
    list.replaceChildren(...(wanted.length > 0 ? [...groups].map(([name, rows]) => groupFold(key, name, rows, all, opened)) : [none()]));
    setText(status, t("device.count", { shown: numberFormat({}).format(wanted.length), all: numberFormat({}).format(variables.length) }));
  };
  const load = async () => {
    try {
      variables = await read(key);
      const known = new Set([...component.options].map(({ value }) => value));
      const groups = [...new Set(variables.map(({ group }) => group))].filter((group) => !known.has(group));
      component.append(...groups.sort().map((group) => el("option", { value: group }, group)));
      setText(trouble, "");
      draw();
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  const ask = async () => {
    refresh.disabled = true;
    setText(status, t("action.working"));
    try {
      const report = await post(`${stationPath(key, "commands")}?wait=${WAIT_S}`, { command: "refresh" });
      await load();
      setText(status, report.message);
      COMES_WITHIN_MS.forEach((wait) => setTimeout(() => element.isConnected && load(), wait));
    } catch (error) {
      setText(status, "");
      setText(trouble, error.message);
    } finally {
      refresh.disabled = false;
    }
  };
  [search, component, writable].forEach((input) => input.addEventListener("input", draw));
  const update = () => {
    reboot.hidden = !stateOf(key).device?.reboot_required;
  };
  return { element, shown: load, update };
}

/** Returns the variables with their traits, and with the reason why one cannot be set. */
async function read(key) {
  const [device, list] = await Promise.all([get(stationPath(key, "device")), get(stationPath(key, "variables"))]);
  const traits = new Map(list.map((row) => [row.name, row]));
  return device.inventory.variables.map((one) => {
    const name = placeOf(one);
    return { ...one, name, group: name.split("/")[0], read_only: traits.get(name)?.read_only ?? null, entity: traits.get(name)?.entity ?? null };
  });
}

function isWanted({ name, value, group, read_only: reason }, { text, component, which }) {
  const words = text.trim().toLowerCase();
  return (
    (!words || name.toLowerCase().includes(words) || String(value ?? "").toLowerCase().includes(words)) &&
    (!component || group === component) &&
    (!which || (which === "writable") === (reason === null))
  );
}

function groupsOf(rows) {
  const groups = new Map();
  rows.forEach((row) => groups.set(row.group, [...(groups.get(row.group) ?? []), row]));
  return groups;
}

/** A component's variables, drawn once they are wanted. */
function groupFold(key, name, rows, isOpen, opened) {
  const items = el("ul.rows");
  const fold = el("details", { open: isOpen || opened.has(name) }, el("summary", {}, el("span", {}, name), el("span.chip", {}, String(rows.length))), items);
  const fill = () => {
    if (fold.open && items.childElementCount === 0) {
      items.append(...rows.map((row) => variableItem(key, row)));
    }
  };
  fold.addEventListener("toggle", () => {
    opened[fold.open ? "add" : "delete"](name);
    fill();
  });
  fill();
  return fold;
}
