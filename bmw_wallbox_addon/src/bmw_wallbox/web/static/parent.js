/** What Home Assistant's page around the panel tells and is told: its menu, and the edges of the screen. */

const SUBSCRIBE = { type: "home-assistant/subscribe-properties", kioskMode: true };
const TOGGLE_MENU = { type: "home-assistant/toggle-menu" };
const SIDES = ["top", "right", "bottom", "left"];
const SIDEBAR_PX = 40;

/**
 * Asks to be told, and takes over the bar that Home Assistant would show above the panel.
 *
 * @param {(wanted: boolean) => void} onMenu told whether the panel has to offer Home Assistant's menu
 */
export function followParent(onMenu) {
  if (window.parent === window) {
    return;
  }
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source === window.parent && origin === location.origin && data?.type === "home-assistant/properties") {
      keepClear(data.safeAreaInsets ?? {});
      onMenu(data.narrow === true || isAlone());
    }
  });
  window.parent.postMessage(SUBSCRIBE, location.origin);
}

/** Opens or closes Home Assistant's menu. */
export function toggleMenu() {
  window.parent.postMessage(TOGGLE_MENU, location.origin);
}

/** Returns whether no sidebar stands beside the panel. */
function isAlone() {
  return window.parent.innerWidth - window.innerWidth < SIDEBAR_PX;
}

function keepClear(insets) {
  for (const side of SIDES) {
    const pixels = Number.parseFloat(insets[side]);
    document.documentElement.style.setProperty(`--safe-${side}`, `${Number.isFinite(pixels) ? pixels : 0}px`);
  }
}
