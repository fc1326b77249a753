// A plan over the filesystem server of MCP: the write waits with its diff, which the server itself gives by a dry run.
// The planner is scripted; the server is the real one.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runPlanloom, runScript } from "../shared/command.js";
import { scriptedPlanner } from "./scripted.mjs";
import { filesServer } from "./server.mjs";

let folder: string;
let notes: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "planloom-mcp-files-")));
  notes = path.join(folder, "notes");
  cpSync(fileURLToPath(new URL("notes", import.meta.url)), notes, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const list = () => readFile(path.join(notes, "list.md"), "utf8");
const TICKED = "- [ ] milk\n- [x] bread\n- [x] apples\n- [ ] coffee\n";

test("the write waits with its diff, and nothing is written before it is approved", async () => {
  const before = await list();
  const loom = await createLoom({
    mcp: { fs: filesServer(notes) },
    models: { planner: scriptedPlanner() },
    store: "memory",
  });
  try {
    const run = await loom.start("Tick off what was bought.");
    const [approval] = (await run.result()).waiting?.approvals ?? [];
    const review = await run.review(approval!.hash);
    expect(review).toMatchObject({ tool: "fs.edit_file", preview: { kind: "diff", path: "list.md" } });
    expect(JSON.stringify(review)).toContain("+- [x] bread");
    expect(await list()).toBe(before);
    await run.approve(approval!.hash);
    expect(await run.result()).toMatchObject({ success: true });
    expect(await list()).toContain(TICKED);
  } finally {
    await loom.close();
  }
});

test("the command line shows the diff of a write that --yes does not grant, and names the scripted planner", async () => {
  const env = { NOTES: notes, PLANLOOM_STORE: path.join(folder, "runs.db") };
  const config = ["--config", "examples/mcp-files/planloom.config.ts"];
  const waits = await runPlanloom(["run", "Tick off what was bought.", "--yes", ...config], env);
  expect(waits.stderr).toContain("The planner of this example is scripted");
  expect(waits.stderr).toContain("│ +- [x] bread");
  expect(await runPlanloom(["resume", "last", "--yes-all", ...config], env)).toMatchObject({ code: 0 });
  expect(await list()).toContain(TICKED);
});

test("the script prints what the README shows, and leaves nothing behind", async () => {
  const place = path.join(folder, "empty");
  mkdirSync(place);
  const ended = await runScript("examples/mcp-files/run.mjs", { TMPDIR: place });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(ended.stdout.trimEnd());
  expect(readdirSync(place)).toEqual([]);
});
