/** The dial: how much current flows, and where the limit is. */

import { setAttribute, setText, svg } from "../dom.js";
import { quantity, t } from "../i18n.js";

const SIZE = 220;
const RADIUS = 92;
const SWEEP_DEG = 270;
const START_DEG = 135;

/** Returns the dial; it shows the current against the highest limit, and the power in its middle. */
export function gauge() {
  const track = svg("path", { class: "track", d: arc(0, 1) });
  const allowed = svg("path", { class: "allowed" });
  const flow = svg("path", { class: "flow" });
  const power = svg("text", { class: "power", x: SIZE / 2, y: SIZE / 2 + 4 });
  const unit = svg("text", { class: "unit", x: SIZE / 2, y: SIZE / 2 + 32 });
  const limit = svg("text", { class: "limit", x: SIZE / 2, y: SIZE - 22 });
  const element = svg(
    "svg",
    { class: "gauge", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img" },
    track,
    allowed,
    flow,
    power,
    unit,
    limit,
  );
  const update = (state) => {
    const most = state.max_current || 32;
    const wanted = state.charging_allowed ? state.current_limit ?? most : 0;
    const wantedText = quantity(wanted, "A", Number.isInteger(wanted) ? 0 : 1);
    const powerText = quantity(typeof state.power === "number" ? state.power / 1000 : null, "kW", 2);
    const [number, name] = powerText.split("\u00a0");
    setText(power, number);
    setText(unit, name ?? "");
    setText(limit, wanted > 0 ? limitWords(state.current, wantedText) : "");
    setAttribute(allowed, "d", arc(0, share(wanted, most)));
    setAttribute(flow, "d", arc(0, share(state.current, most)));
    setAttribute(
      element,
      "aria-label",
      t("gauge.summary", { power: powerText, current: quantity(state.current, "A"), limit: wantedText }),
    );
  };
  return { element, update };
}

function limitWords(current, limit) {
  return typeof current === "number"
    ? t("gauge.limit", { current: quantity(current, "A"), limit })
    : t("gauge.limit_alone", { limit });
}

function share(value, most) {
  return Math.max(0, Math.min(1, (value ?? 0) / most));
}

function arc(from, to) {
  if (to - from < 0.004) {
    return "M0 0";
  }
  const [x1, y1] = point(from);
  const [x2, y2] = point(to);
  const large = (to - from) * SWEEP_DEG > 180 ? 1 : 0;
  return `M${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${large} 1 ${x2} ${y2}`;
}

function point(part) {
  const angle = ((START_DEG + part * SWEEP_DEG) * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)].map((value) => (SIZE / 2 + RADIUS * value).toFixed(2));
}
