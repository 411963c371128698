/** Loads stylesheets on demand. */

const loads = new Map();

/** Resolves once the stylesheet at this path below `static` is in force; each is loaded once. */
export function loadStyle(path) {
  if (!loads.has(path)) {
    loads.set(path, load(path));
  }
  return loads.get(path);
}

function load(path) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `./static/${path}`;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => {
      link.remove();
      loads.delete(path);
      reject(new Error(path));
    });
    document.head.append(link);
  });
}
