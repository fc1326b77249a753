// A small program is refactored file by file. Each change is approved by its diff, and the tests of the program pass
// before and after. The models are scripted; the executor finds the repeated function in the sources that it is sent.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runPlanloom, runScript } from "../shared/command.js";
import { scriptedModels } from "./scripted.mjs";

const CONFIG = ["--config", "examples/code-refactoring/planloom.config.ts"];
const GOAL = "Move the code that the files of the shop repeat into one file.";

let folder: string;
let shop: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "planloom-refactoring-"));
  shop = path.join(folder, "shop");
  cpSync(fileURLToPath(new URL("shop", import.meta.url)), shop, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = (name: string) => readFile(path.join(shop, "src", name), "utf8");

test("each change waits with its diff; one that no longer fits changes nothing", async () => {
  const loom = await createLoom(
    { builtins: { files: { roots: [shop], write: true } }, models: scriptedModels(), store: "memory" },
    { env: {} },
  );
  try {
    const run = await loom.start(GOAL);
    const asked = async () => (await run.result()).waiting?.approvals ?? [];
    const [written] = await asked();
    const review = await run.review(written!.hash);
    expect(review).toMatchObject({ tool: "write_file", preview: { kind: "diff", path: "src/money.mjs" } });
    await run.approve(written!.hash);

    const edits = await asked();
    const reviews = await Promise.all(edits.map(({ hash }) => run.review(hash)));
    const files = reviews.map((one) => (one.kind === "call" && one.preview?.kind === "diff" ? one.preview.path : ""));
    expect(files).toEqual(["src/cart.mjs", "src/invoice.mjs", "src/refund.mjs"]);
    expect(reviews[0]).toMatchObject({ tool: "edit_file", chosen: ["path"] });

    // Somebody else has changed a file since the change plan was written.
    const changed = (await source("cart.mjs")).replaceAll("cents", "amount");
    await writeFile(path.join(shop, "src", "cart.mjs"), changed);
    const stale = await run.review(edits[0]!.hash);
    expect(stale).toMatchObject({ preview: { kind: "failed" } });
    for (const { hash } of edits) await run.approve(hash);
    const { success, steps } = await run.result();
    expect(success).toBe(false);
    expect(steps.at(-1)?.items?.map(({ status }) => status)).toEqual(["failed", "completed", "completed"]);
    expect(await source("cart.mjs")).toBe(changed);
    expect(await source("refund.mjs")).toContain('import { money } from "./money.mjs";');
  } finally {
    await loom.close();
  }
});

test("the command line shows the diff of a write that --yes does not grant, and names the scripted models", async () => {
  const env = { SHOP: shop, PLANLOOM_STORE: path.join(folder, "runs.db") };
  const waits = await runPlanloom(["run", "examples/code-refactoring/plan.yaml", "--yes", ...CONFIG], env);
  expect(waits.stderr).toContain("The models of this example are scripted");
  const diff = "would change  src/money.mjs";
  expect(waits.stderr).toContain(diff);
  expect(waits.stderr).toContain("│ +export function money(cents) {");
  expect((await runPlanloom(["show", "last", ...CONFIG], env)).stdout).toContain(diff);
  const approved = await runPlanloom(["approve", "last", "--no-run", ...CONFIG], env);
  expect(approved.stderr).toContain(diff);
  const ended = await runPlanloom(["resume", "last", "--yes-all", ...CONFIG], env);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain("3 files had a function money of their own");
  expect((await source("cart.mjs")).split("\n")[1]).toBe('import { money } from "./money.mjs";');
});

test("the script prints what the README shows, and leaves nothing behind", async () => {
  const place = path.join(folder, "empty");
  mkdirSync(place);
  const ended = await runScript("examples/code-refactoring/run.mjs", { TMPDIR: place });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toContain("Before: 3 tests pass");
  expect(ended.stdout).toContain("After: 3 tests pass");
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(ended.stdout.trimEnd());
  expect(readdirSync(place)).toEqual([]);
});
