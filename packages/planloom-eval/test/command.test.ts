// `planloom-eval`: the report on stdout, the progress on stderr, files where they are asked for, and clear words for
// bad input.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { EvalReport } from "../src/report.js";
import { GOLD, SAME, TOOLS } from "./samples.js";
import { modelServer, workspace as workspaceOf } from "../../planloom/test/cli/planloom.js";

const BIN = fileURLToPath(new URL("../bin/planloom-eval.js", import.meta.url));
const workspace = (env = {}) => workspaceOf(env, BIN);
const WRONG = { steps: [{ id: "a", tool: "translat", with: { text: "rain" } }] };
const lines = (...records: readonly unknown[]) =>
  records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n");

describe("planloom-eval", () => {
  test("prints the report alone, and writes it where it is asked to; no store is left behind", async () => {
    const here = workspace();
    here.write("replies.jsonl", lines({ id: "x", output: SAME, gold: GOLD }, "{broken", { id: "y", output: WRONG }));
    here.write("tools.json", TOOLS);
    const args = ["replies.jsonl", "--tools", "tools.json", "--json", "r.json", "--markdown", "r.md"];
    const { code, stdout, stderr } = await here.run(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# Evaluation of replies.jsonl\n/);
    expect(stdout).toContain("| after reading | 2 (100.0 %) | 1 (50.0 %) | 1.000 |");
    expect(stderr).toContain("2 of 2 records scored");
    expect(stderr).toContain("left out: line 2: RECORD_UNREADABLE");
    expect(readFileSync(join(here.folder, "r.md"), "utf8")).toBe(stdout);
    const report = JSON.parse(readFileSync(join(here.folder, "r.json"), "utf8")) as EvalReport;
    expect(report.samples.map(({ id, sound }) => [id, sound.read])).toEqual([
      ["x", true],
      ["y", false],
    ]);
    expect(readdirSync(here.folder).sort()).toEqual(["r.json", "r.md", "replies.jsonl", "tools.json"]);
  });

  test("--repair sends the errors of an unsound plan to the planner", async () => {
    const { env, server } = await modelServer(() => ({ json: SAME }));
    const here = workspace(env);
    here.write("replies.jsonl", lines({ goal: "Join them", tools: TOOLS, output: WRONG, gold: GOLD }));
    const { code, stdout } = await here.run(["replies.jsonl", "--repair"]);
    expect(code).toBe(0);
    expect(stdout).toContain("| after repair | 1 (100.0 %) | 1 (100.0 %) | 1.000 | 1.000 | 1.000 | 1 (100.0 %) |");
    expect(server.requests.length).toBe(1);
    expect(JSON.stringify(server.requests[0])).toContain("UNKNOWN_TOOL");
  });

  const GOOD = lines({ output: SAME, tools: TOOLS });
  test.each([
    ["no file", ["nowhere.jsonl"], "FILE_NOT_FOUND"],
    ["an empty dataset", ["empty.jsonl"], "DATASET_EMPTY"],
    ["another kind of file", ["words.txt"], "DATASET_FORMAT"],
    ["a format that there is not", ["good.jsonl", "--format", "csv"], "DATASET_FORMAT"],
    ["no tools", ["toolless.jsonl"], "DATASET_TOOLS"],
    ["a file of tools that is not there", ["good.jsonl", "--tools", "nowhere.json"], "FILE_NOT_FOUND"],
    ["a folder that is not there", ["good.jsonl", "--json", "no/where.json"], "FILE_UNWRITABLE"],
    ["no dataset", [], "USAGE"],
  ])("%s", async (_what, args, code) => {
    const here = workspace();
    here.write("empty.jsonl", " \n");
    here.write("words.txt", "Buy milk.\nBuy bread.");
    here.write("good.jsonl", GOOD);
    here.write("toolless.jsonl", lines({ output: SAME }));
    const ended = await here.run(args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(code);
    expect(ended.stderr).toMatch(/next: \S/);
    expect(ended.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  });

  test("--repair without a planner says so before anything is scored", async () => {
    const here = workspace();
    here.write("good.jsonl", GOOD);
    const { code, stderr, stdout } = await here.run(["good.jsonl", "--repair"]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain("NO_PLANNER");
  });
});
