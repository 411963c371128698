/** Builds elements. Text goes in as text nodes only, so nothing that a wallbox says is ever read as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag a tag name, with class names after dots: `p.hint.wide`
 * @param {Record<string, unknown>} attributes `onclick` and the like become listeners; null, false: left out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  node.classList.add(...classes);
  return fill(node, attributes, children);
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} attributes
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Sets an element's text, touching the page only when it differs; returns whether it did. */
export function setText(node, text) {
  const differs = node.textContent !== text;
  if (differs) {
    node.textContent = text;
  }
  return differs;
}

/** Sets or removes an attribute, touching the page only when it differs. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
}

/**
 * Returns a function that keeps one child of `parent` per item: created once, updated after, removed when gone.
 *
 * @template T
 * @param {Element} parent
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => {element: Element, update: (item: T) => void}} create
 * @returns {(items: T[]) => void}
 */
export function keyed(parent, keyOf, create) {
  const parts = new Map();
  return (items) => {
    const wanted = new Set(items.map(keyOf));
    for (const [key, part] of parts) {
      if (!wanted.has(key)) {
        part.element.remove();
        parts.delete(key);
      }
    }
    items.forEach((item, place) => {
      const key = keyOf(item);
      if (!parts.has(key)) {
        parts.set(key, create(item));
      }
      const part = parts.get(key);
      part.update(item);
      if (parent.children[place] !== part.element) {
        parent.insertBefore(part.element, parent.children[place] ?? null);
      }
    });
  };
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}
