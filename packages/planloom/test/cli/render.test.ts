// A run on a terminal: the table and the trace, from the same log.
import { expect, test } from "vitest";
import { Follower } from "../../src/cli/follow.js";
import type { Display } from "../../src/cli/display.js";
import { figureLines } from "../../src/cli/render/end.js";
import { linesOf, type Line } from "../../src/cli/render/lines.js";
import { traceOf } from "../../src/loom/trace.js";
import { showLines } from "../../src/cli/command/read.js";
import { planLines } from "../../src/cli/render/plan.js";
import { traceLines } from "../../src/cli/render/trace.js";
import { evolve } from "../../src/run/evolve/evolve.js";
import { planOf } from "../../src/run/lookup.js";
import { tableLines } from "../../src/cli/render/table.js";
import { oneLine, manyLines } from "../../src/cli/style.js";
import { durationText } from "../../src/words/phrases.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { fact, type Fact, type RunEvent } from "../../src/run/event.js";
import { emptyRun } from "../../src/run/state.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { tool } from "../../src/tools/tool.js";

const double = tool({
  name: "double",
  description: "Doubles a number.",
  input: { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false },
  output: { type: "number" },
  effects: "none",
  run: ({ n }) => (n as number) * 2,
});

const PLAN = {
  steps: [
    {
      id: "each",
      title: "Double \u001b[2Jthem",
      tool: "double",
      forEach: "${{ inputs.list }}",
      with: { n: "${{ item }}" },
    },
    { id: "last", title: "Ask", ask: "Good?", output: "boolean", with: { each: "${{ each }}" } },
  ],
  inputs: { list: { type: "number[]" } },
  answer: { value: "${{ each }}" },
};

async function events(): Promise<readonly RunEvent[]> {
  const loom = await createLoom({ store: memoryStore(), tools: [double] });
  const run = await loom.start("Double", { plan: PLAN, inputs: { list: [1, 2, 3] } });
  await run.result();
  const log = await loom.store.read(run.id);
  await loom.close();
  return log;
}

function recorder(): { readonly display: Display; readonly said: string[] } {
  const said: string[] = [];
  const show = (lines: readonly Line[]): void => void said.push(...lines.map(({ text }) => text));
  return {
    said,
    display: { show, follow: () => undefined, answer: () => undefined, settle: () => undefined, rest: () => undefined },
  };
}

