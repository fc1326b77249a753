// The head of a run, which a list shows, from its state.
import { describe, expect, it } from "vitest";
import { foldNext } from "../../src/run/log/chain.js";
import { emptyRun } from "../../src/run/state.js";
import type { RunEvent } from "../../src/run/event.js";
import { headOf, type RunHead } from "../../src/run/view/head.js";
import { start, Story, type LooseInput, type StartFacts } from "../../src/testing/given-when-then.js";
import { call, ended, fails, plans, replanning, returned, spec, TOOLS, USAGE } from "./parts.js";

const WIRE = spec("wire", "once", { reconciles: true });
const answer = { value: "done" };

/** The head after these inputs; it is the same for who folds the log. */
function headAfter(facts: StartFacts, ...inputs: readonly LooseInput[]): RunHead {
  const story = new Story();
  const log: RunEvent[] = [];
  for (const input of [start({ tools: [...TOOLS, WIRE], ...facts }), ...inputs]) log.push(...story.when(input).events);
  const run = emptyRun("story");
  for (const event of log) foldNext(run, event);
  const head = headOf(story.run, log.at(-1)!);
  expect(headOf(run, log.at(-1)!)).toStrictEqual(head);
  return head;
}

const ask = (id: string) => ({ id, ask: "How many?" });
const planOf = (...steps: readonly object[]) => ({ plan: { steps, answer } });

describe("a head", () => {
  it("of a run without a plan has its goal, times and nothing else", () => {
    expect(headAfter({ goal: "Compare" })).toStrictEqual({
      runId: "story",
      goal: "Compare",
      status: "planning",
      revision: 0,
      totals: {
        ...{ steps: 0, completed: 0, failed: 0, skipped: 0, replans: 0 },
        ...{ modelCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
      },
      tags: [],
      startedAt: 0,
      updatedAt: 0,
      lastSeq: 1,
      lastType: "run.started",
    });
  });

  it("counts steps, and says when something happened last", () => {
    const steps = [call("a"), call("b", { optional: true }), call("c", { dependsOn: ["a"] })];
    const done: LooseInput = { ...returned("call/a/1"), at: 7_000 };
    const head = headAfter(planOf(...steps), fails("call/b/1"), done, { ...returned("call/c/1"), at: 9_000 });
    expect(head).toMatchObject({ status: "completed", revision: 1, updatedAt: 9_000, lastType: "run.completed" });
    expect(head.totals).toMatchObject({ steps: 3, completed: 2, failed: 0, skipped: 1, replans: 0 });
  });

  it("counts replans and revisions", () => {
    const story = replanning([call("a")]).given(fails("call/a/1"));
    const { events, run } = story.when(plans(story, [call("b")]));
    expect(headOf(run, events.at(-1)!)).toMatchObject({ revision: 2, totals: { replans: 1, modelCalls: 1 } });
  });

  it("names the run that it was forked from, at which event and step", () => {
    const { started } = start({ tools: TOOLS, ...planOf(call("a")) }) as LooseInput & { readonly type: "start" };
    const parent = { runId: "run_other", seq: 9, at: "a" };
    const story = new Story().when({ type: "start", started: { ...started, parent } });
    expect(headOf(story.run, story.events.at(-1)!).parent).toStrictEqual(parent);
  });
});

describe("what a run waits for", () => {
  it.each<[string, StartFacts, readonly LooseInput[], Partial<RunHead>]>([
    ["nothing while it works", planOf(call("a")), [], { status: "running" }],
    [
      "the approval of its plan",
      { ...planOf(call("a")), settings: { approval: "always" } },
      [],
      { status: "awaiting-approval", waiting: { approvals: 1, questions: 0, doubts: 0, first: "plan" } },
    ],
    [
      "the approval of a call, first",
      planOf({ id: "a", tool: "ask_first" }, { id: "b", tool: "ask_first" }, ask("q")),
      [],
      { status: "needs-attention", waiting: { approvals: 2, questions: 1, doubts: 0, first: "call" } },
    ],
    [
      "an answer, also while it is paused",
      planOf(ask("q"), ask("r")),
      [{ type: "pause", reason: "" }],
      { status: "paused", waiting: { approvals: 0, questions: 2, doubts: 0, first: "question" } },
    ],
    [
      "the outcome of a call that is in doubt",
      planOf({ id: "p", tool: "pay" }),
      [ended("call/p/1", "timeout")],
      { status: "needs-attention", waiting: { approvals: 0, questions: 0, doubts: 1, first: "doubt" } },
    ],
    [
      "nobody while the tool is asked what became of its call",
      planOf({ id: "p", tool: "wire" }),
      [ended("call/p/1", "timeout")],
      { status: "running" },
    ],
    ["nothing once it has ended", planOf(ask("q")), [{ type: "cancel", reason: "" }], { status: "cancelled" }],
  ])("%s", (_, facts, inputs, expected) => {
    const { status, waiting } = headAfter(facts, ...inputs);
    expect({ status, ...(waiting === undefined ? {} : { waiting }) }).toStrictEqual(expected);
  });
});

describe("what a run has used", () => {
  const agent = (id: string, more: object = {}) => ({ id, agent: "Think.", ...more });
  const spends = (usage: object, key = "call/a/1"): LooseInput =>
    ({ ...returned(key), usage: { ...USAGE, ...usage } }) as LooseInput;
  const prices = { executor: { inputUsdPerMTok: 1_000_000, outputUsdPerMTok: 2_000_000 } };

  it("has its price where the log has one", () => {
    const { totals } = headAfter({ ...planOf(agent("a")), settings: { prices } }, spends({}));
    expect(totals).toMatchObject({ modelCalls: 1, inputTokens: 10, outputTokens: 5, costUsd: 20 });
  });

  it("has no cost where a model has no price, and no tokens where a provider did not report them", () => {
    expect(headAfter(planOf(agent("a")), spends({})).totals.costUsd).toBeNull();
    const { totals } = headAfter({ ...planOf(agent("a")), settings: { prices } }, spends({ inputTokens: null }));
    expect(totals).toMatchObject({ inputTokens: null, outputTokens: 5, costUsd: null });
    const own = headAfter({ ...planOf(agent("a", { model: "own" })), settings: { prices } }, spends({}));
    expect(own.totals.costUsd).toBeNull();
  });
});
