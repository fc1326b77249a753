// The settings of document 003, and its decorator in one line. Rows H1 ("A person can see and approve the plan before
// anything runs; … approve, or reject with feedback which leads to a new plan"), F2 ("replans left (default 2)?"), P2
// ("Planner, executor and synthesizer may each be a different model") and S2 of the mission.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";
import { z } from "zod";
import { expect, onTestFinished, test } from "vitest";
import { agent, createLoom, memoryStore, PlanloomError, tool } from "../../src/index.js";
import type { AgentConfig } from "../../src/loom/agent.js";
import { linesOf } from "../../src/cli/render/lines.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import { EVENT_VERSION } from "../../src/run/event.js";
import { emptyRun } from "../../src/run/state.js";
import { settingInstead } from "../../src/plan/foreign-settings.js";
import { scriptedModel, startFakeOpenAI } from "../../src/testing/index.js";
import { modelServer, roleOf, workspace, SUMS } from "../cli/planloom.js";

const refund = (charged: string[]) =>
  tool({
    name: "refund",
    description: "Refunds an order.",
    input: z.object({ order: z.string() }),
    effects: "once",
    run: ({ order }) => {
      charged.push(order);
      return `refunded ${order}`;
    },
  });

const REFUND_PLAN = {
  json: {
    steps: [{ step: 1, description: "Refund the order", tool: "refund", params: { order: "12345" }, depends_on: [] }],
  },
};

/** Document 003: `@agent(pattern="plan_execute", planner_model=…, executor_model=…, tools=[…], require_approval=True)`. */
function billing(replies: Parameters<typeof scriptedModel>[0], config: AgentConfig = {}) {
  const charged: string[] = [];
  const planner = scriptedModel(replies, { name: "strong" });
  const others = { executor: scriptedModel(["?"], { name: "light" }), synthesizer: scriptedModel(["Done."]) };
  const made = agent({ planner, ...others, tools: [refund(charged)], approval: true, store: "memory", ...config });
  onTestFinished(() => made.close());
  return { billing: made, charged, planner };
}

test("one line of setup: the run waits for approval of its plan, and goes on after it", async () => {
  const { billing: agent003, charged } = billing([REFUND_PLAN]);
  const waiting = await agent003.run("Process refund for order #12345");
  expect(waiting).toMatchObject({ status: "awaiting-approval", waiting: { approvals: [{ subject: "plan" }] } });
  expect(charged).toEqual([]);
  const result = await agent003.approve(waiting, { comment: "Looks good" });
  expect(result).toMatchObject({
    status: "completed",
    success: true,
    answer: "Done.",
    plan: { steps: [{ tool: "refund" }] },
    steps: [{ status: "completed", output: "refunded 12345" }],
    stepsTotal: 1,
    stepsCompleted: 1,
    replanCount: 0,
  });
  expect(charged).toEqual(["12345"]);
});

test("one line of setup: feedback leads to another plan, and what waits is approved by its id, too", async () => {
  const { billing: agent003, planner } = billing([REFUND_PLAN, REFUND_PLAN]);
  const first = await agent003.run("Process refund for order #12345");
  const second = await agent003.reject(first.runId, "Only after the return has arrived");
  expect(second).toMatchObject({ status: "awaiting-approval", plans: [{}, {}] });
  expect(JSON.stringify(planner.requests[1])).toContain("Only after the return has arrived");
  expect(await agent003.approve(second.runId)).toMatchObject({ success: true });
  await expect(agent003.approve(second.runId)).rejects.toMatchObject({ code: "COMMAND_REFUSED", kind: "refused" });
  const run = await agent003.get(second);
  expect(await run.document()).toMatchObject({ success: true });
});

test("one line of setup: two agents over one store; the second one approves", async () => {
  const store = memoryStore();
  const { billing: first } = billing([REFUND_PLAN], { store });
  const { billing: second, charged } = billing([], { store });
  const waiting = await first.run("Process refund for order #12345");
  await first.close();
  expect(await second.approve(waiting)).toMatchObject({ success: true });
  expect(charged).toEqual(["12345"]);
});

