// What would be published: publint's rules, and that the package holds its bin, its types and nothing else by accident.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "./install.mjs";

const pkgDir = path.join(root, "packages", "planloom");
const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false });
for (const message of messages) console.log(formatMessage(message, pkg));

const pack = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: pkgDir, encoding: "utf8" });
const [{ files }] = JSON.parse(pack.stdout);
const names = files.map((file) => file.path);
const missing = [
  "bin/planloom.js",
  "dist/index.js",
  "dist/index.d.ts",
  "dist/testing/index.js",
  "LICENSE",
  "README.md",
].filter((name) => !names.includes(name));
const strange = names.filter(
  (name) => !/^(bin|dist)\/|^(LICENSE|README\.md|package\.json)$/.test(name) || name.includes(".tsbuildinfo"),
);
if (missing.length > 0) console.log(`missing from the package: ${missing.join(", ")}`);
if (strange.length > 0) console.log(`should not be in the package: ${strange.join(", ")}`);
process.exitCode = messages.length + missing.length + strange.length === 0 ? 0 : 1;
