// The view of a run as people read it, from stories with times: rows, bars, the critical path, gaps, facts and waits.
import { describe, expect, it } from "vitest";
import { timelineOf, viewOf } from "../../src/loom/view/view.js";
import type { RunView } from "../../src/loom/view/run-view.js";
import type { EventData } from "../../src/run/event.js";
import type { StartFacts } from "../../src/testing/given-when-then.js";
import { call, ended, fails, plans, returned, spec, TOOLS, USAGE, waiting } from "../run/parts.js";
import { barsOf, rowOf, steps, storyLog, viewAt, type Told } from "./parts.js";

const at = (ms: number, input: object): Told => ({ ...input, at: ms }) as Told;
const clock = (ms: number): Told => ({ type: "clock", at: ms });
const view = (facts: StartFacts, ...inputs: readonly Told[]): RunView => viewAt(storyLog(facts, ...inputs));
const linesOf = ({ rows }: RunView): readonly string[] => rows.map(({ key, line }) => `${key}: ${line}`);

describe("bars and the critical path", () => {
  it("each attempt is a bar, with the wait between; the path goes through what was waited for", () => {
    const facts = steps(call("a"), call("b"), call("c", { dependsOn: ["a", "b"] }));
    const shown = view(
      facts,
      at(10, ended("call/a/1")),
      at(30, returned("call/b/1")),
      clock(2_000),
      at(2_100, returned("call/a/2", 0.9)),
      at(2_150, returned("call/c/1")),
    );
    const wait = rowOf(shown, "a").bars[1]!.toMs!;
    expect(barsOf(rowOf(shown, "a"))).toEqual([
      "attempt 1 0-10 failed *",
      `retry-wait 2 10-${wait} done *`,
      `attempt 2 ${wait}-2100 done *`,
    ]);
    expect(barsOf(rowOf(shown, "b"))).toEqual(["attempt 1 0-30 done"]);
    expect(barsOf(rowOf(shown, "c"))).toEqual(["attempt 1 2100-2150 done *"]);
    expect(shown.axis).toEqual({ endMs: 2_150, gaps: [] });
    expect(shown.facts.failedFirst).toEqual({ key: "a", title: "look", line: "attempt 1: BROKEN, done at attempt 2" });
    expect(shown.facts).toMatchObject({
      slowest: { key: "a", ms: 2_100 },
      attempts: 4,
      acted: 0,
      stepsDone: 3,
      stepsTotal: 3,
    });
    expect(linesOf(shown)).toContain("a: done · attempt 2 · look · 0.9");
  });

  it("work that waited for a place follows the work that freed it", () => {
    const facts = { ...steps(call("a"), call("b"), call("c")), settings: { concurrency: 1 } };
    const log = storyLog(
      facts,
      at(10, returned("call/a/1")),
      at(30, returned("call/b/1")),
      at(35, returned("call/c/1")),
    );
    expect(
      viewAt(log)
        .rows.filter(({ critical }) => critical)
        .map(({ key }) => key),
    ).toEqual(["a", "b", "c"]);
    const before = viewAt(log.filter(({ at: time }) => time === 0));
    expect(rowOf(before, "b")).toMatchObject({ status: "queued", queuedBefore: 0, line: "queued, 0 ahead" });
    expect(rowOf(before, "c")).toMatchObject({ status: "queued", queuedBefore: 1, line: "queued, 1 ahead" });
  });

  it("before the end, it leads to the open work with the longest expected rest", () => {
    const facts = steps(call("a"), call("b"), call("c", { dependsOn: ["b"] }));
    const timeline = timelineOf(storyLog(facts));
    const estimates = {
      rows: new Map([["a", 100]]),
      rest: new Map(Object.entries({ a: 100, b: 300, c: 200 })),
      total: 300,
    };
    const shown = viewOf(timeline, { now: 900, estimates });
    expect(shown.rows.filter(({ critical }) => critical).map(({ key }) => key)).toEqual(["b"]);
    expect(rowOf(shown, "a")).toMatchObject({ estimateMs: 100, tookMs: 900, late: true });
    expect(rowOf(shown, "b")).not.toHaveProperty("late");
    expect(shown.facts.estimateMs).toBe(300);
  });

  it("items have their own bars; the path goes through the item that ended last", () => {
    const facts = steps(
      call("a"),
      call("each", { forEach: "${{ a }}", maxParallel: 1 }),
      call("z", { dependsOn: ["each"] }),
    );
    const shown = view(
      facts,
      at(5, returned("call/a/1", [{ name: "Oslo" }, "Rome"])),
      at(8, returned("call/each/0/1")),
      at(20, returned("call/each/1/1")),
      at(21, returned("call/z/1")),
    );
    const { items, ...row } = rowOf(shown, "each");
    expect(row).toMatchObject({ line: "done · for each of 2 · look", critical: true, tookMs: 15, startedAfterMs: 5 });
    expect(items).toMatchObject({ total: 2, counts: { done: 2 } });
    expect(items!.shown.map((item) => [item.label, item.line, barsOf(item)])).toEqual([
      ["Oslo", "done", ["attempt 1 5-8 done *"]],
      ["Rome", "done", ["attempt 1 8-20 done *"]],
    ]);
  });

  it("shows at most 100 items: those that failed or wait come first", () => {
    const list = Array.from({ length: 150 }, (_, index) => index);
    const facts = {
      ...steps(call("a"), call("each", { forEach: "${{ a }}" })),
      settings: { concurrency: 200 },
    };
    const shown = view(facts, returned("call/a/1", list), fails("call/each/140/1"), returned("call/each/3/1"));
    const { items } = rowOf(shown, "each");
    expect(items).toMatchObject({ total: 150, counts: { failed: 1, done: 1, running: 148 } });
    expect(items!.shown.map(({ index }) => index).slice(0, 4)).toEqual([140, 0, 1, 2]);
    expect(items!.shown).toHaveLength(100);
  });
});

