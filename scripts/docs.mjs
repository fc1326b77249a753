// `npm run docs`: writes the tables of docs/errors.md from the catalogue of words, and those of findings in
// docs/plan-format.md from the sources. A test fails if a page is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./install.mjs";

// The version that the library depends on. The root may have another one.
const { createJiti } = createRequire(path.join(root, "packages", "planloom", "package.json"))("jiti");
const jiti = createJiti(import.meta.url, { fsCache: false });
const { withTables } = await jiti.import("../packages/planloom/test/docs/errors-page.ts");
const { withFindings } = await jiti.import("../packages/planloom/test/docs/findings-page.ts");

for (const [name, rewritten] of [
  ["errors.md", withTables],
  ["plan-format.md", withFindings],
]) {
  const file = path.join(root, "docs", name);
  writeFileSync(file, rewritten(readFileSync(file, "utf8")));
}