test("the table shows status and items, and fits a small terminal", async () => {
  const follower = new Follower(recorder().display);
  for (const event of await events()) follower.event(event);
  const run = follower.run!;
  const size = { columns: 70, rows: 24 };
  const lines = tableLines(run, new Map([["each", "half"]]), run.log.updatedAt, size);
  expect(lines[0]).toMatch(/^ {2}✓ each +completed .*Double \\u001b\[2Jthem · 3\/3 items$/);
  expect(lines[1]).toMatch(/^ {2}\? last +suspended/);
  expect(lines.at(-1)).toContain("1 of 2 completed");
  for (const line of tableLines(run, new Map(), run.log.updatedAt, { columns: 40, rows: 8 })) {
    expect(line.length).toBeLessThanOrEqual(44);
  }
});

test("a follower that begins in the middle says only what is new, without a gap", async () => {
  const log = await events();
  const { display, said } = recorder();
  const follower = new Follower(display).hold();
  for (const event of log.slice(-2)) follower.event(event);
  follower.seed(log);
  expect(follower.run?.log.seq).toBe(log.length);
  expect(said.join("\n")).toContain("last: Good?");
  expect(said.join("\n")).not.toContain("PLANNING");
});

test("a retried run prints its headings again, and its table counts from there", async () => {
  const broken = new Set(["last"]);
  const steps = ["first", "last"].map((id) => ({
    id,
    tool: "work",
    dependsOn: id === "last" ? ["first"] : [],
    retry: { attempts: 1 },
  }));
  const work = tool({
    name: "work",
    description: "Works, or not.",
    input: { type: "object" },
    effects: "none",
    run: (_args, { stepId }) => {
      if (broken.has(stepId)) throw new Error("not today");
      return stepId;
    },
  });
  const loom = await createLoom({ store: memoryStore(), tools: [work] });
  const run = await loom.start("Work", { plan: { steps } });
  await run.result();
  broken.clear();
  await run.retry({ by: "ann" });
  await run.result();
  const { display, said } = recorder();
  const follower = new Follower(display);
  for (const event of await loom.store.read(run.id)) follower.event(event);
  await loom.close();
  const order = said.flatMap(
    (text) => /EXECUTING|retried +by ann|start +\w+/.exec(text)?.[0].replace(/ +/g, " ") ?? [],
  );
  expect(order).toEqual(["EXECUTING", "start first", "start last", "retried by ann", "EXECUTING", "start last"]);
  const {
    log: { retriedAt = 0 },
  } = follower.run!;
  const table = tableLines(follower.run!, new Map(), retriedAt + 4_200, { columns: 70, rows: 24 });
  expect(table.at(-1)).toContain("2 of 2 completed · 4.2 s");
});

const usage = { calls: 1, inputTokens: 1, outputTokens: 1 };
const error = { code: "BUSY", text: "later", retryable: true };

test.each<readonly [Fact, RegExp]>([
  [fact("run.paused", { comment: "lunch" }), /^ {2}paused +by ann: lunch; nothing new starts$/],
  [fact("run.unpaused", { comment: "back" }), /^ {2}goes on +by ann: back$/],
  [fact("goal.changed", { goal: "Sing", comment: "fun" }), /^ {2}goal +changed by ann: Sing \(fun\)$/],
  [
    fact("replan.requested", {
      mode: "patch",
      cause: "failure",
      failed: [{ step: "a" }],
      reason: { code: "NOT_RETRYABLE" },
      estimate: { tokens: 4_000, costUsd: 0.0125 },
    }),
    /^ {2}replan +a patch: trying again would not help \(about 4,000 tokens, 0\.0125 USD\)$/,
  ],
  [
    fact("plan.reviewed", { verdict: "go on", decision: "go on", text: "it fits", usage }),
    /^ {2}reviewed go on: it fits$/,
  ],
  [
    fact("review.failed", {
      attempt: 1,
      error,
      decision: "retry",
      reason: { code: "ATTEMPTS_LEFT", attempt: 1, of: 4 },
      retryAt: 3_000,
      usage,
    }),
    /^ {2}failed +review: BUSY: later \(attempt 1 of 4 failed; again in 1\.0 s\)$/,
  ],
  [
    fact("budget.exhausted", { limit: "tokens", allowed: 5_000, wanted: 5_400 }),
    /^ {2}budget +tokens is used up: 5,400 wanted, 5,000 allowed; nothing new starts$/,
  ],
  [
    fact("approval.granted", { subject: { step: "a", item: 2 }, hash: "h", comment: "fine" }),
    /^ {2}approved step a\[2\], by ann: fine$/,
  ],
  [fact("approval.granted", { subject: "plan", hash: "h", calls: ["a"] }), /approved the plan, by ann, its calls too$/],
  [fact("approval.denied", { subject: "plan", hash: "h", cause: "rejected", comment: "no" }), /rejected .*ann: no$/],
  [fact("approval.denied", { subject: "plan", hash: "h", cause: "expired" }), /expired +the plan: nobody approved it/],
  [
    fact("approval.denied", { subject: { step: "a" }, hash: "h", cause: "superseded" }),
    /withdrawn step a, by ann: something else takes its place$/,
  ],
  [fact("cancel.requested", { comment: "enough" }), /^ {2}cancel +by ann: enough$/],
])("an event that changes what the run does next is printed, and is no routine: $type", (fact, expected) => {
  const envelope = { runId: "r", seq: 1, at: 2_000, v: 1, inputId: "i", by: "ann", prev: "" };
  const lines = linesOf({ ...envelope, ...fact }, emptyRun("r"));
  expect(lines).toMatchObject([{ routine: false }]);
  expect(lines[0]?.text).toMatch(expected);
});

test("a call that waits for its part of the budget is routine, and reserving it is not said at all", () => {
  const run = emptyRun("r");
  run.owed.set("call/a/1", { kind: "fill", key: "call/a/1", step: "a", item: 3, attempt: 1, given: {} });
  const envelope = { runId: "r", seq: 1, at: 2_000, v: 1, inputId: "i", by: "engine", prev: "" };
  const call = { key: "call/a/1", spent: usage, model: "m", inputTokens: 10, outputTokens: 10 };
  const said = [fact("budget.awaited", call), fact("budget.reserved", { ...call, costUsd: null })].flatMap((fact) =>
    linesOf({ ...envelope, ...fact }, run),
  );
  expect(said).toMatchObject([{ routine: true, text: /budget +step a\[3\] waits for what other calls give back/ }]);
});

test("a draft that cannot be used is said with the place of each finding", () => {
  const envelope = { runId: "r", seq: 1, at: 2_000, v: 1, inputId: "i", by: "engine", prev: "" };
  const finding = { code: "CYCLE", severity: "error", text: { message: "a waits for itself", fix: "" } } as const;
  const findings = [
    { ...finding, where: { pointer: "/steps/0" } },
    { ...finding, where: { pointer: "/steps/0", line: 4, column: 2 } },
    { ...finding, where: { pointer: "" } },
  ];
  const lines = linesOf(
    { ...envelope, ...fact("plan.invalid", { round: 0, draft: "", findings, decision: "repair", usage }) },
    emptyRun("r"),
  );
  expect(lines.map(({ text }) => text.trim())).toEqual([
    "the draft of round 1 cannot be used:",
    "error CYCLE /steps/0: a waits for itself",
    "error CYCLE line 4: a waits for itself",
    "error CYCLE: a waits for itself",
  ]);
});

test("the table of a new revision marks what is kept, and says why nothing starts", async () => {
  const plan = (last: string) => ({
    goal: "Double",
    steps: [
      { id: "first", title: "Double one", tool: "double", with: { n: 1 } },
      { id: "asked", title: last, ask: "Good?", output: "boolean", dependsOn: ["first"] },
    ],
  });
  const planner = ({ goal }: { readonly goal: string }) => plan(goal);
  const loom = await createLoom({ store: memoryStore(), tools: [double], models: { planner } }, { env: {} });
  const run = await loom.start("One");
  await run.result();
  expect(await run.changeGoal("Two", { reason: "more" })).toEqual({ ok: true });
  await run.result();
  await run.pause("lunch", { by: "ann" });
  const { display, said } = recorder();
  const follower = new Follower(display);
  for (const event of await loom.store.read(run.id)) follower.event(event);
  await loom.close();
  const text = said.join("\n");
  expect(text).toMatch(/goal +changed by user: Two \(more\)\n=== REPLANNING ===\n +replan +a new plan: more/);
  expect(text).toContain("revision 2, for the new goal, 2 steps; keeps first");
  const table = tableLines(follower.run!, new Map(), follower.run!.log.updatedAt, { columns: 80, rows: 24 });
  expect(table[0]).toMatch(/✓ first +completed .*Double one · kept · 2$/);
  expect(table[1]).not.toContain("kept");
  expect(table.at(-1)).toContain("paused: running calls finish");
});

test("text from outside cannot steer a terminal", () => {
  expect(oneLine("a\u001b]0;title\u0007b\r\nc")).toBe("a\\u001b]0;title\\u0007b c");
  expect(oneLine("pay \u202eann\u2069")).toBe("pay \\u202eann\\u2069");
  expect(oneLine("x".repeat(300), 10)).toBe("xxxxxxxxx…");
  expect(manyLines("one\r\ntwo\u009b31m\tend")).toBe("one\ntwo\\u009b31m\tend");
});

test("lengths of time are written as people say them", () => {
  expect([12, 4_210, 65_000, 7_500_000].map(durationText)).toEqual(["12 ms", "4.2 s", "1 min 5 s", "2 h 5 min"]);
});

test("a tool that is asked for the outcome of its call: its answers, and no answer", async () => {
  let asked = 0;
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input: { type: "object", properties: {}, additionalProperties: false },
    effects: "once",
    run: () => Promise.reject(new Error("connection lost")),
    reconcile: () => (++asked === 1 ? "unknown" : { happened: true, output: "r-1" }),
  });
  const clock = fakeClock(1_000);
  const loom = await createLoom({ store: memoryStore(), tools: [pay] }, { env: {}, clock });
  const run = await loom.start("Pay", { plan: { steps: [{ id: "p", title: "Pay", tool: "pay" }] } });
  const ended = run.result();
  for (const ms of [0, 2_000, 1_000]) await clock.advance(ms);
  expect(await ended).toMatchObject({ status: "completed", answer: "r-1" });
  const log = await loom.store.read(run.id);
  await loom.close();

  const { said, display } = recorder();
  const follower = new Follower(display);
  for (const event of log) follower.event(event);
  const text = said.join("\n");
  expect(text).toMatch(/unknown +p: it is not known whether pay took effect \(connection lost\); it is asked/);
  expect(text).toMatch(/unknown +p: RECONCILE_UNKNOWN .*\(attempt 1 of 4 failed; asked again in 1.0 s\)/);
  expect(text).toMatch(/settled +p: happened, says its tool/);
  expect(traceOf(log, []).map(({ note }) => note)).toEqual(["its tool says: happened"]);
  expect(traceOf(log.slice(0, -5), [])[0]?.note).toMatch(/^its tool does not say what became of it: RECONCILE_UNKNOWN/);
});

