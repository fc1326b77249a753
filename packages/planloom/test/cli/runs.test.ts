// `planloom runs`: filters, parts, and runs that cannot be read.
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/run/event.js";
import type { ListedRun } from "../../src/store/event-store.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { runLines } from "../../src/cli/render/runs.js";
import { headAt, started } from "../store/sample.js";
import { workspace, SUMS, type Workspace } from "./planloom.js";

interface Listed {
  readonly runs: readonly {
    readonly runId: string;
    readonly status: string;
    readonly goal: string;
    readonly unreadable?: { readonly code: string; readonly message: string; readonly next: string };
  }[];
  readonly cursor?: string;
}

test("runs are listed by their tags, and a run shows its own", async () => {
  const here = workspace();
  here.write("sums.json", { ...SUMS, goal: "Add things up" });
  expect((await here.run(["run", "sums.json", "--tag", "nightly", "--tag", "sales", "--tag", "sales"])).code).toBe(0);
  expect((await here.run(["run", "sums.json", "--tag", "nightly"])).code).toBe(0);
  const list = (...flags: readonly string[]) => here.json<Listed>(["runs", "--json", ...flags]);
  expect((await list("--tag", "nightly")).runs).toMatchObject([{ tags: ["nightly"] }, { tags: ["nightly", "sales"] }]);
  expect((await list("--tag", "nightly", "--tag", "sales")).runs).toMatchObject([{ tags: ["nightly", "sales"] }]);
  expect(await list("--tag", "weekly")).toMatchObject({ runs: [] });
  expect((await here.run(["runs", "--tag", "sales"])).stdout).toMatch(/ {2}nightly, sales {2}Add things up\n$/);
  expect((await here.run(["show", "last"])).stdout).toMatch(/^tags +nightly$/m);
  expect(await here.run(["run", "sums.json", "--tag", " "])).toMatchObject({ code: 2, stdout: "" });
});

/** A folder with two runs: one has completed, one waits for the approval of its plan. */
async function withRuns(): Promise<Workspace> {
  const here = workspace();
  here.write("sums.json", { ...SUMS, goal: "Add things up" });
  here.write("wait.json", { ...SUMS, goal: "Wait a little" });
  expect((await here.run(["run", "sums.json"])).code).toBe(0);
  expect((await here.run(["run", "wait.json", "--approval", "always"])).code).toBe(5);
  return here;
}

const goals = ({ runs }: Listed): readonly string[] => runs.map(({ goal }) => goal);

test("runs are listed with what they wait for, by status, text and time, and in parts", async () => {
  const here = await withRuns();
  const list = (...flags: readonly string[]) => here.json<Listed>(["runs", "--json", ...flags]);
  expect(goals(await list())).toEqual(["Wait a little", "Add things up"]);
  expect(await list("--status", "waiting,failed")).toMatchObject({
    exit: 0,
    runs: [
      { status: "awaiting-approval", waiting: { approvals: 1, first: "plan" }, totals: { completed: 0 }, tags: [] },
    ],
  });
  expect(goals(await list("--text", "ADD"))).toEqual(["Add things up"]);
  expect(goals(await list("--since", "1d", "--status", "completed, failed"))).toEqual(["Add things up"]);
  expect(goals(await list("--since", "2999-01-01"))).toEqual([]);

  const first = await list("--limit", "1");
  expect(goals(first)).toEqual(["Wait a little"]);
  const { exit: _exit, ...rest } = await list("--limit", "1", "--cursor", first.cursor!);
  expect(rest).toEqual({ runs: [expect.objectContaining({ goal: "Add things up", status: "completed" })] });

  const shown = await here.run(["runs", "--limit", "1"]);
  expect(shown.stdout).toMatch(
    /^run_\w+ {2}awaiting-approval {2}plan approval {2}\d+ s ago {2}0\/\d steps {2}Wait a little\n$/,
  );
  expect(shown.stderr).toContain(`--cursor ${first.cursor!}`);
  expect(await here.run(["runs", "--text", "nothing like it"])).toMatchObject({ code: 0, stdout: "" });
});

