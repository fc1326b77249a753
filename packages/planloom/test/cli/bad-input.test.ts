// Bad input from the command line: each gives a message with a code and the next thing to do, its exit code, no stack
// trace, nothing on stdout, and no run.
import { describe, expect, test } from "vitest";
import type { WordedFinding } from "../../src/words/findings.js";
import { modelServer, workspace, roleOf, SUMS, type Ended } from "./planloom.js";

function expectProblem(ended: Ended, exit: number, code: string): void {
  expect(ended.stderr).toContain(code);
  expect(ended.stderr).toMatch(/next: \S/);
  expect(ended.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: exit, stdout: "" });
}

const step = (id: string, fields: object) => ({
  id,
  title: `Step ${id}`,
  tool: "calculate",
  with: { expression: "1" },
  ...fields,
});
const uses = (reference: string) => ({ with: { expression: "a", variables: { a: `\${{ ${reference} }}` } } });
const bomb = [
  "a: &a [x, x, x, x, x, x, x, x, x]",
  ..."bcdefghi"
    .split("")
    .map(
      (name, at) =>
        `${name}: &${name} [${"*abcdefgh"[0]}${"abcdefgh"[at]}, *${"abcdefgh"[at]}, *${"abcdefgh"[at]}, *${"abcdefgh"[at]}, *${"abcdefgh"[at]}, *${"abcdefgh"[at]}, *${"abcdefgh"[at]}]`,
    ),
].join("\n");

const PLANS: readonly (readonly [what: string, code: string, plan: unknown])[] = [
  ["an unknown tool", "UNKNOWN_TOOL", { steps: [step("a", { tool: "calculat" })] }],
  ["a missing argument", "MISSING_ARGUMENT", { steps: [step("a", { with: { variables: {} } })] }],
  ["a mistyped argument", "ARGUMENT_TYPE", { steps: [step("a", { with: { expression: [7] } })] }],
  ["an unknown reference", "UNKNOWN_REFERENCE", { steps: [step("a", uses("nobody"))] }],
  [
    "a type that does not fit",
    "ARGUMENT_TYPE",
    { steps: [step("t", { ask: "?", tool: undefined, with: undefined, output: "string" }), step("a", uses("t"))] },
  ],
  ["a cycle", "CYCLE", { steps: [step("a", uses("b")), step("b", uses("a"))] }],
  ["a step that needs itself", "SELF_REFERENCE", { steps: [step("a", uses("a"))] }],
  ["a duplicate id", "DUPLICATE_ID", { steps: [step("a", {}), step("a", {})] }],
  ["an empty plan", "EMPTY_PLAN", { steps: [] }],
  ["10 MB of junk", "TOO_LARGE", "x".repeat(10 * 1024 * 1024)],
  [
    "deep nesting",
    "TOO_DEEP",
    `{"steps":[{"id":"a","title":"A","tool":"calculate","with":{"expression":${"[".repeat(500)}${"]".repeat(500)}}}]}`,
  ],
  [
    "__proto__ keys",
    "FORBIDDEN_KEY",
    '{"steps":[{"id":"a","title":"A","tool":"calculate","with":{"expression":"1","__proto__":{"x":1}}}]}',
  ],
  ["anchors that explode", "TOO_MANY_ALIASES", `${bomb}\nsteps: *i\n`],
  ["no plan at all", "NO_PLAN", "Dear all, the meeting is on Monday."],
];

test("`planloom eval` says where the command is now", async () => {
  const ended = await workspace().run(["eval", "replies.jsonl"]);
  expectProblem(ended, 2, "USAGE");
  expect(ended.stderr).toContain("npx planloom-eval DATASET");
});

