// The files that a step names as its evidence: only those in the folders of the tools exist. Document 001: "expected
// evidence for each step".
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel } from "../../src/testing/index.js";

/** A folder of the tools with a file, and links to a file in it, to a file beside it and to a folder beside it. */
function folders(): string {
  const base = mkdtempSync(path.join(tmpdir(), "planloom-evidence-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  for (const folder of ["docs", "docs/deep", "beside"]) mkdirSync(path.join(base, folder));
  for (const file of ["docs/deep/a.md", "beside/b.md"]) writeFileSync(path.join(base, file), "x");
  const links = { "docs/in.md": "docs/deep/a.md", "docs/out.md": "beside/b.md", "docs/away": "beside" };
  for (const [link, to] of Object.entries(links)) symlinkSync(path.join(base, to), path.join(base, link));
  return path.join(base, "docs");
}

test.each([
  ["deep/a.md", "yes"],
  ["./deep/a.md", "yes"],
  ["docs/deep/a.md", "yes"],
  ["in.md", "yes"],
  ["deep", "no"],
  ["none.md", "no"],
  ["../beside/b.md", "no"],
  ["out.md", "no"],
  ["away/b.md", "no"],
])("a file of the folders of the tools, or none: %s: %s", async (name, found) => {
  const models = { default: scriptedModel([`It says so: ${name}`]) };
  const loom = await createLoom({ store: "memory", models, builtins: { files: { roots: [folders()] } } });
  onTestFinished(() => loom.close());
  const plan = { steps: [{ id: "a", agent: "Find it.", evidence: ["the file"] }], answer: { value: "${{ a }}" } };
  const { steps } = await (await loom.start("Find it", { plan })).result();
  const named = found === "yes" ? { named: [name] } : {};
  expect(steps[0]?.evidence).toEqual([{ wanted: "the file", found, ...named }]);
});
