// Questions that tools ask during their calls, in the kernel. In: outcomes and commands. Out: the facts that follow.
import { describe, expect, it } from "vitest";
import { statusOf } from "../../src/run/status.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { Json } from "../../src/plan/json.js";
import type { ToolQuestion } from "../../src/run/event.js";
import { call, ended, fails, keysOwed, plans, replanning, returned, spec, TOOLS } from "./parts.js";

const DAY = 24 * 60 * 60_000;
const AGAIN = "0123456789abcdef";

const asks = (key: string, ask: Partial<ToolQuestion> = {}, more: object = {}): LooseInput => ({
  ...{ type: "asked", key, call: { key: AGAIN, tool: "pay" }, usage: NO_USAGE },
  ask: { number: 1, question: "Really?", type: "boolean", ...ask },
  ...more,
});
const says = (value: Json, more: object = {}): LooseInput => ({ type: "respond", step: "p", value, ...more });
const PAY = { id: "p", tool: "pay", with: { x: 1 } };

const paying = (settings: object = {}, steps: readonly object[] = [PAY]): Story =>
  given(start({ plan: { steps, answer: { value: "done" } }, tools: TOOLS, settings }));

describe("a call whose tool asks", () => {
  it("waits, is not owed meanwhile, and starts again with the same key and attempt", () => {
    const story = paying();
    const [first] = story.owed();
    story.when(asks("call/p/1")).then(["step.asked", { attempt: 1, number: 1, question: "Really?", expiresAt: DAY }]);
    expect([statusOf(story.run), keysOwed(story)]).toEqual(["needs-attention", ["ask/p/"]]);
    story.when(says("yes")).then(["input.refused", { code: "ANSWER_TYPE" }]);
    story.when(says(true)).then(["step.answered", { number: 1, value: true }], ["step.started", { attempt: 1 }]);
    expect(story.owed()).toEqual([first]);
    const { work } = story.run.execution.steps.get("p")!;
    expect([...work.answers!]).toMatchObject([[AGAIN, [{ question: "Really?", answer: true }]]]);
    story.when(asks("call/p/1", { number: 2, question: "Sure?" })).then("step.asked");
    story.when(says(false)).then("step.answered", "step.started");
    expect(work.answers!.get(AGAIN)).toHaveLength(2);
    story
      .when(returned("call/p/1", 1, ["pay"]))
      .then("step.completed", "execution.completed", "answer.written", "run.completed");
  });

  it("an answer that names its question answers no later one", () => {
    const story = paying().given(asks("call/p/1"));
    const asked = story.events.at(-1)!.seq;
    story.given(says(true, { asked }), asks("call/p/1", { number: 2 }));
    story.when(says(true, { asked })).then(["input.refused", { code: "STALE_REPLY" }]);
    story
      .when(says(true, { asked: story.run.execution.steps.get("p")!.work.asking!.seq }))
      .then("step.answered", "step.started");
  });

  it("an answer keeps every rule of a JSON Schema", () => {
    const type = { type: "object", properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] };
    const story = paying().given(asks("call/p/1", { type }));
    story.when(says({ n: "1" })).then(["input.refused", { code: "ANSWER_TYPE" }]);
    story.when(says({ n: 0 })).then(["input.refused", { code: "ANSWER_SCHEMA" }]);
    story.when(says({ n: 1 })).then("step.answered", "step.started");
  });

  it("a person may decline only if the tool allows it", () => {
    paying()
      .given(asks("call/p/1"))
      .when(says({ declined: true }))
      .then("input.refused");
    const story = paying().given(asks("call/p/1", { declines: true }));
    story.when(says({ declined: true })).then(["step.answered", { value: { declined: true } }], "step.started");
  });

  it("without an answer in time it fails, and nothing is in doubt", () => {
    const story = paying().given(asks("call/p/1"));
    story.when({ type: "clock", at: DAY - 1 }).then();
    story
      .when(says(true, { at: DAY }))
      .then(
        ["step.failed", { decision: "fail" }],
        ["input.refused", { code: "NOT_ASKED" }],
        "execution.completed",
        "run.failed",
      );
    expect(story.events[0]!.data).toMatchObject({ error: { code: "ASK_EXPIRED" } });
    // An answered question does not expire.
    const answered = paying().given(asks("call/p/1"), says(true));
    answered.when({ type: "clock", at: 2 * DAY }).then();
  });

  it("crashes of its process are in doubt only while the call is at work", () => {
    const recovered = { type: "recovered", epoch: 2, reason: { code: "RESUMED" } } as const;
    const story = paying().given(asks("call/p/1"));
    story.when(recovered).then("run.resumed");
    story.given(says(true));
    story.when({ ...recovered, epoch: 3 }).then("run.resumed", ["step.unknown", { tool: "pay" }]);
  });

  it("in a run that nobody attends it fails", () => {
    const story = paying({ attended: false });
    story.when(asks("call/p/1")).then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    expect(story.events[0]!.data).toMatchObject({ error: { code: "ASK_UNATTENDED" } });
  });
});

