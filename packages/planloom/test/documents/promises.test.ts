// Promises of the documents that docs/documents.md names and no other test shows: defaults, states of steps, printed
// lines, and advice to those who write the names of other programs.
// Rows F2 ("replans left (default 2)?"), E4 ("at most N at once (default 4)") and D1 of the mission.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { flagInstead, valueInstead } from "../../src/plan/foreign-settings.js";
import { scriptedModel, startFakeOpenAI } from "../../src/testing/index.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { modelServer, roleOf, workspace } from "../cli/planloom.js";
import { eventsIn, eventsOf } from "../engine/parts.js";

const sum = (id: string, expression: string, more: object = {}) => ({
  id,
  title: `Compute ${id}`,
  tool: "calculate",
  with: { expression },
  ...more,
});

async function ended(steps: readonly object[], config: Parameters<typeof createLoom>[0] = {}) {
  const loom = await createLoom({ store: "memory", ...config });
  onTestFinished(() => loom.close());
  const run = await loom.start("", { plan: { goal: "Compute", steps } });
  return { document: await run.result(), log: await eventsIn(run) };
}

test("the defaults are those of the documents: 4 at once, 8 turns, 2 replans, 24 h, 4 attempts after 1, 2 and 4 s", async () => {
  const { log } = await ended([sum("one", "1 + 1")], { models: { default: scriptedModel(["Two."]) } });
  expect(eventsOf(log, "run.started")[0]?.data.settings).toMatchObject({
    ...{ concurrency: 4, turns: 8, replans: 2, approvalMs: 86_400_000 },
    ...{ replan: "on-failure", onFailure: "patch" },
  });
  expect(eventsOf(log, "plan.proposed")[0]?.data.plan.steps[0]).toMatchObject({
    retry: { attempts: 4, delayMs: 1_000, backoff: 2 },
  });
});

test("a step is completed, skipped, failed or pending, with its output or its error", async () => {
  const { document } = await ended(
    [
      sum("done", "1 + 1"),
      sum("extra", "1 / 0", { optional: true }),
      sum("broken", "1 / 0", { dependsOn: ["done"] }),
      sum("after", "3", { dependsOn: ["broken"] }),
    ],
    { onFailure: "fail" },
  );
  expect(document).toMatchObject({ success: false, stepsTotal: 4, stepsCompleted: 1 });
  expect(document.steps.map(({ id, status, output, error }) => [id, status, output, error?.code])).toEqual([
    ["done", "completed", 2, undefined],
    ["extra", "skipped", null, "CALC_DIVISION_BY_ZERO"],
    ["broken", "failed", undefined, "CALC_DIVISION_BY_ZERO"],
    ["after", "pending", undefined, undefined],
  ]);
});

test("an attempt that a retry of the run continues counts as begun", async () => {
  const error = new PlanloomError("PROVIDER_FAILED", { model: "m", problem: "status", status: 500, text: "down" });
  const { document } = await ended(
    [{ id: "write", title: "Write", agent: "Write a note.", retry: { attempts: 1 }, onFailure: "fail" }],
    { models: { default: scriptedModel([{ error }]) } },
  );
  expect(document.steps[0]).toMatchObject({ status: "failed", attempts: 1 });
});

test("within a step, a model of its own does the work: the rest is done by the executor", async () => {
  const server = await startFakeOpenAI({ reply: ({ model }) => ({ text: model }) });
  onTestFinished(() => server.close());
  const { document } = await ended(
    [
      { id: "plain", title: "Plain", agent: "Write a note." },
      { id: "hard", title: "Hard", agent: "Prove the theorem.", model: "special", dependsOn: ["plain"] },
    ],
    { models: { default: { model: "light", baseURL: server.url } } },
  );
  expect(document.steps.map(({ output }) => output)).toEqual(["light", "special"]);
  expect(document.answer).toBe("light");
});

