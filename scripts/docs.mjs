// `npm run docs`, after a build: writes what is made from the code. These are the tables of docs/errors.md and of
// docs/plan-format.md, the pages of docs/reference, docs/openapi.json, and llms.txt. A test fails if one is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./install.mjs";

// The version that the library depends on. The root may have another one.
const { createJiti } = createRequire(path.join(root, "packages", "planloom", "package.json"))("jiti");
const jiti = createJiti(import.meta.url, { fsCache: false });
const { generatedPages } = await jiti.import("../packages/planloom/test/docs/generated.ts");
const { withTables } = await jiti.import("../packages/planloom/test/docs/errors-page.ts");
const { withFindings } = await jiti.import("../packages/planloom/test/docs/findings-page.ts");

for (const [name, rewritten] of [
  ["errors.md", withTables],
  ["plan-format.md", withFindings],
]) {
  const file = path.join(root, "docs", name);
  writeFileSync(file, rewritten(readFileSync(file, "utf8")));
}

mkdirSync(path.join(root, "docs", "reference", "tools"), { recursive: true });
for (const { path: name, text } of generatedPages()) writeFileSync(path.join(root, name), text);