test.each([
  [["--status", "done"], "USAGE"],
  [["--since", "yesterday"], "USAGE"],
  [["--limit", "0"], "USAGE"],
  [["--cursor", "x"], "CURSOR_INVALID"],
])("%j is refused with what to write instead", async (flags, code) => {
  const { stderr, ...ended } = await (await withRuns()).run(["runs", ...flags]);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(stderr).toMatch(new RegExp(`${code}: .*\\n {2}next: \\w`));
});

test("a run that cannot be read is listed with the reason and what to do; the others, and the estimate, are as ever", async () => {
  const here = await withRuns();
  const store = await openSqliteStore({ path: join(here.folder, ".planloom", "planloom.db") });
  const { events } = started("run_newer", { goal: "From the future", at: Date.now() });
  await store.append("run_newer", { expectedSeq: 0, epoch: 0 }, [{ ...events[0], v: 99 } as RunEvent]);
  const wrong = { ...started("run_wrong").events[0], data: { goal: 7 }, at: "today" } as unknown as RunEvent;
  await store.append("run_wrong", { expectedSeq: 0, epoch: 0 }, [wrong]);
  await store.close();

  const { code, stdout } = await here.run(["runs"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Add things up");
  expect(stdout).toMatch(
    /^run_newer +unreadable +\d+ s ago +From the future\n {2}EVENT_NEWER: .*99.*\n {2}next: Update/m,
  );
  expect(stdout).toMatch(/^run_wrong +unreadable\n {2}RUN_DAMAGED: .*\n {2}next: .*planloom events run_wrong/m);
  const { runs } = await here.json<Listed>(["runs", "--json", "--status", "unreadable"]);
  expect(runs).toMatchObject([
    {
      runId: "run_newer",
      status: "unreadable",
      unreadable: { code: "EVENT_NEWER" },
      startedAt: expect.any(String) as string,
    },
    { runId: "run_wrong", goal: "", unreadable: { code: "RUN_DAMAGED" }, startedAt: null },
  ]);

  expect((await here.run(["show", "run_wrong"])).stderr).toContain("RUN_DAMAGED");
  expect((await here.run(["show", "newer"])).stderr).toContain("EVENT_NEWER");
  const { runs: sound } = await here.json<Listed>(["runs", "--json", "--status", "completed"]);
  expect(await here.json(["show", sound[0]!.runId.slice(4, -2), "--json"])).toMatchObject({ status: "completed" });
  expect((await here.run(["estimate", "sums.json"])).code).toBe(0);
});

test("the lines of a list have columns as wide as they need to be, and none that is empty", () => {
  const DAY = 86_400_000;
  const runs: readonly ListedRun[] = [
    headAt("run_a", 1, {
      goal: "Compare\nthe cost",
      status: "needs-attention",
      waiting: { approvals: 0, questions: 1, doubts: 2, first: "question" },
      updatedAt: 7 * DAY,
    }),
    headAt("run_bc", 1, {
      goal: "Refund",
      status: "completed",
      totals: { ...headAt("x", 1).totals, steps: 12, completed: 11, modelCalls: 3, costUsd: 0.01234 },
      updatedAt: 10 * DAY - 90_000,
    }),
    {
      ...{ runId: "run_d", goal: "", startedAt: 0, updatedAt: 0, lastSeq: 3, lastType: "" },
      unreadable: { code: "STORE_DAMAGED", params: { path: "s.db", damage: "file", reason: "a page is gone" } },
    },
  ];
  expect(runLines(runs, 10 * DAY)).toEqual([
    "run_a   needs-attention  question and 2 more  3 d ago                             Compare the cost",
    "run_bc  completed                             1 min ago  11/12 steps  0.0123 USD  Refund",
    "run_d   unreadable",
    "  STORE_DAMAGED: s.db is damaged or is not a Planloom store: a page is gone.",
    expect.stringMatching(/^ {2}next: Copy it/),
  ]);
  const unknown = { ...runs[2]!, unreadable: { code: "NEVER_HEARD", params: {} } } as unknown as ListedRun;
  expect(runLines([unknown], 5)).toEqual([
    "run_d  unreadable",
    expect.stringMatching(/^ {2}RUN_DAMAGED: /),
    expect.stringMatching(/^ {2}next: /),
  ]);
  expect(runLines([headAt("run_a", 1, { goal: "Go", updatedAt: 0 })], 5)).toEqual(["run_a  running  Go"]);
});
