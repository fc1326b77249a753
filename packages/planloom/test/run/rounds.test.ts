// Steps with `repeat`, told as stories about the kernel: rounds, their end, and what stops or outlives them.
import { describe, expect, it } from "vitest";
import { check } from "../../src/plan/check/check.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { carriedFacts } from "../../src/run/decide/fork.js";
import { partsOf } from "../../src/run/decide/retry.js";
import type { RunEvent } from "../../src/run/event.js";
import { labelOfStep } from "../../src/run/labels.js";
import { roundsOf } from "../../src/run/rounds.js";
import { replay } from "../../src/run/log/replay.js";
import { workOf } from "../../src/run/lookup.js";
import { endOf, errorOf } from "../../src/run/status.js";
import { start, Story, type LooseInput, type StartFacts } from "../../src/testing/given-when-then.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import { ended, fails, keysOwed, plans, returned, spec, TOOLS, waiting } from "./parts.js";

const MODELS = { planner: "planner", executor: "executor", synthesizer: null };
const tools = [
  ...TOOLS,
  spec("clock", "none", { trusted: true }),
  spec("wire", "once", { compensates: "once", input: { type: "object", properties: { x: {} } } }),
];

/** The step `improve`, which looks again until its output has enough of something, and a step that reads its output. */
const improve = (more: object = {}, most = 3, repeat: object = {}) => ({
  id: "improve",
  tool: "look",
  with: { x: "${{ previous }}", n: "${{ round }}" },
  output: "{ score: number }",
  repeat: { until: "${{ output.score >= 8 }}", most, ...repeat },
  ...more,
});
const after = { id: "after", tool: "look", with: { x: "${{ improve.score }}" } };
const run = (steps: readonly object[], more: StartFacts = {}) =>
  start({ plan: { steps, answer: { value: "done" } }, tools, ...more });
const round = (number: number, output: Json, attempt = 1) => returned(`call/improve/${number - 1}/${attempt}`, output);
const score = (value: number): JsonObject => ({ score: value });

/** A story that keeps its log. Each of its decisions can be made again from the log alone. */
class Kept extends Story {
  readonly log: RunEvent[] = [];

  override when(input: LooseInput): this {
    super.when(input);
    this.log.push(...this.events);
    return this;
  }

  sound(): void {
    const log = JSON.parse(JSON.stringify(this.log)) as readonly RunEvent[];
    expect(replay(log).differences).toEqual([]);
  }
}

const told = (...inputs: readonly LooseInput[]): Kept => new Kept().given(...inputs);
const retry = (settings: object = {}): LooseInput => {
  const begun = start({});
  if (begun.type !== "start") throw new Error("start makes a start");
  return { type: "retry", settings: { ...begun.started.settings, ...settings }, models: MODELS };
};

