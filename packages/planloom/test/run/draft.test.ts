// Steps that begin while their plan is still being written, as the kernel decides it: what may, what becomes of them when the plan is
// whole, refused, or does not come.
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import type { Settings } from "../../src/run/event.js";
import { isWaiting } from "../../src/run/state.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { call, checked, ended, keysOwed, plans, returned, TOOLS, USAGE } from "./parts.js";

const eager = { eager: true } as const;
const planning = (settings: Partial<Settings> = eager) => given(start({ goal: "g", tools: TOOLS, settings }));
const requestOf = (story: Story) => story.owed().find(({ kind }) => kind === "plan")!.key;

/** The planner has written this step after those; sound by itself unless said otherwise. */
function drafts(story: Story, steps: readonly object[], sound = true): LooseInput {
  const { plan, tools } = checked(steps);
  const step = plan.steps.at(-1)!;
  const used = tools.filter(({ name }) => step.kind === "tool" && step.tool === name);
  const base = {
    type: "drafted",
    key: requestOf(story),
    index: steps.length - 1,
    step: step as unknown as Json,
  } as const;
  return sound ? { ...base, tools: used } : base;
}

const a = call("a");
const b = call("b", { with: { x: "${{ a }}" } });
const invalid = (story: Story): LooseInput => ({
  type: "plan-invalid",
  key: requestOf(story),
  draft: "{",
  findings: [{ code: "NO_STEPS", severity: "error", where: { pointer: "" }, message: "none", fix: "some" }],
  usage: USAGE,
});

describe("a step that is written while its plan is not whole", () => {
  it("begins, ends, and goes over to the plan; what refers to it begins as soon as it is written", () => {
    const story = planning();
    story
      .when(drafts(story, [a]))
      .then(["plan.stepDrafted", { index: 0, begins: true }], ["step.started", { step: "a" }]);
    story.when(drafts(story, [a, b])).then(["plan.stepDrafted", { index: 1, begins: true }]);
    story.when(returned("call/a/1", "A")).then("step.completed", ["step.started", { step: "b", args: { x: "A" } }]);
    const c = call("c", { with: { x: "${{ b }}" } });
    story
      .when(plans(story, [a, b, c]))
      .then(["plan.proposed", { cause: "goal", kept: [{ step: "a" }, { step: "b" }] }]);
    expect(keysOwed(story)).toEqual(["call/b/1"]);
    story.when(returned("call/b/1", "B")).then("step.completed", ["step.started", { step: "c", args: { x: "B" } }]);
    story.when(returned("call/c/1")).then("step.completed", "execution.completed", "answer.written", "run.completed");
    expect([...story.run.steps.keys()]).toEqual(["a", "b", "c"]);
  });

  it.each<[string, Partial<Settings>, object[]]>([
    ["in a run that is not eager", { eager: false }, [a]],
    ["that acts", eager, [{ id: "p", tool: "put", with: {} }]],
    ["whose tool asks first", eager, [{ id: "p", tool: "ask_first", with: {} }]],
    ["that asks a person", eager, [{ id: "q", ask: "Which?" }]],
    ["whose call the plan wants approved", eager, [call("a", { approval: "required" })]],
    ["that needs one that has not begun", eager, [{ id: "p", tool: "put", with: {} }, call("b", { dependsOn: ["p"] })]],
  ])("does not begin: one %s", (_what, settings, steps) => {
    const story = planning(settings);
    steps.forEach((_, index) => {
      story.when(drafts(story, steps.slice(0, index + 1))).then(["plan.stepDrafted", { begins: false }]);
    });
    expect(keysOwed(story)).toEqual([requestOf(story)]);
    story.when(plans(story, steps));
    expect(story.events[0]).not.toHaveProperty("data.kept");
  });

  it("does not begin where it is not sound by itself, and is written down all the same", () => {
    const story = planning();
    story.when(drafts(story, [a], false)).then(["plan.stepDrafted", { begins: false }]);
    expect(story.run.steps.size).toBe(0);
  });

  it("is known already when a planner writes it again after a crash", () => {
    const story = planning().given();
    story.given(drafts(story, [a]), { type: "recovered", epoch: 2, reason: "crashed" });
    expect(keysOwed(story)).toContain("call/a/1");
    story.when(drafts(story, [a])).then();
    story.when(drafts(story, [call("a", { with: { x: 2 } })])).then(["plan.stepDrafted", { begins: false }]);
  });

  it("obeys the limit of concurrency, a pause, and a cancel", () => {
    const story = planning({ ...eager, concurrency: 1 });
    story.given(drafts(story, [a]));
    story.when(drafts(story, [a, call("z")])).then("plan.stepDrafted");
    story.given({ type: "pause", reason: "" });
    story.when(returned("call/a/1")).then("step.completed");
    expect(isWaiting(story.run)).toBe(true);
    story.when({ type: "unpause", reason: "" }).then("run.unpaused", ["step.started", { step: "z" }]);
    story.when({ type: "cancel", reason: "enough" }).then("cancel.requested");
    story.when(ended("call/z/1", "abort")).then(["step.cancelled", { step: "z" }], "run.cancelled");
  });
});