describe("a plan file with", () => {
  test.each(PLANS)("%s", async (_what, code, plan) => {
    const here = workspace();
    here.write("plan.yaml", plan);
    const ended = await here.run(["run", "plan.yaml"]);
    expectProblem(ended, 3, "PLAN_INVALID");
    expect(ended.stderr).toContain(` error ${code}`);
    expect(ended.stderr).toMatch(/^ {2}(│ {3})?fix: \S/m);
  });
});

test("a plan that cannot run leaves no run behind", async () => {
  const here = workspace();
  here.write("plan.json", { steps: [step("a", { tool: "nobody" })] });
  await here.run(["run", "plan.json"]);
  expect(await here.run(["runs"])).toMatchObject({ code: 0, stdout: "" });
});

test("check --json prints every finding with where it is and what to write instead, and the quality of the plan", async () => {
  const here = workspace();
  here.write("plan.json", { steps: [step("a", uses("a")), step("b", { tool: "nobody" }), step("b", {})] });
  const verdict = await here.json<{ ok: boolean; findings: WordedFinding[] }>(["check", "plan.json", "--json"]);
  const quality = { stepsClear: false, orderDefined: false, handoffDefined: false };
  expect(verdict).toMatchObject({ exit: 3, ok: false, quality });
  const codes = verdict.findings.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(["SELF_REFERENCE", "UNKNOWN_TOOL", "DUPLICATE_ID"]));
  for (const { where, message, fix } of verdict.findings) {
    expect(where.line).toBe(1);
    expect(message).not.toBe("");
    expect(fix).not.toBe("");
  }
});

test("findings stand at their line and column", async () => {
  const here = workspace();
  here.write("plan.yaml", "steps:\n  - id: a\n    title: Add\n    tool: calculat\n    with: { expression: '1' }\n");
  const { stdout, stderr, code } = await here.run(["check", "plan.yaml"]);
  expect(code).toBe(3);
  expect(stdout).toContain("plan.yaml:4:11 error UNKNOWN_TOOL");
  expect(stderr).toContain("steps clear no, order defined yes, hand-off defined yes");
  expect(stderr).toMatch(/next fix {2}First make the step descriptions clear\. .*Did you mean calculate/);
});

test("files, flags and words that are wrong are the caller's to mend: exit 2", async () => {
  const here = workspace();
  here.write("plan.json", SUMS);
  here.write("large.yaml", "- 1\n".repeat(100_000));
  here.write("deep.yaml", "[".repeat(100_000));
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["FILE_NOT_FOUND", ["run", "missing.yaml"]],
    ["FILE_NOT_FOUND", ["check", "missing.json"]],
    ["GOAL_EMPTY", ["run", "  "]],
    ["INPUT_INVALID", ["run", "plan.json", "--input", "novalue"]],
    ["INPUT_INVALID", ["run", "plan.json", "--input", "__proto__=1"]],
    ["INPUT_INVALID", ["run", "plan.json", "--input", "a=@large.yaml"]],
    ["INPUT_INVALID", ["run", "plan.json", "--input", "a=@deep.yaml"]],
    ["FILE_NOT_FOUND", ["run", "plan.json", "--input", "a=@missing.txt"]],
    ["USAGE", ["run", "plan.json", "--approval", "maybe"]],
    ["USAGE", ["run", "plan.json", "--concurrency", "0"]],
    ["USAGE", ["run", "plan.json", "--no-such-flag"]],
    ["USAGE", ["frobnicate"]],
    ["USAGE", ["run"]],
    ["USAGE", ["runs", "--limit", "many"]],
    ["RUN_UNKNOWN", ["show", "run_nobody"]],
    ["RUN_UNKNOWN", ["resume", "last"]],
    ["CONFIG_NOT_FOUND", ["tools", "--config", "missing.ts"]],
  ];
  const ends = await Promise.all(cases.map(([, args]) => here.run(args)));
  cases.forEach(([code], at) => expectProblem(ends[at] as Ended, 2, code));
  const both = await here.run(["run", "plan.json", "--json", "--jsonl"]);
  expect(JSON.parse(both.stdout)).toMatchObject({ error: { code: "USAGE" } });
  expectProblem({ ...both, stdout: "" }, 2, "USAGE");
});

