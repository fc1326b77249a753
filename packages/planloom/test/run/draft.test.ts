// Steps that begin while their plan is still being written, as the kernel decides it: what may, what becomes of them
// when the plan is whole, refused, or does not come.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import type { RunEvent } from "../../src/run/event.js";
import type { Settings } from "../../src/run/settings.js";
import { replay } from "../../src/run/log/replay.js";
import { endOf, isEnded, isWaiting } from "../../src/run/status.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { call, checked, ended, keysOwed, plans, returned, TOOLS, USAGE } from "./parts.js";
import { findingOf } from "../../src/plan/finding.js";

const eager = { eager: true } as const;
const planning = (settings: Partial<Settings> = eager) =>
  given(start({ goal: "g", tools: TOOLS, settings: { guard: "off", ...settings } }));
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
  findings: [findingOf("MISSING_FIELD", { pointer: "" }, { part: "steps" })],
  usage: USAGE,
});

describe("a step of a plan that is still being written", () => {
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
    expect([...story.run.execution.steps.keys()]).toEqual(["a", "b", "c"]);
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
    expect(story.run.execution.steps.size).toBe(0);
  });

  it("is not started twice when a planner writes it again after a crash", () => {
    const story = planning().given();
    story.given(drafts(story, [a]), { type: "recovered", epoch: 2, reason: { code: "RESUMED" } });
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

describe("the plan of steps that started early", () => {
  it("is refused: what runs is stopped, and the next round begins it anew under another attempt", () => {
    const story = planning();
    story.given(drafts(story, [a]), drafts(story, [a, call("z")]), returned("call/z/1", "Z"));
    story
      .when(invalid(story))
      .then("plan.invalid", ["step.cancelled", { step: "a", reason: { code: "DRAFT_DROPPED", because: "refused" } }]);
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
    const error = { code: "PROVIDER_REFUSED", text: "no", retryable: false };
    story
      .when({ type: "plan-failed", key: requestOf(story), error, usage: USAGE })
      .then("plan.failed", ["step.cancelled", { reason: { code: "DRAFT_DROPPED", because: "failed" } }], "run.failed");
  });

  it("differs from its draft: its results are dropped, and the proposal records it", () => {
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
      .then("goal.changed", [
        "step.cancelled",
        { step: "a", reason: { code: "DRAFT_DROPPED", because: "other-goal" } },
      ]);
    story.when(plans(story, [call("n")])).then("plan.proposed", ["step.started", { step: "n" }]);
  });

  it("is not given up when a step fails early: the step starts once more when the plan is complete", () => {
    const story = planning();
    story.given(drafts(story, [a]));
    story
      .when(ended("call/a/1", "tool-error", { retryable: false }))
      .then(["step.failed", { decision: "retry", reason: { code: "AFTER_PLAN", why: { code: "NOT_RETRYABLE" } } }]);
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
    expect(story.run.execution.steps.get("each")!.work.output).toEqual([1, 2]);
  });

  it("may be a loop: its rounds stay, and a failure of the whole waits for the plan", () => {
    const repeat = { until: "${{ output == 3 }}", most: 2 };
    const sum = call("sum", { with: { x: "${{ previous }}" }, repeat });
    const story = planning();
    story
      .when(drafts(story, [sum]))
      .then("plan.stepDrafted", ["step.repeated", { round: 0 }], ["step.started", { item: 0 }]);
    story.given(ended("call/sum/0/1", "tool-error", { retryable: false }));
    story.when(plans(story, [sum])).then("plan.proposed", ["step.started", { item: 0, attempt: 2 }]);
    story.given(returned("call/sum/0/2", 1));
    story.when(returned("call/sum/1/1", 3));
    expect(story.run.execution.steps.get("sum")!.work.output).toBe(3);

    const early = planning();
    early.given(drafts(early, [sum]), returned("call/sum/0/1", 1));
    early
      .when(returned("call/sum/1/1", 2))
      .then("step.completed", ["step.repeated", { round: 2 }], ["step.failed", { decision: "retry" }]);
    early
      .when(plans(early, [sum]))
      .then("plan.proposed", ["step.repeated", { round: 2, again: true, since: 2 }], ["step.started", { item: 2 }]);
    early
      .when(returned("call/sum/2/1", 3))
      .then(
        "step.completed",
        ["step.repeated", { met: true }],
        "step.completed",
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });
});

describe("whatever is drafted, and whenever its calls return", () => {
  /** Each step: whether it acts, and which earlier one it reads. */
  const shape = fc.array(fc.record({ acts: fc.boolean(), reads: fc.option(fc.nat(5)) }), {
    minLength: 1,
    maxLength: 6,
  });
  /**
   * Before each next piece of the plan: how many calls return, whether they fail, and whether a process takes the run
   * over.
   */
  const moveLists = fc.array(fc.record({ returns: fc.nat(2), fails: fc.boolean(), crash: fc.boolean() }), {
    minLength: 7,
    maxLength: 7,
  });

  it("no step completes twice, none acts before the plan is whole, and the run comes to its end", () => {
    fc.assert(
      fc.property(shape, moveLists, fc.nat(6), fc.boolean(), (drawn, moves, cut, refused) => {
        const steps = drawn.map(({ acts, reads }, at) => ({
          id: `s${at}`,
          tool: acts ? "put" : "look",
          with: reads !== null && reads < at ? { x: `\${{ s${reads} }}` } : {},
        }));
        const story = planning();
        const log: RunEvent[] = [...story.events];
        const say = (input: LooseInput) => log.push(...story.when(input).events);
        const goOn = ({
          returns,
          fails,
          crash,
        }: { readonly [of in "fails" | "crash"]: boolean } & { returns: number }) => {
          for (const { key } of story
            .owed()
            .filter(({ kind }) => kind === "call")
            .slice(0, returns))
            say(fails ? ended(key, "tool-error", { retryable: false }) : returned(key, key));
          if (crash) say({ type: "recovered", epoch: story.run.log.epoch + 1, reason: { code: "RESUMED" } });
        };
        const write = (count: number) => {
          for (let at = 1; at <= count; at++) {
            goOn(moves[at - 1]!);
            say(drafts(story, steps.slice(0, at)));
          }
        };
        write(Math.min(cut, steps.length));
        if (refused) {
          say(invalid(story));
          write(steps.length);
        }
        expect(log.filter((event) => event.type === "step.started" && event.data.effects !== "none")).toEqual([]);
        say(plans(story, steps));
        for (let round = 0; round < 20 && !isEnded(story.run); round++)
          goOn({ returns: 2, fails: false, crash: false });
        expect(endOf(story.run)?.how).toBe("completed");
        const round = log.findLastIndex(({ type }) => type === "plan.invalid") + 1;
        const done = log.slice(round).flatMap((event) => (event.type === "step.completed" ? [event.data.step] : []));
        expect(done.toSorted()).toEqual(steps.map(({ id }) => id));
        expect(replay(JSON.parse(JSON.stringify(log)) as RunEvent[]).differences).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