describe("waits and gaps", () => {
  it("a plan that waits: what to do, until when; the wait is a gap", () => {
    const log = storyLog({ ...steps(call("a")), settings: { approval: "always", approvalMs: 60_000 } });
    const open = viewAt(log, 5_000);
    expect(open).toMatchObject({ status: "awaiting-approval", revision: 1, revisions: [1] });
    expect(open.waits).toEqual([
      {
        kind: "plan",
        key: "#plan",
        hash: [...timelineOf(log).run.approvals.pending.keys()][0],
        title: "Approve the plan",
        until: "1970-01-01T00:01:00.000Z",
      },
    ]);
    expect(barsOf(rowOf(open, "#plan"))).toEqual(["person-wait 1 0- waiting *"]);
    const approve: Told = (story) => ({ type: "approve", hash: waiting(story), at: 9_000 });
    const facts = { ...steps(call("a")), settings: { approval: "always" as const } };
    const done = view(facts, approve, at(9_100, returned("call/a/1")));
    expect(done.axis).toEqual({ endMs: 9_100, gaps: [{ fromMs: 0, toMs: 9_000 }] });
    expect(done.rows.filter(({ critical }) => critical).map(({ key }) => key)).toEqual(["#plan", "a"]);
    expect(done.facts.slowest).toMatchObject({ key: "a", ms: 100 });
    expect(rowOf(open, "a")).toMatchObject({ status: "planned", line: "not started" });
  });

  const wire = spec("wire", "once", { reconciles: true });
  it.each<[string, object, readonly Told[], object, string]>([
    [
      "a question",
      { id: "q", ask: "Which city?" },
      [],
      { kind: "question", key: "q", title: "Which city?" },
      "waits for you · Which city?",
    ],
    [
      "a call",
      { id: "p", title: "Pay Oslo", tool: "ask_first", with: {} },
      [],
      { kind: "call", key: "p", title: "Approve the call of ask_first: Pay Oslo" },
      "waits for you · approve the call of ask_first",
    ],
    [
      "a doubt",
      { id: "p", title: "Pay Oslo", tool: "pay", with: {} },
      [ended("call/p/1", "timeout")],
      { kind: "doubt", key: "p", title: "Say whether pay acted: Pay Oslo" },
      "unknown outcome · of pay",
    ],
    [
      "a doubt whose tool is asked",
      { id: "p", title: "Wire it", tool: "wire", with: {} },
      [ended("call/p/1", "timeout")],
      { kind: "timer", key: "p", title: "wire is asked whether it acted: Wire it" },
      "unknown outcome · its tool is being asked",
    ],
    [
      "an unusable output",
      { id: "p", title: "Pay Oslo", tool: "pay", with: {}, output: "number" },
      [returned("call/p/1", "no number")],
      { kind: "unusable", key: "p", title: "Say what to use in place of the output of pay: Pay Oslo" },
      "waits for you · pay acted, and its output cannot be used",
    ],
    [
      "a retry",
      call("p"),
      [ended("call/p/1")],
      { kind: "retry", key: "p", title: "Attempt 2: look" },
      "retrying · attempt 2 of 4 · BROKEN",
    ],
  ])("%s", (_what, step, inputs, wait, line) => {
    const shown = view({ ...steps(step), tools: [...TOOLS, wire] }, ...inputs);
    expect(shown.waits).toEqual([expect.objectContaining(wait)]);
    expect(shown.rows.find(({ kind }) => kind === "step")!.line).toBe(line);
  });

  it("a retry has its time, and the time of a long wait is cut out", () => {
    const log = storyLog(steps(call("a")), at(100, ended("call/a/1", "tool-error", { retryAfterMs: 120_000 })));
    const shown = viewAt(log, 60_000);
    expect(rowOf(shown, "a")).toMatchObject({ status: "retrying", retryAt: "1970-01-01T00:02:00.100Z" });
    expect(shown.waits).toMatchObject([{ kind: "retry", until: "1970-01-01T00:02:00.100Z" }]);
    expect(viewAt(log, 100_000).axis.gaps).toEqual([{ fromMs: 100, toMs: 100_000 }]);
  });
});

