// Checks the packages as they would be published: publint's rules, the bin, the types, and no other files.
import { spawnSync } from "node:child_process";
import path from "node:path";
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
