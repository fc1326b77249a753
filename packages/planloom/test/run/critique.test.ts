// Stories about the critique of an answer. In: drafts and the critic's outcomes. Out: facts. Whatever fails, an answer
// that was written is given, and says what became of its critique.
import { describe, expect, it } from "vitest";
import { replay } from "../../src/run/log/replay.js";
import type { RunEvent } from "../../src/run/event.js";
import type { Settings } from "../../src/run/settings.js";
import { start, Story, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, keysOwed, returned, TOOLS, USAGE } from "./parts.js";

class Logged extends Story {
  readonly log: RunEvent[] = [];
  override when(input: LooseInput): this {
    super.when(input);
    this.log.push(...this.events);
    return this;
  }
}

const MODELS = { planner: "large", executor: "small", synthesizer: "writer" };

function story(answer: object, settings: Partial<Settings> = {}, models: typeof MODELS | object = MODELS): Logged {
  const plan = { steps: [call("a")], answer };
  const given = start({ plan, tools: TOOLS, settings, models: { ...MODELS, ...models } });
  return new Logged().given(given, returned("call/a/1", "seen"));
}

const written = (key: string, answer: unknown): LooseInput =>
  ({ type: "answered", key, answer, usage: USAGE }) as LooseInput;
const says = (
  key: string,
  verdict: "fine" | "wanting",
  points: string[] = [],
  unsupported: string[] = [],
): LooseInput => ({
  ...{ type: "critiqued", key, verdict, points, unsupported, usage: USAGE },
});
const breaks = (type: "critique-failed" | "answer-failed", key: string, retryable = false): LooseInput => ({
  ...{ type, key, error: BROKEN(retryable), usage: USAGE },
});
const BROKEN = (retryable: boolean) => ({ code: "BROKEN", text: "it broke", retryable });

function sound({ log }: Logged): void {
  expect(replay(log).differences).toEqual([]);
}

describe("an answer with a critic", () => {
  it("is given when the critic finds it fine", () => {
    const run = story({ from: ["a"], critique: 1 });
    run
      .when(written("answer/1", "It was seen."))
      .then(["answer.drafted", { round: 1, answer: "It was seen.", critic: "planner", usage: USAGE }]);
    expect(keysOwed(run)).toEqual(["critique/1"]);
    run
      .when(says("critique/1", "fine"))
      .then(
        ["answer.reviewed", { round: 1, verdict: "fine", decision: "give" }],
        [
          "answer.written",
          { answer: "It was seen.", critique: { rounds: 0, agreed: true, points: [], unsupported: [] } },
        ],
        "run.completed",
      );
    const { planner, synthesizer } = run.run.usage;
    expect([planner.calls, synthesizer.calls]).toEqual([1, 1]);
    sound(run);
  });

  it("is written again with the points, and judged again", () => {
    const run = story({ from: ["a"], critique: 1 }).given(written("answer/1", "It was green."));
    run
      .when(says("critique/1", "wanting", ["Say what was seen."], ["green", "blue", "green"]))
      .then([
        "answer.reviewed",
        { decision: "rewrite", points: ["Say what was seen."], unsupported: [{ at: "", text: "green" }] },
      ]);
    expect(keysOwed(run)).toEqual(["answer/2"]);
    run.when(written("answer/2", "Seen.")).then(["answer.drafted", { round: 2 }]);
    run.when(says("critique/2", "fine")).then("answer.reviewed", "answer.written", "run.completed");
    expect(run.run.answering).toMatchObject({ answer: "Seen.", critique: { rounds: 1, agreed: true } });
    sound(run);
  });

  it("is given with the last points when the critic never agrees", () => {
    const run = story({ from: ["a"] }, { answerCritique: 1 });
    run.given(written("answer/1", "One."), says("critique/1", "wanting", ["More."]), written("answer/2", "Two."));
    const critique = { rounds: 1, agreed: false, points: ["Still more."], unsupported: [{ at: "", text: "Two" }] };
    run
      .when(says("critique/2", "wanting", ["Still more."], ["Two"]))
      .then(
        ["answer.reviewed", { decision: "give" }],
        ["answer.written", { answer: "Two.", critique }],
        "run.completed",
      );
    sound(run);
  });

  it("has its claims marked by their places, also in a record", () => {
    const run = story({ from: ["a"], critique: 1 });
    run.given(written("answer/1", { text: "Rents rose.", eur: 7, more: ["Rents rose."] }));
    run.when(says("critique/1", "fine", [], ["Rents rose.", "7", "8", "", "text"]));
    run.then(
      [
        "answer.reviewed",
        {
          unsupported: [
            { at: "/text", text: "Rents rose." },
            { at: "/eur", text: "7" },
          ],
        },
      ],
      "answer.written",
      "run.completed",
    );
    sound(run);
  });

  it.each<[string, Partial<Settings>, object, string]>([
    ["the planner's", {}, {}, "planner"],
    ["the executor's without a planner model", {}, { planner: null }, "executor"],
    ["the executor's beside a planner function", {}, { planner: "function" }, "executor"],
    ["the synthesizer's own without any other", {}, { planner: null, executor: null }, "synthesizer"],
    ["the one of the setting", { critic: "synthesizer" }, {}, "synthesizer"],
  ])("has the critic of %s model", (_whose, settings, models, critic) => {
    story({ from: ["a"], critique: 1 }, settings, models)
      .when(written("answer/1", "Seen."))
      .then(["answer.drafted", { critic }]);
  });

  it.each([
    ["says none", { from: ["a"] }, {}],
    ["overrides the setting", { from: ["a"], critique: 0 }, { answerCritique: 2 }],
  ])("has no critic where the plan %s", (_how, answer, settings) => {
    story(answer, settings).when(written("answer/1", "Seen.")).then("answer.written", "run.completed");
  });
});