describe("while a tool waits for its answer", () => {
  const cancel: LooseInput = { type: "cancel", reason: "no" };

  it("a cancel ends the run, and a call that asks while the run is being cancelled is stopped", () => {
    paying().given(asks("call/p/1")).when(cancel).then("cancel.requested", "run.cancelled");
    const story = paying().given(cancel);
    story.when(asks("call/p/1")).then(["step.cancelled", { ending: "abort" }], "run.cancelled");
  });

  it("a pause keeps the answer, and the call starts after it", () => {
    const story = paying().given(asks("call/p/1"), { type: "pause", reason: "lunch" });
    story.when(says(true)).then("step.answered");
    story.when({ type: "unpause", reason: "" }).then("run.unpaused", ["step.started", { attempt: 1 }]);
  });

  it("another step that fails ends the run; a retry asks again, with the answers so far", () => {
    const story = paying({}, [PAY, call("b")]);
    story.given(asks("call/p/1"), says(true), asks("call/p/1", { number: 2, question: "Sure?" }), fails("call/b/1"));
    expect(statusOf(story.run)).toBe("failed");
    const { settings, models } = story.run.request;
    story
      .when({ type: "retry", settings, models })
      .then("run.reopened", ["step.started", { step: "p" }], ["step.started", { step: "b" }]);
    expect(story.run.execution.questions).toBe(0);
    expect(story.run.execution.steps.get("p")!.work.answers!.get(AGAIN)).toHaveLength(1);
    story
      .when(
        asks(
          keysOwed(story).find((key) => key.startsWith("call/p/"))!,
          { number: 2, question: "Sure?" },
        ),
      )
      .then("step.asked");
    story.given(returned(keysOwed(story).find((key) => key.startsWith("call/b/"))!));
    story.given(cancel);
    story.when({ type: "retry", from: "p", settings, models }).then("run.reopened", ["step.started", { step: "p" }]);
    expect(story.run.execution.steps.get("p")!.work.answers).toBeUndefined();
  });

  it("another goal gets another plan, and the question is gone", () => {
    const story = replanning([PAY, call("b", { dependsOn: ["p"] })]).given(asks("call/p/1"));
    story.when({ type: "goal", goal: "other", reason: "" }).then("goal.changed", "replan.requested");
    story.when(plans(story, [call("c")])).then("plan.proposed", ["step.started", { step: "c" }]);
    expect([story.run.execution.questions, keysOwed(story)]).toEqual([0, ["call/c/1"]]);
    story.when({ type: "clock", at: 2 * DAY }).then();
  });

  it("a plan that keeps the step keeps its answers, and the tool is called again", () => {
    const story = replanning([PAY, call("b")]).given(asks("call/p/1"), says(true), asks("call/p/1", { number: 2 }));
    story.given(fails("call/b/1"));
    story
      .when(plans(story, [PAY, call("c")]))
      .then("plan.proposed", ["step.started", { step: "p", attempt: 1 }], "step.started");
    expect(story.run.execution.steps.get("p")!.work.answers!.get(AGAIN)).toHaveLength(1);
  });

  it("a later attempt has the answers of the earlier one", () => {
    const story = paying({}, [{ ...PAY, tool: "look" }]).given(
      asks("call/p/1", {}, { call: { key: AGAIN, tool: "look" } }),
      says(true),
    );
    story.when(ended("call/p/1")).then(["step.failed", { decision: "retry" }], "step.retrying");
    expect(story.run.execution.steps.get("p")!.work.answers!.get(AGAIN)).toHaveLength(1);
  });
});

describe("items of a fan-out", () => {
  it("ask each for themselves, keep their places, and expire one by one", () => {
    const each = { id: "p", tool: "put", forEach: "${{ inputs.xs }}", maxParallel: 2, with: { x: "${{ item }}" } };
    const story = given(
      start({
        plan: { steps: [each], answer: { value: "done" } },
        tools: [spec("put", "idempotent")],
        inputs: { xs: [1, 2, 3] },
        settings: { approvalMs: 100, guard: "off" },
      }),
    );
    const of = (item: number) => ({ call: { key: `k${item}`, tool: "put" } });
    story.when(asks("call/p/0/1", {}, of(0))).then(["step.asked", { item: 0 }]);
    story.when(asks("call/p/1/1", {}, { ...of(1), at: 50 })).then(["step.asked", { item: 1 }]);
    expect([story.run.execution.questions, keysOwed(story)]).toEqual([2, ["ask/p/0", "ask/p/1"]]);
    story.when(says(true, { item: 1, at: 60 })).then(["step.answered", { item: 1 }], ["step.started", { item: 1 }]);
    story.when({ type: "clock", at: 100 }).then(["step.failed", { item: 0 }], ["step.started", { item: 2 }]);
    expect(story.run.execution.questions).toBe(0);
  });
});
