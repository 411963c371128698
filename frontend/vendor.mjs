/** Writes the libraries that the panel and its tests use into the repository; `--check` only compares. */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const PANEL = "bmw_wallbox_addon/src/bmw_wallbox/web/static/vendor";

const LICENCE = "LICENSE";

const FILES = [
  { name: "uplot", from: LICENCE, to: `${PANEL}/uplot-licence.txt` },
  { name: "uplot", from: "dist/uPlot.esm.js", to: `${PANEL}/uplot.js` },
  { name: "uplot", from: "dist/uPlot.min.css", to: `${PANEL}/uplot.css` },
  { name: "axe-core", from: "axe.min.js", to: "tests/panel/vendor/axe.js", asItIs: true },
];

/** Returns the file: what it is, whose licence it has, the hash of what follows, and the code. */
async function content({ name, from, asItIs }) {
  const folder = join(HERE, "node_modules", name);
  if (from === LICENCE) {
    return readFile(join(folder, from), "utf8");
  }
  const { version, license } = createRequire(import.meta.url)(join(folder, "package.json"));
  const code = asItIs ? await readFile(join(folder, from), "utf8") : await bundle(join(folder, from));
  const hash = createHash("sha256").update(code).digest("hex");
  return `/*! ${name} ${version} | licence ${license} | SHA-256 of what follows: ${hash} */\n${code}`;
}

async function bundle(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].text;
}

const stale = [];
for (const file of FILES) {
  const path = join(ROOT, file.to);
  const wanted = await content(file);
  if (wanted !== (await readFile(path, "utf8").catch(() => ""))) {
    stale.push(file.to);
    if (!process.argv.includes("--check")) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, wanted);
    }
  }
}
console.log(stale.map((path) => `differs: ${path}`).join("\n") || "Nothing differs.");
process.exitCode = stale.length > 0 && process.argv.includes("--check") ? 1 : 0;
