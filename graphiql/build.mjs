/* Makes the archive named on the command line: the same bytes each time from the same lock. */

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";

process.env.TZ = "UTC"; // in which an archive's times are written
const BEGINNING = new Date("2013-01-01T00:00:00Z");
const { resolve } = createRequire(import.meta.url);

const made = await build({
  entryPoints: {
    page: "page.jsx",
    "editor.worker": resolve("monaco-editor/esm/vs/editor/editor.worker.js"),
    "json.worker": resolve("monaco-editor/esm/vs/language/json/json.worker.js"),
    "graphql.worker": resolve("monaco-graphql/esm/graphql.worker.js"),
  },
  outdir: "out",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  loader: { ".ttf": "file", ".svg": "dataurl" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none", // they are in LICENSES.txt
  logLevel: "warning",
  metafile: true,
  write: false,
});

/** The licences of all packages of which there is something in the archive. */
function licences(inputs) {
  const folders = new Set(inputs.map((each) => each.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).sort().find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "Its package holds no text."}\n`;
  });
}

const files = Object.fromEntries(made.outputFiles.map((each) => [basename(each.path), each.contents]));
files["index.html"] = readFileSync("index.html");
files["LICENSES.txt"] = Buffer.from(licences(Object.keys(made.metafile.inputs)).join(`\n${"-".repeat(80)}\n\n`));
const sorted = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1));
writeFileSync(process.argv[2], zipSync(Object.fromEntries(sorted), { level: 9, mtime: BEGINNING }));
console.log(`${process.argv[2]}: ${sorted.length} files`);