describe("what became of a run", () => {
  it("a run that ended leaves nothing open", () => {
    const facts = steps(call("a"), call("b", { dependsOn: ["a"] }), { id: "q", ask: "Which?" });
    const shown = view(facts, at(9, { type: "cancel", reason: "enough" }), at(12, ended("call/a/1", "abort")));
    expect(linesOf(shown)).toEqual([
      "#plan: done · revision 1",
      "a: cancelled · enough",
      "b: cancelled · needs a",
      "q: cancelled",
      "#answer: cancelled · not written",
    ]);
    expect(shown).toMatchObject({ status: "cancelled", waits: [], finishedAt: "1970-01-01T00:00:00.012Z" });
  });

  it("a step that an earlier plan had stays, under its revision; replans have their reasons", () => {
    const facts = { ...steps(call("a"), call("b", { title: "Look twice" })), settings: PATCHING };
    const patch: Told = (story) => ({
      ...plans(story, [call("a"), call("b", { title: "Look again", with: { x: 2 } })]),
      at: 50,
    });
    const shown = view(
      facts,
      at(5, returned("call/a/1")),
      at(8, fails("call/b/1")),
      patch,
      at(60, returned("call/b/2")),
    );
    expect(shown.rows.map(({ key, revision, title, wave }) => [key, revision, title, wave])).toEqual([
      ["#plan", 1, "The plan as given", 0],
      ["a", 1, "look", 1],
      ["b/1", 1, "Look twice", 1],
      ["#plan/2", 2, "Mend the plan", 0],
      ["b", 2, "Look again", 1],
      ["#answer", 2, "Write the answer", 2],
    ]);
    expect(rowOf(shown, "b/1")).toMatchObject({ status: "failed", error: { code: "BROKEN", message: "it broke" } });
    expect(shown.rows.filter(({ critical }) => critical).map(({ key }) => key)).toEqual(["b/1", "#plan/2", "b"]);
    expect(shown.facts.failedFirst).toMatchObject({ key: "b/1", line: "attempt 1: BROKEN, not tried again" });
    expect(shown.facts.replans).toEqual({
      count: 1,
      allowed: 2,
      reasons: [{ revision: 2, text: "trying again would not help; the run is set to patch" }],
    });
  });

  it("counts replans from the last retry on, without those that a person asked for", () => {
    const facts = { ...steps(call("a")), settings: { ...PATCHING, replans: 1 } };
    const patch: Told = (story) => ({ ...plans(story, [call("a", { with: { x: 2 } })]), at: 6 });
    const told = [at(5, fails("call/a/1")), patch, at(7, fails("call/a/2"))];
    const log = storyLog(facts, ...told);
    expect(viewAt(log)).toMatchObject({ status: "failed", facts: { replans: { count: 1, allowed: 1 } } });
    const { settings, models } = log[0]!.data as EventData["run.started"];
    const again = storyLog(facts, ...told, at(8, { type: "retry", settings, models, feedback: "less" }));
    expect(again.at(-1)?.type).toBe("replan.requested");
    expect(viewAt(again).facts.replans).toEqual({ count: 0, allowed: 1, reasons: [] });
  });

  const PRICE = { inputUsdPerMTok: 1_000, outputUsdPerMTok: 1_000 };
  it.each<[string, StartFacts["settings"], object]>([
    ["is not known without a price", {}, { costUsd: null, text: "not known: no price is set for planner" }],
    ["is known with one", { prices: { planner: PRICE } }, { costUsd: 0.015, text: "0.015 USD" }],
    [
      "stands beside its limit",
      { prices: { planner: PRICE }, budget: { modelCalls: null, tokens: null, costUsd: 2, wallMs: null } },
      { costUsd: 0.015, text: "0.015 USD of 2 USD allowed" },
    ],
  ])("the cost %s", (_what, settings, cost) => {
    const planned: Told = (story) => plans(story, [call("a")]);
    const shown = view({ settings: settings ?? {} }, planned, returned("call/a/1"));
    expect(shown.facts.cost).toEqual(cost);
    expect(shown.facts.tokens).toEqual({ input: USAGE.inputTokens, output: USAGE.outputTokens, calls: 1 });
    expect(rowOf(shown, "a")).toMatchObject({ tokens: 0, costUsd: 0 });
    expect(shown.facts.mostTokens).toEqual({ key: "#plan", title: "Write the plan", tokens: 15 });
  });

  it("tokens that a server did not report are unknown, never 0", () => {
    const usage = { calls: 1, inputTokens: null, outputTokens: null };
    const planned: Told = (story) => ({ ...plans(story, [call("a")]), usage }) as never;
    const shown = view({ settings: { prices: { planner: PRICE } } }, planned);
    expect(shown.facts.cost.text).toBe("not known: the server of planner did not report the tokens");
    expect(rowOf(shown, "#plan")).toMatchObject({ tokens: null, costUsd: null });
  });
});

const PATCHING = {
  onFailure: "patch",
  replan: "on-failure",
  replanContext: "codes",
  guard: "off",
} as const;
