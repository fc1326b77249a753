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

/** The evidence "the file" of one step with this output, in a loom with a store below the folder of the tools. */
async function fileIn(output: string, folder = folders()) {
  const models = { default: scriptedModel([output]) };
  const store = path.join(folder, "runs.data");
  const loom = await createLoom({ store, models, builtins: { search: { folder } } });
  onTestFinished(() => loom.close());
  const plan = { steps: [{ id: "a", agent: "Find it.", evidence: ["the file"] }], answer: { value: "${{ a }}" } };
  return (await (await loom.start("Find it", { plan })).result()).steps[0]?.evidence?.[0];
}

test.each([
  ["prose", "E.g. and i.e. and z.B. and U.S.A. and Node.js and vs.code of file.txt, then deep/a.md."],
  ["a sentence that ends like a name", "It says so in the file deep/a.md"],
  ["several lines", "first.one\nsecond.two\nthird.three\nfourth.four\nfifth.five\nsixth.six\ndeep/a.md"],
])("other words with dots hide no file: %s", async (_, output) => {
  expect(await fileIn(output)).toEqual({ wanted: "the file", found: "yes", named: ["deep/a.md"] });
});

test("the store and its files are no evidence: their existence is not shown", async () => {
  const folder = folders();
  for (const name of ["runs.data", "runs.data-wal"])
    expect(await fileIn(`It is ${name}`, folder)).toEqual({ wanted: "the file", found: "no" });
});

test("only the first names are looked up", async () => {
  const names = Array.from({ length: 250 }, (_, i) => `none${i}.md`).join(" ");
  expect(await fileIn(`${names} deep/a.md`)).toEqual({ wanted: "the file", found: "no" });
});
