// `npm run docs`: writes the tables of docs/errors.md from the catalogue of words. A test fails if the page is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./install.mjs";

// The one that the library depends on: another version may stand above it.
const { createJiti } = createRequire(path.join(root, "packages", "planloom", "package.json"))("jiti");
const { withTables } = await createJiti(import.meta.url, { fsCache: false }).import(
  "../packages/planloom/test/docs/errors-page.ts",
);
const file = path.join(root, "docs", "errors.md");
writeFileSync(file, withTables(readFileSync(file, "utf8")));