describe("a critique that breaks", () => {
  const AT_ONCE = { roleAttempts: 1 };

  it("gives the answer unreviewed, with the reason", () => {
    const run = story({ from: ["a"], critique: 1 }, { roleAttempts: 2 }).given(written("answer/1", "Seen."));
    run.when(breaks("critique-failed", "critique/1", true)).then(["critique.failed", { decision: "retry" }]);
    const unreviewed = BROKEN(true);
    const critique = { rounds: 0, agreed: false, points: [], unsupported: [], unreviewed };
    run
      .when(breaks("critique-failed", "critique/2", true))
      .then(
        ["critique.failed", { decision: "fail" }],
        ["answer.written", { answer: "Seen.", critique }],
        "run.completed",
      );
    sound(run);
  });

  it("gives the draft before, if it cannot be written again", () => {
    const run = story({ from: ["a"], critique: 1 }, AT_ONCE);
    run.given(written("answer/1", "Seen."), says("critique/1", "wanting", ["More."]));
    const critique = { rounds: 0, agreed: false, points: ["More."], unsupported: [], unwritten: BROKEN(false) };
    run
      .when(breaks("answer-failed", "answer/2"))
      .then("answer.failed", ["answer.written", { answer: "Seen.", critique }], "run.completed");
    sound(run);
  });

  it("gives the draft when the budget has no call left for the critic", () => {
    const budget = { modelCalls: 1, tokens: null, costUsd: null, wallMs: null };
    const run = story({ from: ["a"], critique: 1 }, { budget });
    run.given({ type: "reserve", key: "answer/1", spent: NONE, model: "writer", inputTokens: 1, outputTokens: 1 });
    run.given(written("answer/1", "Seen."));
    run.when({ type: "reserve", key: "critique/1", spent: NONE, model: "large", inputTokens: 1, outputTokens: 1 });
    run.then("budget.exhausted", ["answer.written", { answer: "Seen." }], "run.completed");
    expect(run.run.answering.critique?.unreviewed).toMatchObject({ code: "BUDGET_EXHAUSTED" });
    sound(run);
  });

  it("gives the draft when the time of the run is up", () => {
    const budget = { modelCalls: null, tokens: null, costUsd: null, wallMs: 1_000 };
    const run = story({ from: ["a"], critique: 2 }, { budget }).given(written("answer/1", "Seen."));
    run.when({ type: "clock", at: 2_000 }).then("budget.exhausted", "answer.written", "run.completed");
    sound(run);
    const again = story({ from: ["a"], critique: 2 }, { budget });
    again.given(written("answer/1", "Seen."), says("critique/1", "wanting", ["More."]));
    again.when({ type: "clock", at: 2_000 }).then("budget.exhausted", "answer.written", "run.completed");
    expect(again.run.answering.critique).toMatchObject({ points: ["More."], unwritten: { code: "BUDGET_EXHAUSTED" } });
    sound(again);
  });

  it("ends with a cancel, and with another goal", () => {
    const run = story({ from: ["a"], critique: 1 }).given(written("answer/1", "Seen."));
    run.when({ type: "cancel", reason: "" }).then("cancel.requested", "run.cancelled");
    sound(run);
    const other = story({ from: ["a"], critique: 1 }, { replan: "on-failure" }).given(written("answer/1", "Seen."));
    other.when({ type: "goal", goal: "another", reason: "" }).then("goal.changed", "replan.requested");
    expect(keysOwed(other)).toHaveLength(1);
    expect(other.run.answering.draft).toBeUndefined();
    sound(other);
  });

  it("starts no request in a pause, and goes on after a crash", () => {
    const run = story({ from: ["a"], critique: 1 }).given(written("answer/1", "Seen."));
    run.given({ type: "pause", reason: "" }, { type: "recovered", epoch: 2, reason: { code: "RESUMED" } });
    expect(keysOwed(run)).toEqual(["critique/1"]);
    run.given({ type: "unpause", reason: "" }).when(says("critique/1", "fine"));
    run.then("answer.reviewed", "answer.written", "run.completed");
    sound(run);
  });
});

const NONE = { calls: 0, inputTokens: 0, outputTokens: 0 };
