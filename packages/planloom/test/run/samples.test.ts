// The figures of finished work, read from events: what was spent on the way counts, time in which nobody was at work
// does not.
import { expect, test } from "vitest";
import { NO_USAGE, type Usage } from "../../src/plan/usage.js";
import { RunSamples } from "../../src/run/view/samples.js";
import type { EventData, EventType, RunEvent } from "../../src/run/event.js";

const STEPS = [
  { id: "find", kind: "tool", tool: "search" },
  { id: "tell", kind: "agent", tools: [] },
  { id: "look", kind: "agent", tools: ["search"], forEach: "${{ find }}", model: "own" },
  { id: "who", kind: "ask" },
  { id: "sub", kind: "plan", tools: "all" },
];
const spent = (calls: number): Usage => ({ calls, inputTokens: calls * 100, outputTokens: calls * 10 });

/** Only what is read of each event. */
type Loose = {
  [T in EventType]: readonly [at: number, type: T, data: { readonly [K in keyof EventData[T]]?: unknown }];
}[EventType];

function sampled(...events: readonly Loose[]): RunSamples {
  const samples = new RunSamples("r");
  const models = { planner: "big", executor: "small", synthesizer: "small" };
  const opening: Loose[] = [
    [0, "run.started", { models, settings: {} }],
    [5, "plan.proposed", { plan: { steps: STEPS }, usage: NO_USAGE }],
  ];
  for (const [at, type, data] of [...opening, ...events]) samples.add({ at, type, data } as unknown as RunEvent);
  return samples;
}

test("a call, an agent, the items of a fan-out: each by its tool or model", () => {
  const { work, lists } = sampled(
    [10, "step.started", { step: "find" }],
    [30, "step.completed", { step: "find", usage: NO_USAGE }],
    [30, "step.started", { step: "tell" }],
    [31, "step.expanded", { step: "look", list: ["a", "b"] }],
    [31, "step.started", { step: "look", item: 0 }],
    [32, "step.started", { step: "look", item: 1 }],
    [90, "step.completed", { step: "look", item: 1, usage: spent(4) }],
    [91, "step.completed", { step: "look", item: 0, usage: spent(2) }],
    [91, "step.completed", { step: "look", usage: NO_USAGE }],
    [95, "step.completed", { step: "tell", usage: spent(1) }],
  );
  const agent = { runId: "r", calls: 1, inputTokens: 100, outputTokens: 10, ms: 65 };
  expect(Object.fromEntries(work)).toEqual({
    "tool search": [{ runId: "r", calls: 0, inputTokens: 0, outputTokens: 0, ms: 20 }],
    "agent small": [agent],
    "agent with tools own": [
      { ...agent, calls: 4, inputTokens: 400, outputTokens: 40, ms: 58 },
      { ...agent, calls: 2, inputTokens: 200, outputTokens: 20, ms: 60 },
    ],
  });
  expect(Object.fromEntries(lists)).toEqual({ "look ${{ find }}": [{ runId: "r", length: 2 }] });
});

test("a sub-plan, by the roles of its run; an attempt that goes on with the same run counts once", () => {
  const used = (calls: number) => ({ planner: spent(1), executor: spent(calls), synthesizer: spent(1) });
  const { work } = sampled(
    [10, "step.started", { step: "sub" }],
    [11, "step.delegated", { step: "sub", run: "r.sub", used: used(1) }],
    [20, "step.failed", { step: "sub", usage: NO_USAGE }],
    [25, "step.started", { step: "sub" }],
    [40, "step.delegated", { step: "sub", run: "r.sub", used: used(3) }],
    [40, "step.completed", { step: "sub", usage: NO_USAGE }],
    [50, "step.started", { step: "sub", item: 1 }],
    [51, "step.delegated", { step: "sub", item: 1, run: "r.sub.1", waits: "awaiting-approval", used: used(0) }],
    [9_000, "step.completed", { step: "sub", item: 1, usage: NO_USAGE }],
  );
  const figures = [...work].map(([key, samples]) => [key, ...samples.map(({ calls, ms }) => [calls, ms])]);
  expect(figures).toEqual([
    ["sub-plan planner big", [1, null], [1, null]],
    ["sub-plan executor small", [3, 30], [0, null]],
    ["sub-plan synthesizer small", [1, null], [1, null]],
  ]);
});

