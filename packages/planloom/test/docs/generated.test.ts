// What `npm run docs` writes is what is there: the reference is that of the built library.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { generatedPages } from "./generated.js";
import { ROOT } from "./snippet.js";

test("each generated file is fresh: `npm run docs` writes them, after a build", () => {
  const files = generatedPages();
  expect(files.length).toBeGreaterThan(5);
  for (const { path: name, text } of files) {
    const file = path.join(ROOT, name);
    expect(existsSync(file) ? readFileSync(file, "utf8") : "", name).toBe(text);
  }
});