/** `wrong` fails its gate, and the planner is asked for the rest of the plan. */
const FIRST = {
  steps: [
    sum("right", "1 + 1"),
    sum("other", "1 + 2"),
    sum("wrong", "2 + 2", { expect: "${{ output > 9 }}", retry: { attempts: 1 }, dependsOn: ["right", "other"] }),
  ],
};
const REST = { steps: [sum("better", "20 + 2", { dependsOn: ["right"] })] };

test("the command line prints the plan in waves with dependencies, the replan with its reason, and the goal", async () => {
  const plans = [FIRST, REST];
  const { env } = await modelServer((body) =>
    roleOf(body) === "planner" ? { json: (plans.shift() ?? REST) as never } : { text: "22" },
  );
  const here = workspace(env);
  const run = await here.run(["run", "Compute it all", "--on-failure", "replan"]);
  expect(run).toMatchObject({ code: 0, stdout: "22\n" });
  const lines = [
    / {2}wave 1\n/,
    / {4}3\. wrong +Compute wrong +\[calculate\] +<- right, other\n/,
    /=== EXECUTING ===\n/,
    / {2}failed +wrong: .+ -> replan \(.+\)\n/,
    / {2}plan: revision 2, planned anew, 3 steps; keeps right, other\n/,
    / {2}done +better /,
  ];
  // A step without effects may start while the plan is still being written.
  expect(run.stderr).toMatch(/ {2}start +wrong\n/);
  let rest = run.stderr;
  for (const line of lines) {
    expect(rest).toMatch(line);
    rest = rest.slice(rest.search(line));
  }
  expect((await here.run(["show", "last"])).stdout).toMatch(/^run +run_\w+\ngoal +Compute it all\n/);
});

test.each([
  ["approval", true, 'approval: "always"'],
  ["onFailure", "fail-fast", 'onFailure: "fail"'],
  ["onFailure", "local-patch", 'onFailure: "patch"'],
  ["onFailure", "full_replan", 'onFailure: "replan"'],
  ["replan", "static", 'replan: "never"'],
  ["replan", "dynamic", 'replan: "each-step"'],
  ["limits.approvalMs", "24h", "approvalMs: 86400000"],
])("a value of another program is named with ours: %s: %j is %s", async (setting, value, write) => {
  expect(valueInstead(setting, value)).toBe(write);
  const [name = "", inner] = setting.split(".");
  const config = { store: "memory", [name]: inner === undefined ? value : { [inner]: value } };
  await expect(createLoom(config as never)).rejects.toMatchObject({ code: "CONFIG_INVALID", next: `Write ${write}.` });
});

test("a value that nobody knows is answered with those that there are", async () => {
  for (const [setting, value] of [
    ["onFailure", "hope"],
    ["replan", {}],
    ["limits.approvalMs", "soon"],
    ["colour", true],
  ])
    expect(valueInstead(setting as string, value)).toBeUndefined();
  const config = { store: "memory", onFailure: "hope" } as never;
  await expect(createLoom(config)).rejects.toMatchObject({
    next: "Write one of fail, skip, patch, replan, compensate.",
  });
});

test("a field of a model is named with ours", async () => {
  const config = { store: "memory", models: { planner: { model: "m", max_tokens: 2048 } } } as never;
  await expect(createLoom(config)).rejects.toMatchObject({
    params: { setting: "models.planner.max_tokens" },
    next: "Write maxOutputTokens: 2048.",
  });
});

test("the command line: a flag of another program is named with ours, or with the setting", async () => {
  const here = workspace();
  const next = async (...args: readonly string[]) => (await here.run(args)).stderr.split("\n")[1];
  const help = "`planloom run --help` lists its arguments and flags.";
  expect(await next("run", "Compute", "--require-approval")).toBe(`  next: Write --approval always. ${help}`);
  expect(await next("run", "Compute", "--max-iterations", "8")).toBe(
    `  next: There is a setting in the configuration: limits: { turns: N }. ${help}`,
  );
  expect(await next("approve", "last", "--feedback", "Looks good")).toMatch(/^ {2}next: Write -m TEXT\. /);
  expect([flagInstead("max-replan-attempts"), flagInstead("colour")]).toEqual(["--max-replans N", undefined]);
});