describe("the plan that they stand in", () => {
  it("is refused: what runs is stopped, and the next round begins it anew under another attempt", () => {
    const story = planning();
    story.given(drafts(story, [a]), drafts(story, [a, call("z")]), returned("call/z/1", "Z"));
    story
      .when(invalid(story))
      .then("plan.invalid", ["step.cancelled", { step: "a", reason: "the plan that it stands in was refused" }]);
    expect(keysOwed(story)).toEqual([requestOf(story)]);
    story
      .when(drafts(story, [a]))
      .then(["plan.stepDrafted", { begins: true }], ["step.started", { step: "a", attempt: 2 }]);
    story.when(returned("call/a/1", "late")).then();
    story.when(plans(story, [a])).then("plan.proposed");
    story
      .when(returned("call/a/2", "A"))
      .then("step.completed", "execution.completed", "answer.written", "run.completed");
  });

  it("is refused for good, or does not come: what runs is stopped before the run fails", () => {
    const last = planning({ ...eager, repairRounds: 0 });
    last.given(drafts(last, [a]));
    last.when(invalid(last)).then("plan.invalid", ["step.cancelled", { step: "a" }], "run.failed");
    const story = planning();
    story.given(drafts(story, [a]));
    const error = { code: "PROVIDER_REFUSED", message: "no", retryable: false };
    story
      .when({ type: "plan-failed", key: requestOf(story), error, usage: USAGE })
      .then("plan.failed", ["step.cancelled", { reason: "the plan that it stands in did not come" }], "run.failed");
  });

  it("comes otherwise than it was written: nothing of it is used, and the proposal says so", () => {
    const story = planning();
    story.given(drafts(story, [a]), returned("call/a/1", "A"), drafts(story, [a, call("z")]));
    story
      .when(plans(story, [call("a", { with: { x: 2 } })]))
      .then(["plan.proposed", { dropped: ["a", "z"] }], ["step.started", { step: "a", attempt: 2, args: { x: 2 } }]);
    expect(keysOwed(story)).toEqual(["call/a/2"]);
  });

  it("is for another goal by now", () => {
    const story = planning();
    story.given(drafts(story, [a]));
    story
      .when({ type: "goal", goal: "another", reason: "" })
      .then("goal.changed", ["step.cancelled", { step: "a", reason: "it was for another goal" }]);
    story.when(plans(story, [call("n")])).then("plan.proposed", ["step.started", { step: "n" }]);
  });

  it("shall not be given up for a step that fails early: that one is begun once more when it is whole", () => {
    const story = planning();
    story.given(drafts(story, [a]));
    story
      .when(ended("call/a/1", "tool-error", { retryable: false }))
      .then([
        "step.failed",
        { decision: "retry", reason: "trying again would not help; it is begun once more when its plan is whole" },
      ]);
    story.when(plans(story, [a])).then("plan.proposed", ["step.started", { step: "a", attempt: 2 }]);
    story
      .when(ended("call/a/2", "tool-error", { retryable: false }))
      .then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
  });

  it("may be a fan-out: items that failed are begun once more, those that have finished are not", () => {
    const each = call("each", { forEach: '${{ ["p", "q"] }}', maxParallel: 1, with: { x: "${{ item }}" } });
    const story = planning();
    story.when(drafts(story, [each])).then("plan.stepDrafted", "step.expanded", ["step.started", { item: 0 }]);
    story.given(returned("call/each/0/1", 1), ended("call/each/1/1", "tool-error", { retryable: false }));
    story.when(plans(story, [each])).then("plan.proposed", ["step.started", { item: 1, attempt: 2 }]);
    story.when(returned("call/each/1/2", 2));
    expect(story.run.steps.get("each")!.work.output).toEqual([1, 2]);
  });
});