test("the figures of a run say how many tokens the provider had kept", async () => {
  const usage = { calls: 1, inputTokens: 1_204, outputTokens: 7, cachedInputTokens: 1_000 };
  const model = scriptedModel([{ text: "It is done.", usage }]);
  const loom = await createLoom({ models: { default: { model } }, store: "memory", approval: "never" }, { env: {} });
  const plan = { steps: [{ id: "do", agent: "Do it." }], answer: { value: "${{ do }}" } };
  const run = await loom.start("Do it", { plan });
  const figures = figureLines(await run.result()).join("\n");
  await loom.close();
  expect(figures).toContain("executor 1 call, 1,204 in (1,000 cached), 7 out");
});

test("a last round that was not good enough is said at the end", async () => {
  const loom = await createLoom({ store: memoryStore(), tools: [double], approval: "never" }, { env: {} });
  const repeat = { until: "${{ output > 100 }}", most: 2, otherwise: "last" };
  const plan = { steps: [{ id: "grow", tool: "double", with: { n: 2 }, repeat }], answer: { value: "${{ grow }}" } };
  const run = await loom.start("Grow", { plan });
  const document = await run.result();
  await loom.close();
  expect(figureLines(document).join("\n")).toContain(
    "step grow gave its last output after 2 rounds, and until is not met",
  );
});

