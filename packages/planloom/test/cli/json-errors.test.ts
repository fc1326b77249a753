// `--json` of commands that fail: one document on stdout, `{ error }` in one shape, and the sentences on stderr.
import { expect, test } from "vitest";
import { QUESTION, SUMS, workspace, type Workspace } from "./planloom.js";

interface Refused {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly params?: { readonly [name: string]: unknown };
    readonly next: string;
    readonly action?: { readonly action: string; readonly runId?: string };
    readonly retryable: boolean;
  };
}

const failed = (here: Workspace, ...args: readonly string[]) => here.json<Refused>([...args, "--json"]);

test("every command with --json that fails prints one error, whatever failed", async () => {
  const here = workspace();
  const list = "`planloom runs`";
  const unknown = { code: "RUN_UNKNOWN", params: { name: "run_x" }, action: { action: "list-runs" }, retryable: false };
  for (const args of [
    ["show", "run_x"],
    ["show", "run_x", "--at", "a"],
    ["diff", "run_x"],
    ["replay", "run_x"],
    ["resume", "run_x"],
    ["approve", "run_x"],
    ["reject", "run_x", "-m", "no"],
    ["respond", "run_x", "a", "1"],
    ["retry", "run_x"],
    ["fork", "run_x", "--at", "a"],
    ["cancel", "run_x"],
  ]) {
    const { exit, error } = await failed(here, ...args);
    expect([args[0], exit, error]).toMatchObject([args[0], 2, unknown]);
    expect(error.next).toContain(list);
  }
});

test("wrong words, missing files and plans that cannot run are errors of the same shape", async () => {
  const here = workspace();
  here.write("bad.json", { ...SUMS, goal: "Add", steps: [{ ...SUMS.steps[0], tool: "calculat" }] });
  const codes = async (...args: readonly string[]) => {
    const { exit, error } = await failed(here, ...args);
    expect([error.message, error.next].filter((text) => !/\S/.test(text))).toEqual([]);
    return [exit, error.code];
  };
  expect(await codes("show")).toEqual([2, "USAGE"]);
  expect(await codes("show", "a", "--no-such-flag")).toEqual([2, "USAGE"]);
  expect(await codes("runs", "--limit", "none")).toEqual([2, "USAGE"]);
  expect(await codes("check", "none.json")).toEqual([2, "FILE_NOT_FOUND"]);
  expect(await codes("run", "none.json")).toEqual([2, "FILE_NOT_FOUND"]);
  expect(await codes("run", "bad.json")).toEqual([3, "PLAN_INVALID"]);
  expect(await codes("estimate", "bad.json")).toEqual([3, "PLAN_INVALID"]);
  expect(await codes("run", "Add", "two", "numbers")).toEqual([4, "NO_PLANNER"]);
  expect(await codes("models", "test")).toEqual([4, "MODEL_NOT_SET"]);
});

test("a refused command prints its code, and the command that comes next, for this run", async () => {
  const here = workspace();
  here.write("plan.json", QUESTION);
  const { runId } = await here.json(["run", "plan.json", "--json"]);
  const wrong = await failed(here, "respond", "last", "number", "many");
  expect(wrong).toMatchObject({ exit: 2, error: { code: "ANSWER_TYPE", params: { expected: "number" } } });
  expect(wrong.error.action).toEqual({ action: "show", runId });
  expect(wrong.error.next).toContain(`planloom show ${runId}`);
  expect(await failed(here, "pause", "last")).toMatchObject({ exit: 0, status: "paused" });
  expect(await failed(here, "pause", "last")).toMatchObject({
    exit: 2,
    error: { code: "ALREADY_PAUSED", action: { action: "resume", runId } },
  });
  expect(await failed(here, "retry", "last", "--dry-run")).toMatchObject({ error: { code: "RUN_NOT_ENDED" } });
});

test("a command that is only recorded prints the run as it stands", async () => {
  const here = workspace();
  here.write("plan.json", QUESTION);
  await here.run(["run", "plan.json"]);
  const recorded = await here.json(["respond", "last", "number", "4", "--no-run", "--json"]);
  expect(recorded).toMatchObject({ exit: 0, status: "needs-attention" });
});