test("one line of setup: it opens nothing before its first use", async () => {
  const idle = agent({ store: "/no/such/folder/at all/x.db", tools: [] });
  await idle.close();
  await expect(idle.run("Anything")).rejects.toBeInstanceOf(PlanloomError);
});

test("one line of setup: after a failed opening, the next call tries again", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-agent-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // The store's folder is a file at first.
  const at = path.join(folder, "store");
  writeFileSync(at, "");
  const late = agent({ model: scriptedModel([]), store: path.join(at, "x.db") });
  await expect(late.loom()).rejects.toBeInstanceOf(PlanloomError);
  rmSync(at);
  await expect(late.loom()).resolves.toBeDefined();
  await late.close();
});

test("one line of setup: nothing waits, so nothing can be rejected", async () => {
  const { billing: agent003 } = billing([REFUND_PLAN], { approval: false });
  const done = await agent003.run("Process refund for order #12345");
  await expect(agent003.reject(done, "No")).rejects.toMatchObject({ code: "COMMAND_REFUSED", kind: "refused" });
});

test.each([
  ["require_approval", true, 'approval: "always"'],
  ["require_approval", false, 'approval: "never"'],
  ["enable_replanning", true, 'replan: "on-failure"'],
  ["enable_replanning", false, 'replan: "never"'],
  ["planner_model", "claude-opus-4-6", 'models: { planner: "claude-opus-4-6" }'],
  ["executor_model", "claude-haiku-3-7", 'models: { executor: "claude-haiku-3-7" }'],
  ["max_replan_attempts", 2, "limits: { replans: 2 }"],
  ["max_iterations", 8, "limits: { turns: 8 }"],
  ["max_workers", 4, "concurrency: 4"],
  ["timeout", "24h", "limits: { approvalMs: 86400000 }"],
  ["max_retries", 3, "retry: { attempts: 4 } in each step of a plan"],
  [
    "base_url",
    "http://localhost:8000/v1",
    'models: { default: { model: "NAME", baseURL: "http://localhost:8000/v1" } }',
  ],
  ["api_key", "not-needed", 'models: { default: { model: "NAME", apiKey: process.env.NAME } }'],
])("a setting of another program is named with ours: %s: %j is %s", async (name, value, write) => {
  expect(settingInstead(name, value)).toBe(write);
  const refused = createLoom({ store: "memory", [name]: value });
  await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", next: `Write ${write}.` });
});

test("the command line: settings of document 003 in a configuration or a plan are named with ours", async () => {
  const here = workspace();
  here.write("planloom.config.json", { max_replan_attempts: 2 });
  const found = await here.run(["tools"]);
  expect(found.code).toBe(4);
  expect(found.stderr).toContain("Write limits: { replans: 2 }.");
  here.remove("planloom.config.json");
  const [step] = SUMS.steps;
  here.write("plan.json", {
    goal: "Add",
    pattern: "plan_execute",
    require_approval: true,
    timeout: "24h",
    steps: [{ ...step, max_retries: 3, critical: false }],
  });
  const checked = await here.run(["check", "plan.json"]);
  expect(checked.code).toBe(3);
  for (const text of [
    'In the configuration it is approval: "always".',
    "In the configuration it is limits: { approvalMs: 86400000 }.",
    "Leave it out: it has no meaning here.",
    "Write retry: { attempts: 4 }.",
    "Write optional: true.",
  ])
    expect(checked.stdout + checked.stderr).toContain(text);
});

test("the command line: --approval-timeout and --max-replans set the limits of a run", async () => {
  const here = workspace();
  here.write("sums.json", { ...SUMS, goal: "Add" });
  const args = [
    "run",
    "sums.json",
    "--approval",
    "always",
    "--approval-timeout",
    "12h",
    "--max-replans",
    "5",
    "--json",
  ];
  const before = Date.now();
  const waiting = await here.json(args);
  expect(waiting.exit).toBe(5);
  const until = Date.parse(waiting.waiting!.approvals[0]!.expiresAt);
  expect(until - before).toBeGreaterThan(11.9 * 3_600_000);
  expect(until - before).toBeLessThan(12.1 * 3_600_000);
  const [first] = (await here.run(["events", "last"])).stdout.split("\n");
  expect(JSON.parse(first!)).toMatchObject({ data: { settings: { replans: 5, approvalMs: 43_200_000 } } });
  const wrong = await here.run(["run", "sums.json", "--approval-timeout", "soon"]);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("--approval-timeout is soon");
});

