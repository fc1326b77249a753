// Checks the packages as they would be published: publint's rules, the bin, the types, and no other files. The first page
// of the Studio must be small, and load nothing from elsewhere.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "./install.mjs";

const packages = {
  planloom: ["bin/planloom.js", "dist/testing/index.js", "studio/index.html"],
  "planloom-eval": ["bin/planloom-eval.js"],
};
const wanted = ["dist/index.js", "dist/index.d.ts", "LICENSE", "README.md"];

for (const [name, own] of Object.entries(packages)) {
  const pkgDir = path.join(root, "packages", name);
  const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false });
  for (const message of messages) console.log(`${name}: ${formatMessage(message, pkg)}`);

  const pack = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: pkgDir, encoding: "utf8" });
  const names = JSON.parse(pack.stdout)[0].files.map((file) => file.path);
  const missing = [...wanted, ...own].filter((file) => !names.includes(file));
  const strange = names.filter(
    (file) => !/^(bin|dist|studio)\/|^(LICENSE|README\.md|package\.json)$/.test(file) || file.includes(".tsbuildinfo"),
  );
  if (missing.length > 0) console.log(`${name} lacks: ${missing.join(", ")}`);
  if (strange.length > 0) console.log(`${name} should not hold: ${strange.join(", ")}`);
  if (messages.length + missing.length + strange.length > 0) process.exitCode = 1;
}

/** Bytes of script, gzipped, until the list of runs is shown. */
const FIRST_PAGE_BYTES = 100 * 1024;

const studio = path.join(root, "packages", "planloom", "studio");
const page = readFileSync(path.join(studio, "index.html"), "utf8");
const assets = readdirSync(path.join(studio, "assets"));
const first = new Set();
/** Adds a script with those that it imports at once. */
const take = (name) => {
  if (first.has(name)) return;
  first.add(name);
  const text = readFileSync(path.join(studio, "assets", name), "utf8");
  for (const [, other] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) take(other);
};
for (const [, name] of page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)) take(name);
for (const name of assets.filter((one) => /^runs-page-.*\.js$/.test(one))) take(name);
const bytes = [...first].reduce(
  (sum, name) => sum + gzipSync(readFileSync(path.join(studio, "assets", name))).length,
  0,
);
console.log(`studio: ${(bytes / 1024).toFixed(1)} KB of script for the first page, gzipped, in ${first.size} files`);
if (bytes > FIRST_PAGE_BYTES || first.size < 2) {
  console.log(`studio: the first page may have ${FIRST_PAGE_BYTES / 1024} KB`);
  process.exitCode = 1;
}
const remote = [...page.matchAll(/(?:src|href)="(?!\/assets\/|data:)([^"]*)"/g)].map(([, address]) => address);
if (remote.length > 0) {
  console.log(`studio: its page loads from elsewhere: ${remote.join(", ")}`);
  process.exitCode = 1;
}