describe("a step with repeat", () => {
  it("runs again with its own output until that is good enough, and the last output is its output", () => {
    const story = told()
      .when(run([improve(), after]))
      .then(
        "run.started",
        "plan.proposed",
        ["step.repeated", { step: "improve", round: 0, met: false, again: true }],
        ["step.started", { step: "improve", item: 0, args: { x: null, n: 1 }, from: { steps: [], tools: [] } }],
      );
    story
      .when(round(1, score(4)))
      .then(
        ["step.completed", { item: 0, output: score(4) }],
        ["step.repeated", { round: 1, met: false, again: true }],
        ["step.started", { item: 1, args: { x: score(4), n: 2 }, from: { steps: ["improve"], tools: ["look"] } }],
      );
    story
      .when(round(2, score(9)))
      .then(
        ["step.completed", { item: 1 }],
        ["step.repeated", { round: 2, met: true, again: undefined }],
        ["step.completed", { item: undefined, output: score(9), from: { steps: [], tools: ["look"] } }],
        ["step.started", { step: "after", args: { x: 9 } }],
      );
    expect(workOf(story.run, { step: "improve" }).output).toEqual(score(9));
    story.given(returned("call/after/1"));
    expect(endOf(story.run)?.how).toBe("completed");
    story.sound();
  });

  it("fails after the most rounds, and says after how many; a retry of the run gives it as many more", () => {
    const story = told(run([improve({}, 2)]), round(1, score(1)));
    story
      .when(round(2, score(2)))
      .then(
        "step.completed",
        ["step.repeated", { round: 2, met: false, again: undefined }],
        ["step.failed", { step: "improve", item: undefined, decision: "fail" }],
        "execution.completed",
        "run.failed",
      );
    expect(errorOf(story.run)).toMatchObject({
      code: "REPEAT_NOT_MET",
      params: { rounds: 2, until: "${{ output.score >= 8 }}" },
      retryable: false,
    });
    expect(workOf(story.run, { step: "improve", item: 1 }).output).toEqual(score(2));
    story
      .when(retry())
      .then(
        "run.reopened",
        ["step.repeated", { round: 2, met: false, again: true, since: 2 }],
        ["step.started", { item: 2, args: { x: score(2), n: 3 } }],
      );
    story.given(round(3, score(3)));
    story
      .when(round(4, score(4)))
      .then(
        "step.completed",
        ["step.repeated", { round: 4, met: false, again: undefined }],
        "step.failed",
        "execution.completed",
        "run.failed",
      );
    expect(errorOf(story.run)).toMatchObject({ code: "REPEAT_NOT_MET", params: { rounds: 4 } });
    story.sound();
  });

  it("takes the last output with `otherwise: last`, and the log says that it was not enough", () => {
    const story = told(run([improve({}, 2, { otherwise: "last" }), after]), round(1, score(1)));
    story
      .when(round(2, score(2)))
      .then(
        "step.completed",
        ["step.repeated", { round: 2, met: false, again: undefined }],
        ["step.completed", { item: undefined }],
        ["step.started", { step: "after", args: { x: 2 } }],
      );
    expect(story.run.execution.steps.get("improve")?.fan?.rounds).toEqual({ ended: 2, met: false, since: 0 });
    story.sound();
  });

  it("is skipped by its condition before the first round, and asks it no second time", () => {
    told()
      .when(run([improve({ when: "${{ 1 > 2 }}" })]))
      .then(
        "run.started",
        "plan.proposed",
        ["step.skipped", { cause: "when" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    const story = told(run([improve({ when: "${{ 1 < 2 }}" }, 2)]), round(1, score(1)), round(2, score(2)));
    story.when(retry()).then("run.reopened", "step.repeated", ["step.started", { item: 2 }]);
    story.sound();
  });

  it("fails with UNTIL_NOT_BOOLEAN if `until` says neither yes nor no", () => {
    const vague = improve({ output: "{ score: unknown }", repeat: { until: "${{ output.score }}", most: 3 } });
    const story = told(run([vague]));
    story
      .when(round(1, { score: 3 }))
      .then("step.completed", ["step.failed", { item: undefined }], "execution.completed", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "UNTIL_NOT_BOOLEAN", params: { got: "number" } });
    expect(errorOf(told(run([vague]), round(1, {})).run)).toMatchObject({
      code: "OUTPUT_MISMATCH",
    });
    const deep = improve({ output: "{ score: unknown }", repeat: { until: "${{ output.score.value > 1 }}", most: 3 } });
    expect(errorOf(told(run([deep]), round(1, { score: {} })).run)).toMatchObject({
      code: "UNTIL_NOT_BOOLEAN",
      params: { until: "${{ output.score.value > 1 }}", problem: { code: "NO_SUCH_FIELD" } },
    });
    story.sound();
  });

  it("retries a round by the step's own rule, and keeps the rounds before it", () => {
    const story = told(run([improve({ retry: { attempts: 2 } })]), round(1, score(1)));
    story
      .when(ended("call/improve/1/1"))
      .then(["step.failed", { item: 1, decision: "retry" }], ["step.retrying", { item: 1 }]);
    story
      .when({ type: "clock", at: 9_000 })
      .then(["step.started", { item: 1, attempt: 2, args: { x: score(1), n: 2 } }]);
    story
      .when({ ...ended("call/improve/1/2"), at: 9_000 })
      .then(
        ["step.failed", { item: 1, decision: "fail", reason: { code: "ATTEMPTS_USED", of: 2 } }],
        ["step.failed", { item: undefined, decision: "fail", reason: { code: "ATTEMPTS_USED", of: 2 } }],
        "execution.completed",
        "run.failed",
      );
    expect(errorOf(story.run)).toMatchObject({ code: "BROKEN", text: "it broke" });
    story
      .when({ ...retry(), at: 9_000 })
      .then("run.reopened", ["step.started", { item: 1, attempt: 3, args: { x: score(1), n: 2 } }]);
    story.given({ ...round(2, score(8), 3), at: 9_000 });
    expect(endOf(story.run)?.how).toBe("completed");
    story.sound();
  });

  it("checks each round against `expect`, which sees the round before", () => {
    const growing = improve({
      expect: "${{ previous == null || output.score > previous.score }}",
      retry: { attempts: 1 },
    });
    const story = told(run([growing]), round(1, score(4)));
    story
      .when(round(2, score(3)))
      .then(["step.failed", { item: 1 }], ["step.failed", { item: undefined }], "execution.completed", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "EXPECT_FAILED" });
    story.sound();
  });

  it("is skipped as a whole where its policy says so, and where a round reads what was skipped", () => {
    const story = told(run([improve({ onFailure: "skip", retry: { attempts: 1 } })]), round(1, score(1)));
    story
      .when(fails("call/improve/1/1"))
      .then(
        ["step.failed", { item: 1, decision: "skip" }],
        ["step.skipped", { item: 1 }],
        ["step.skipped", { item: undefined, cause: "failure" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    story.sound();
    const never = told(run([improve({ onFailure: "skip" }, 2)]), round(1, score(1)));
    never
      .when(round(2, score(1)))
      .then(
        "step.completed",
        "step.repeated",
        ["step.failed", { decision: "skip" }],
        ["step.skipped", { item: undefined }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    never.sound();
    const maybe = { id: "maybe", tool: "look", when: "${{ 1 > 2 }}", with: {}, output: "{ n: number }" };
    const reader = improve({ with: { x: "${{ previous }}", n: "${{ maybe.n }}" } });
    const starved = told().when(run([maybe, reader]));
    starved.then(
      "run.started",
      "plan.proposed",
      ["step.skipped", { step: "maybe" }],
      ["step.repeated", { round: 0 }],
      ["step.skipped", { item: 0, cause: "null-reference" }],
      ["step.skipped", { step: "improve", item: undefined, cause: "null-reference" }],
      "execution.completed",
      "answer.written",
      "run.completed",
    );
    starved.sound();
  });

  it("starts no round while the run is paused or being cancelled, and loses none", () => {
    const story = told(run([improve()]), { type: "pause", reason: "lunch" });
    story.when(round(1, score(1))).then("step.completed", ["step.repeated", { again: true }]);
    expect(keysOwed(story)).toEqual([]);
    story.when({ type: "unpause", reason: "" }).then("run.unpaused", ["step.started", { item: 1 }]);
    story.given({ type: "cancel", reason: "enough" });
    story.when(round(2, score(2))).then("step.completed", ["step.repeated", { again: true }], "run.cancelled");
    story.when(retry()).then("run.reopened", ["step.started", { item: 2, args: { x: score(2), n: 3 } }]);
    story.given({ type: "cancel", reason: "again" });
    story.when(ended("call/improve/2/1", "abort")).then(["step.cancelled", { item: 2 }], "run.cancelled");
    story.when(retry()).then("run.reopened", ["step.started", { item: 2, attempt: 2 }]);
    story.sound();
  });

  it("makes a round whose call was lost in a crash once more, under the same key", () => {
    const story = told(run([improve({ tool: "put" })], { settings: { guard: "off" } }), round(1, score(1)));
    const key = story.owed().map((effect) => (effect.kind === "call" ? effect.effectKey : ""));
    story.when({ type: "recovered", epoch: 2, reason: { code: "RESUMED" } }).then("run.resumed");
    expect(story.owed().map((effect) => (effect.kind === "call" ? effect.effectKey : ""))).toEqual(key);
    story.given(round(2, score(8)));
    expect(endOf(story.run)?.how).toBe("completed");
  });

  it("goes on in another plan that has it unchanged, and starts anew in one that changes it", () => {
    const settings = { onFailure: "replan", replan: "on-failure", guard: "off" } as const;
    const other = { id: "other", tool: "look", with: {}, retry: { attempts: 1 } };
    const begun = () => {
      const story = told(run([improve(), other], { settings }), round(1, score(1)));
      story.given(fails("call/other/1"), round(2, score(2)));
      return story;
    };
    const same = begun();
    same.when(plans(same, [improve()], { tools })).then(
      [
        "plan.proposed",
        {
          kept: [
            { step: "improve", item: 0 },
            { step: "improve", item: 1 },
          ],
        },
      ],
      ["step.started", { item: 2, args: { x: score(2), n: 3 } }],
    );
    same.sound();
    const changed = begun();
    changed
      .when(plans(changed, [improve({ with: { x: "${{ previous }}" } })], { tools }))
      .then(
        "plan.proposed",
        ["step.repeated", { round: 0 }],
        ["step.started", { item: 0, attempt: 2, args: { x: null } }],
      );
    changed.sound();
  });

  it("is asked for in each round, unless the plan shows all arguments of its calls", () => {
    const settings = { approval: "never" } as const;
    const asking = improve({ tool: "ask_first", retry: { attempts: 1 } });
    const story = told(run([asking], { settings }));
    story.given({ type: "approve", hash: waiting(story) });
    story
      .when(round(1, score(1)))
      .then("step.completed", "step.repeated", ["approval.requested", { subject: { step: "improve", item: 1 } }]);
    story
      .when({ type: "reject", hash: waiting(story), comment: "no more" })
      .then(
        "approval.denied",
        ["step.failed", { item: 1 }],
        ["step.failed", { item: undefined }],
        "execution.completed",
        "run.failed",
      );
    story.sound();
    const literal = told(run([improve({ tool: "ask_first", with: { x: 1 } })], { settings: { approval: "effects" } }));
    literal
      .when({ type: "approve", hash: waiting(literal), calls: true })
      .then("approval.granted", "step.repeated", ["step.started", { item: 0 }]);
    literal.when(round(1, score(1))).then("step.completed", "step.repeated", ["step.started", { item: 1 }]);
    literal.sound();
  });

  it("gives each round a key of its own, so that the same arguments act again", () => {
    const story = told(run([improve({ tool: "pay", with: { x: 1 } })], { settings: { guard: "off" } }));
    const keys = [story.owed()[0]];
    story.given(round(1, score(1)));
    keys.push(story.owed()[0]);
    expect(new Set(keys.map((effect) => (effect?.kind === "call" ? effect.effectKey : ""))).size).toBe(2);
  });

  it("asks about the doubtful call of one round, and goes on with the next one", () => {
    const wiring = improve({ tool: "wire", with: { x: "${{ round }}" } });
    const story = told(run([wiring], { settings: { guard: "off" } }), round(1, score(1)));
    story.when(ended("call/improve/1/1", "timeout")).then(["step.unknown", { item: 1 }]);
    story
      .when({ type: "settle", step: "improve", item: 1, verdict: "happened", output: score(2) })
      .then(
        "step.resolved",
        ["step.completed", { item: 1 }],
        ["step.repeated", { round: 2 }],
        ["step.started", { item: 2 }],
      );
    story.sound();
  });

  it("is undone round by round, the last one first", () => {
    const wiring = improve({ tool: "wire", with: { x: "${{ round }}" }, onFailure: "compensate" }, 2);
    const story = told(run([wiring], { settings: { guard: "off" } }), round(1, score(1)));
    story
      .when(round(2, score(2)))
      .then(
        "step.completed",
        "step.repeated",
        "step.failed",
        "execution.completed",
        ["compensation.requested", { cause: "failure" }],
        ["compensation.started", { step: "improve", item: 1 }],
      );
    const undone = story.owed()[0];
    if (undone?.kind !== "compensate") throw new Error("nothing is undone");
    story
      .when({ type: "compensated", key: undone.key })
      .then("compensation.completed", ["compensation.started", { step: "improve", item: 0 }]);
    story.given({ type: "compensated", key: story.owed()[0]!.key });
    expect(endOf(story.run)?.how).toBe("failed");
    story
      .when(retry())
      .then(
        "run.reopened",
        ["step.repeated", { round: 0 }],
        ["approval.requested", { subject: { step: "improve", item: 0 } }],
      );
    story.sound();
  });

  it("stops when the budget is used up, and goes on with the open round when it is raised", () => {
    const budget = { modelCalls: 1, tokens: null, costUsd: null, wallMs: null };
    const agent = improve({ tool: undefined, agent: "Improve it.", with: { x: "${{ previous }}" } });
    const story = told(run([agent], { settings: { budget } }));
    const spent = { calls: 0, inputTokens: 0, outputTokens: 0 };
    const asks = (item: number): LooseInput => {
      const key = `call/improve/${item}/1`;
      return { type: "reserve", key, spent, model: "m", inputTokens: 1, outputTokens: 1 };
    };
    story.given(asks(0), { ...round(1, score(1)), usage: { calls: 1, inputTokens: 1, outputTokens: 1 } } as LooseInput);
    story.when(asks(1)).then(["budget.exhausted", { limit: "modelCalls" }]);
    const used = { code: "BUDGET_EXHAUSTED", retryable: false };
    story.given({ type: "ended", key: "call/improve/1/1", ending: "tool-error", error: used, usage: spent });
    expect(endOf(story.run)?.how).toBe("failed");
    story.when(retry()).then("run.reopened", ["step.started", { item: 1, attempt: 1, args: { x: score(1) } }]);
    story.sound();
  });

  it("has each round judged by an `expect` in prose before `until` is asked", () => {
    const story = told(run([improve({ expect: "It is about the lamp." })]));
    story.when(round(1, score(4))).then(["step.judging", { item: 0 }]);
    const [judge] = story.owed();
    story
      .when({ type: "judged", key: judge!.key, verdict: "met", text: "It is.", usage: NO_USAGE })
      .then(
        "step.judged",
        ["step.completed", { item: 0 }],
        ["step.repeated", { round: 1 }],
        ["step.started", { item: 1 }],
      );
    story.sound();
  });

  it("hands the labels of its own output on to the next round", () => {
    const reading = told(run([improve()]), round(1, score(9)));
    expect(labelOfStep(reading.run, reading.run.execution.steps.get("improve")!)).toMatchObject({ untrusted: true });
    const trusted = told(run([improve({ tool: "clock" })]), round(1, score(9)));
    expect(labelOfStep(trusted.run, trusted.run.execution.steps.get("improve")!)).toMatchObject({ untrusted: false });
    const passing = [...tools, spec("pass", "none", { labels: "pass" })];
    const first = { id: "first", tool: "look", with: {} };
    const made = improve({ tool: "pass", with: { x: '${{ previous == null ? "a" : previous.score }}' } });
    const clean = told(run([made], { tools: passing }));
    expect(labelOfStep(clean.run, clean.run.execution.steps.get("improve")!)).toMatchObject({ untrusted: false });
    const fed = improve({ tool: "pass", with: { x: "${{ [previous, first] }}" } });
    const unclean = told(run([first, fed], { tools: passing }));
    expect(labelOfStep(unclean.run, unclean.run.execution.steps.get("improve")!)).toMatchObject({ untrusted: true });
  });

  it("goes over to a fork with the rounds that have ended", () => {
    const steps = [improve(), after];
    const story = told(run(steps), round(1, score(1)), round(2, score(2)), { type: "cancel", reason: "enough" });
    story.given(ended("call/improve/2/1", "abort"));
    const plan = check({ steps, answer: { value: "done" } }, { tools }, { goal: "a goal" });
    if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
    const kept = partsOf(story.run, { plan });
    if (!kept.ok) throw new Error(kept.code);
    const carried = carriedFacts(story.run, kept.kept);
    const fork = new Kept("fork");
    fork
      .when({ ...run(steps), carried } as LooseInput)
      .then(
        "run.started",
        "plan.proposed",
        ["step.repeated", { round: 0, carried: "story" }],
        ["step.completed", { item: 0, carried: "story" }],
        ["step.repeated", { round: 1 }],
        ["step.completed", { item: 1 }],
        ["step.repeated", { round: 2, again: true }],
        ["step.started", { item: 2, args: { x: score(2), n: 3 } }],
      );
    fork.given(round(3, score(8)), returned("call/after/1"));
    expect(endOf(fork.run)?.how).toBe("completed");
    fork.sound();
  });

  it("goes over to a fork as a whole with its verdict", () => {
    const steps = [improve({}, 2, { otherwise: "last" }), after];
    const story = told(run(steps), round(1, score(1)), round(2, score(2)), returned("call/after/1"));
    const plan = check({ steps, answer: { value: "done" } }, { tools }, { goal: "a goal" });
    if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
    const kept = partsOf(story.run, { from: "after", plan });
    if (!kept.ok) throw new Error(kept.code);
    const fork = new Kept("fork");
    fork
      .when({ ...run(steps), carried: carriedFacts(story.run, kept.kept) } as LooseInput)
      .then(
        "run.started",
        "plan.proposed",
        ["step.repeated", { round: 2, met: false, again: undefined, carried: "story" }],
        ["step.completed", { step: "improve", item: undefined, output: score(2), carried: "story" }],
        ["step.started", { step: "after", args: { x: 2 } }],
      );
    const state = fork.run.execution.steps.get("improve")!;
    expect(roundsOf(state)).toEqual({ round: 2, of: 2, met: false });
    expect(labelOfStep(fork.run, state)).toMatchObject({ untrusted: true });
    fork.sound();
  });
});