test("a critique that never agrees, and a judged output, are shown on every surface", async () => {
  const executor = scriptedModel([{ json: { verdict: "met", reason: "It is a number." } }]);
  const planner = scriptedModel([
    { json: { verdict: "wanting", points: ["Say what it means."], unsupported: ["It is big."] } },
    { json: { verdict: "wanting", points: ["Say what it means."], unsupported: ["It is big."] } },
  ]);
  const models = { planner, executor, synthesizer: scriptedModel(["4. It is big.", "Four. It is big."]) };
  const loom = await createLoom({ store: memoryStore(), tools: [double], models }, { env: {} });
  const steps = [{ id: "two", tool: "double", with: { n: 2 }, expect: "It is what was asked for." }];
  const plan = { steps, answer: { from: ["two"], critique: 1 } };
  const run = await loom.start("Double", { plan, settings: { answer: { critic: "planner" } } });
  const { critique, steps: done } = await run.result();
  expect(critique).toEqual({
    rounds: 1,
    agreed: false,
    text: "The critic did not agree after it was written again once.",
    points: ["Say what it means."],
    unsupported: [{ at: "", text: "It is big." }],
  });
  expect(done).toMatchObject([{ judged: { verdict: "met", text: "It is a number.", usage: { calls: 1 } } }]);
  const log = await loom.store.read(run.id);
  const state = emptyRun(run.id);
  const told = log.flatMap((event) => linesOf(event, evolve(state, event))).map(({ text }) => text);
  expect(told).toEqual(expect.arrayContaining([expect.stringMatching(/judged +two: met: It is a number\./)]));
  expect(told.filter((text) => text.includes("reviewed"))).toEqual([
    expect.stringMatching(/wanting, so it is written again: Say what it means\. \(1 claim without a source\)/),
    expect.stringMatching(/the answer: wanting: Say what it means\./),
  ]);
  const shown = showLines(state, []).join("\n");
  expect(shown).toMatch(
    /Four\. It is big\.\n\n.*critic.*did not agree.*\n.*- Say what it means\.\n.*no output supports: It is big\./,
  );
  expect(planLines(planOf(state).plan, [])).toEqual([expect.stringContaining("output judged by a model")]);
  expect(traceLines(await run.trace(), log).join("\n")).toContain("judged   met: It is a number.");
  const card = await run.evidence();
  expect(card.trace).toMatchObject([{ step: "two", judged: "met: It is a number." }]);
  expect(card.checks.flatMap(({ findings }) => findings)).toMatchObject([
    { code: "CLAIM_UNSUPPORTED", message: 'The critic says that no output supports "It is big.".' },
  ]);
  const prompts = (await run.prompts("#critic")).prompts.map(({ call, model }) => [call, model]);
  expect(prompts).toEqual([
    ["critique", "scripted"],
    ["critique", "scripted"],
  ]);
  expect((await run.prompts("#judge/call/two/1")).prompts).toMatchObject([{ call: "judge", answered: true }]);
  const { rows } = await run.view();
  expect(rows.at(-1)).toMatchObject({ key: "#answer", status: "done" });
  await loom.close();
});
