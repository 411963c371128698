/** A wallbox's device model: what it can tell of itself, and what of that can be set. */

import { get, post, stationPath } from "../../api.js";
import { el, setText } from "../../dom.js";
import { numberFormat, t } from "../../i18n.js";
import { heard } from "../../said.js";
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
  const filters = filterBar(() => draw());
  const opened = new Set();
  let variables = [];

  const draw = () => {
    const values = filters.values();
    const wanted = variables.filter((one) => isWanted(one, values));
    const isOpen = Boolean(values.text || values.component);
    const folds = [...groupsOf(wanted)].map(([name, rows]) => groupFold(key, name, rows, isOpen, opened));
    list.replaceChildren(...(folds.length > 0 ? folds : [none()]));
    const [shown, all] = [wanted, variables].map(({ length }) => numberFormat({}).format(length));
    setText(status, t("device.count", { shown, all }));
  };
  const load = async () => {
    try {
      variables = await read(key);
      filters.offer(variables);
      setText(trouble, "");
      draw();
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  const refresh = refreshButton(key, { status, trouble, load });
  const element = section(t("device.title"), el("p.hint", {}, t("device.text")), reboot, filters.element, el("div.buttons", {}, refresh), status, trouble, list);
  const update = () => {
    reboot.hidden = !stateOf(key).device?.reboot_required;
  };
  return { element, shown: load, update };
}

function filterBar(changed) {
  const search = el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  const component = choice(t("device.every_component"), []);
  const which = choice(t("device.all"), ["writable", "read_only"], (value) => t(`device.${value}`));
  [search, component, which].forEach((input) => input.addEventListener("input", changed));
  const element = el("div.filters", {}, field(t("device.search"), search), field(t("device.component"), component), field(t("device.which"), which));
  const values = () => ({ text: search.value.trim().toLowerCase(), component: component.value, which: which.value });
  const offer = (variables) => {
    const known = new Set([...component.options].map(({ value }) => value));
    const groups = [...new Set(variables.map(({ group }) => group))].filter((group) => !known.has(group));
    component.append(...groups.sort().map((group) => el("option", { value: group }, group)));
  };
  return { element, values, offer };
}

function refreshButton(key, { status, trouble, load }) {
  const refresh = button("quiet", t("device.refresh"), async () => {
    refresh.disabled = true;
    setText(status, t("action.working"));
    try {
      const report = await post(`${stationPath(key, "commands")}?wait=${WAIT_S}`, { command: "refresh" });
      await load();
      setText(status, await heard(report.message));
      COMES_WITHIN_MS.forEach((wait) => setTimeout(() => refresh.isConnected && load(), wait));
    } catch (error) {
      setText(status, "");
      setText(trouble, error.message);
    } finally {
      refresh.disabled = false;
    }
  });
  return refresh;
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
  return (
    (!text || name.toLowerCase().includes(text) || String(value ?? "").toLowerCase().includes(text)) &&
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