test("advice fits what was given: inputs to give, a plan from standard input, a planner at fault, a store elsewhere", async () => {
  const { env } = await modelServer(() => ({ json: { steps: [step("a", { tool: "nobody" })] } }));
  const here = workspace(env);
  here.write("inputs.json", { ...SUMS, inputs: { who: { type: "string" } } });
  here.write("planloom.config.json", { limits: { repairRounds: 0 } });
  const nextOf = async (args: readonly string[], stdin = "") =>
    /next: (.+)/.exec((await here.run(args, { stdin })).stderr)?.[1];
  expect(await nextOf(["run", "inputs.json"])).toBe(
    "Give each input of the plan: `planloom run inputs.json --input name=value`.",
  );
  expect(await nextOf(["run", "-"], '{"steps":[]}')).toBe("Correct the plan, and give it again.");
  expect(await nextOf(["plan", "a goal"])).toMatch(/^Use a stronger planner model/);
  expect(await nextOf(["run", "a goal"])).toMatch(/`planloom events run_\w+`/);
  expect((await here.run(["show", "last", "--store", "elsewhere.db"])).stderr).toContain("elsewhere.db");
  expect((await here.run(["runs", "--store", "elsewhere.db"])).stderr).toContain("elsewhere.db");
});

test("advice names the program as it was called, and what its command takes", async () => {
  const here = workspace({ npm_command: "exec" });
  const nextOf = async (...args: readonly string[]) => /next: (.+)/.exec((await here.run(args)).stderr)?.[1];
  expect(await nextOf("run", "plan.json", "--no-such-flag")).toBe(
    "`npx planloom run --help` lists its arguments and flags.",
  );
  expect(await nextOf("models", "test", "--no-such-flag")).toBe(
    "`npx planloom models test --help` lists its arguments and flags.",
  );
  expect(await nextOf("--no-such-flag")).toBe("`npx planloom --help` lists the commands.");
  expect(await nextOf("frobnicate")).toMatch(/^`npx planloom --help` lists the commands\. .*`npx planloom run/);
  for (const name of ["check", "estimate", "graph"]) expect(await nextOf(name, "missing.yaml")).toBe("Check the path.");
  expect(await nextOf("run", "missing.yaml")).toBe("Check the path. If it is a goal, write it without the ending.");
});

test("tools tells a person which setting adds search", async () => {
  const here = workspace();
  expect((await here.run(["tools"])).stderr).toMatch(
    /The planner is told: There is no search.*\nThere is no search tool\. --search FOLDER adds one, or the setting builtins\.search/,
  );
  here.write("planloom.config.json", { builtins: { search: { folder: "." } } });
  expect((await here.run(["tools"])).stderr).not.toContain("builtins.search");
});

test("a goal without a planner model", async () => {
  expectProblem(await workspace().run(["run", "a goal"]), 4, "NO_PLANNER");
});

test("a model without an address", async () => {
  expectProblem(await workspace().run(["run", "a goal", "--model", "m"]), 4, "MODEL_NO_ENDPOINT");
});

test("check, graph, tools and estimate need no key and no address: they call no model", async () => {
  const here = workspace();
  const models = { planner: "gpt-4o", default: "gpt-4o-mini" };
  here.write("planloom.config.ts", `export default { models: ${JSON.stringify(models)} };`);
  here.write("plan.json", SUMS);
  const commands = [["check", "plan.json"], ["graph", "plan.json"], ["estimate", "plan.json"], ["tools"]];
  for (const words of commands) expect(await here.run(words)).toMatchObject({ code: 0 });
  expect((await here.run(["tools"])).stdout).toContain("summarize");
  const run = await here.run(["run", "plan.json"]);
  expectProblem(run, 4, "MODEL_NO_ENDPOINT");
  expect(run.stderr).toContain("set OPENAI_API_KEY");
});

test("the help of each command says what it does", async () => {
  const here = workspace();
  for (const name of ["check", "approve", "respond", "trust", "runs"]) {
    expect((await here.run([name, "--help"])).stdout).toMatch(/^Usage: .+\n\n[A-Z][^]+?\.\n/);
  }
});

test("a port that the platform does not connect to", async () => {
  const here = workspace({ PLANLOOM_MODEL: "m", PLANLOOM_BASE_URL: "http://127.0.0.1:1/v1" });
  expectProblem(await here.run(["plan", "a goal"]), 4, "PROVIDER_UNREACHABLE");
});

test("a key that the server does not take", async () => {
  const { env } = await modelServer(() => ({ text: "" }), { apiKey: "right" });
  const here = workspace({ ...env, PLANLOOM_API_KEY: "wrong-key" });
  const ended = await here.run(["run", "a goal"]);
  expectProblem(ended, 4, "PROVIDER_UNAUTHORIZED");
  expect(ended.stderr).not.toContain("wrong-key");
});

test("a planner that mends nothing: what each round was refused for, while planning alone, too", async () => {
  const unsound = { steps: [step("a", { tool: "nobody" })] };
  const replies = [{ steps: [step("a", { tool: "nobody" }), step("b", { tool: "missing" })] }, unsound];
  const { env, server } = await modelServer((_, index) => ({ json: replies[Math.min(index, 1)]! }));
  const ended = await workspace(env).run(["plan", "a goal", "--granularity", "fine"]);
  expectProblem(ended, 3, "PLAN_INVALID");
  expect(ended.stderr.match(/the draft of round \d cannot be used:/g)).toEqual(
    [1, 2, 3, 4].map((round) => `the draft of round ${round} cannot be used:`),
  );
  expect(ended.stderr.match(/^ {4}error UNKNOWN_TOOL /gm)).toHaveLength(5);
  expect(server.requests).toHaveLength(4);
  expect(server.requests[0]?.body.messages[0]?.content).toContain("Use 8 to 20 steps");
  const run = await workspace(env).run(["run", "a goal"]);
  expectProblem(run, 3, "PLAN_INVALID");
  expect(run.stderr).toContain("repair stopped early, because nothing improved");
});

test("words that are none of a flag's", async () => {
  expectProblem(await workspace().run(["plan", "a goal", "--granularity", "tiny"]), 2, "USAGE");
});

test("a planner that answers prose, in every round", async () => {
  const { env, server } = await modelServer(() => ({ text: "I would start by thinking about it." }));
  const here = workspace(env);
  here.write("planloom.config.json", { limits: { repairRounds: 1 } });
  expectProblem(await here.run(["run", "a goal"]), 3, "PLAN_INVALID");
  expect(server.requests).toHaveLength(2);
});

test("an agent whose result has the wrong shape is corrected once, then stopped before it misleads", async () => {
  const plan = {
    steps: [
      { id: "names", title: "Name them", agent: "Name three.", output: "string[]", onFailure: "fail" },
      { ...step("a", { with: { expression: "n", variables: { n: "${{ size(names) }}" } } }) },
    ],
    answer: { value: "${{ a }}" },
  };
  const { env, server } = await modelServer(() => ({ text: "I like lists." }));
  const here = workspace(env);
  here.write("plan.json", plan);
  expectProblem(await here.run(["run", "plan.json"]), 1, "OUTPUT_MISMATCH");
  expect(server.requests.map(({ body }) => roleOf(body))).toEqual(["executor", "executor"]);
  const run = await here.json(["show", "last", "--json"]);
  expect(run.steps.map(({ id, status }) => [id, status])).toEqual([
    ["names", "failed"],
    ["a", "pending"],
  ]);
  expect(run.report?.notDone).toHaveLength(2);
});