test("failed attempts count with the work that they belong to; work that came to nothing does not count", () => {
  const { work } = sampled(
    [10, "step.started", { step: "tell" }],
    [20, "step.failed", { step: "tell", usage: spent(3) }],
    [25, "step.started", { step: "tell" }],
    [40, "step.completed", { step: "tell", usage: spent(1) }],
    [10, "step.started", { step: "find" }],
    [20, "step.failed", { step: "find", usage: NO_USAGE }],
  );
  expect([...work]).toEqual([["agent small", [{ runId: "r", calls: 4, inputTokens: 400, outputTokens: 40, ms: 30 }]]]);
});

test("a run without an owner, or waiting for a person, shows its spending and no duration", () => {
  const { work } = sampled(
    [10, "step.started", { step: "find" }],
    [90_000, "run.resumed", {}],
    [90_010, "step.completed", { step: "find", usage: NO_USAGE }],
    [90_010, "step.started", { step: "tell" }],
    [90_020, "step.unknown", { step: "tell", usage: spent(1) }],
    [99_000, "step.completed", { step: "tell", usage: NO_USAGE }],
    [99_001, "step.started", { step: "who" }],
    [99_002, "step.completed", { step: "who", usage: NO_USAGE }],
  );
  expect([...work.values()].flat().map(({ calls, ms }) => [calls, ms])).toEqual([
    [0, null],
    [1, null],
  ]);
});

test("planning counts with its repairs, the answer with its failures; what no model wrote counts as neither", () => {
  const { work } = sampled(
    [6, "plan.invalid", { usage: spent(1) }],
    [7, "plan.proposed", { plan: { steps: STEPS }, usage: spent(1) }],
    [8, "plan.proposed", { plan: { steps: STEPS }, usage: NO_USAGE }],
    [100, "execution.completed", {}],
    [130, "answer.failed", { usage: spent(1) }],
    [150, "answer.written", { usage: spent(1) }],
  );
  expect(Object.fromEntries(work)).toEqual({
    "plan big": [{ runId: "r", calls: 2, inputTokens: 200, outputTokens: 20, ms: null }],
    "answer small": [{ runId: "r", calls: 2, inputTokens: 200, outputTokens: 20, ms: 50 }],
  });
});

test("arguments that a model fills are work of their own", () => {
  const { work } = sampled(
    [10, "step.filling", { step: "find" }],
    [14, "step.filled", { step: "find", usage: spent(1) }],
    [14, "step.started", { step: "find" }],
    [20, "step.completed", { step: "find", usage: NO_USAGE }],
  );
  expect([...work].map(([key, [sample]]) => [key, sample?.calls, sample?.ms])).toEqual([
    ["fill small search", 1, 4],
    ["tool search", 0, 6],
  ]);
});

test("work that began before its plan was whole counts, too", () => {
  const samples = new RunSamples("r");
  const events: Loose[] = [
    [0, "run.started", { models: { planner: "big", executor: "small", synthesizer: "small" }, settings: {} }],
    [1, "plan.stepDrafted", { begins: true, step: STEPS[0] }],
    [1, "step.started", { step: "find" }],
    [8, "step.completed", { step: "find", usage: NO_USAGE }],
    [9, "plan.stepDrafted", { begins: false, step: "what was written" }],
    [10, "plan.proposed", { plan: { steps: STEPS }, usage: spent(1) }],
  ];
  for (const [at, type, data] of events) samples.add({ at, type, data } as unknown as RunEvent);
  expect(samples.work.get("tool search")).toMatchObject([{ ms: 7 }]);
});

test("a simulated run gives no samples: its calls were not made", () => {
  const samples = new RunSamples("r");
  const log: Loose[] = [
    [0, "run.started", { models: {}, settings: { simulated: true } }],
    [5, "plan.proposed", { plan: { steps: STEPS }, usage: { ...NO_USAGE, calls: 1 } }],
  ];
  for (const [at, type, data] of log) samples.add({ at, type, data } as unknown as RunEvent);
  expect(samples.work.size).toBe(0);
});