test("a finished agent step prints the first 100 characters of its result, and a filled-in call counts its tokens", async () => {
  const long = "The market grows. ".repeat(20);
  const { env } = await modelServer((body) => {
    const text = body.messages.map(({ content }) => String(content)).join("\n");
    if (roleOf(body) === "synthesizer") return { text: "Done." };
    return text.includes("Missing arguments") ? { json: { expression: "7 * 2" } } : { text: long };
  });
  const here = workspace(env);
  here.write("plan.json", [
    { step: 1, description: "Describe the market in words", depends_on: [] },
    { step: 2, description: "Double the number of buyers", tool: "calculate", depends_on: [1] },
  ]);
  const ended = await here.run(["run", "plan.json"]);
  expect(ended.code).toBe(0);
  const [line = ""] = /done +s1 .*/.exec(ended.stderr) ?? [];
  expect(line).toContain(": The market grows. The market");
  expect(line.split(": ")[1]!.length).toBeLessThanOrEqual(100);
  // Row D1: "step started / completed (with executor tokens)".
  const document = await here.json<{ readonly trace: readonly { readonly step: string; readonly usage?: object }[] }>([
    "show",
    "last",
    "--trace",
    "--json",
  ]);
  expect(document.trace.find(({ step }) => step === "s2")?.usage).toMatchObject({ calls: 1 });
  const { steps } = await here.json(["show", "last", "--json"]);
  expect(steps[1]).toMatchObject({ id: "s2", usage: { calls: 1 } });
});

test("an early step that fails says that it runs again when the plan is complete, and of no retry", () => {
  const reason = { code: "AFTER_PLAN", why: { code: "NOT_RETRYABLE" } } as const;
  const error = { code: "GONE", text: "no such page", retryable: false };
  const failed = { step: "a", attempt: 1, error, decision: "retry", reason, usage: NO_USAGE } as const;
  const envelope = { runId: "r", seq: 1, at: 0, v: EVENT_VERSION, inputId: "i", by: "engine", prev: "" };
  const [line] = linesOf({ type: "step.failed", data: failed, ...envelope }, emptyRun("r"));
  expect(line?.text).toMatch(/failed +a: GONE no such page \(.*; it runs again when the plan is complete\)$/);
  expect(line?.text).not.toContain("->");
});

const root = path.join(import.meta.dirname, "..", "..", "..", "..");

test("the programs of docs/agent.md run as they stand", async () => {
  const page = readFileSync(path.join(root, "docs", "agent.md"), "utf8");
  const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text!);
  expect(programs.length).toBeGreaterThanOrEqual(2);
  const server = await startFakeOpenAI({
    reply: (body) => {
      const text = body.messages.map(({ content }) => String(content)).join("\n");
      if (text.includes("You are the synthesizer")) return { text: "Here is the answer." };
      if (!text.includes("planner")) return { text: "a result" };
      const call = text.includes("refund")
        ? { step: 1, description: "Refund the order", tool: "refund", params: { order: "12345" }, depends_on: [] }
        : {
            step: 1,
            description: "Search for the companies",
            tool: "search_web",
            params: { query: "AI" },
            depends_on: [],
          };
      return { json: { steps: [call] } };
    },
  });
  onTestFinished(() => server.close());
  for (const [index, program] of programs.entries()) {
    const file = path.join(root, "node_modules", `.agent-${process.pid}-${index}.mjs`);
    writeFileSync(file, program);
    onTestFinished(() => void (existsSync(file) && rmSync(file)));
    const env = { ...process.env, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "any", PLANLOOM_STORE: "memory" };
    const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(out).toContain("Here is the answer.");
  }
});
