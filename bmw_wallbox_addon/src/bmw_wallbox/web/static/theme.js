/** Makes the panel look like the Home Assistant page around it. */

const COPIED = [
  "--primary-background-color",
  "--card-background-color",
  "--ha-card-background",
  "--ha-card-border-radius",
  "--ha-card-border-color",
  "--ha-card-border-width",
  "--ha-card-box-shadow",
  "--primary-text-color",
  "--secondary-text-color",
  "--primary-color",
  "--divider-color",
  "--success-color",
  "--warning-color",
  "--error-color",
  "--ha-font-family-body",
];

const listeners = new Set();

/** Calls `listener` after every change of the colours, until the function that it returns is called. */
export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Copies the theme's variables now and whenever they change; without a readable parent the system decides. */
export function followTheme() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  let parent;
  try {
    parent = window.parent === window ? null : window.parent.document.documentElement;
  } catch {
    parent = null; // another site's page: not ours to read
  }
  if (!parent) {
    return;
  }
  copy(parent);
  const observer = new MutationObserver(() => copy(parent));
  observer.observe(parent, { attributes: true, attributeFilter: ["style", "class"] });
  window.parent.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => copy(parent));
}

function copy(parent) {
  const theirs = getComputedStyle(parent);
  const ours = document.documentElement;
  for (const name of COPIED) {
    const value = theirs.getPropertyValue(name).trim();
    if (value) {
      ours.style.setProperty(name, value);
    } else {
      ours.style.removeProperty(name);
    }
  }
  const page = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g);
  if (theirs.getPropertyValue("--primary-background-color").trim() && page) {
    const [red, green, blue] = page.map(Number);
    ours.dataset.scheme = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  } else {
    delete ours.dataset.scheme;
  }
  tell();
}

function tell() {
  listeners.forEach((listener) => listener());
}
