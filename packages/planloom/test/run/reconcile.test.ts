// A tool that can say what became of its call is asked before a person is.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import type { EventType } from "../../src/run/event.js";
import { replay } from "../../src/run/log/replay.js";
import { isWaiting, statusOf } from "../../src/run/status.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { call, ended, returned, spec, TOOLS } from "./parts.js";

const WIRE = spec("wire", "once", {
  reconciles: true,
  output: { type: "object", properties: { id: { type: "string" } }, required: ["id"], additionalProperties: false },
});
const DELAY = LIMITS.reconcileDelayMs;
const KEY = "reconcile/p//1";
const settle = { type: "settle", step: "p", verdict: "not-happened" } as const;

const run = (steps: readonly object[], more: object = {}) =>
  start({ plan: { steps, answer: { value: "done" } }, tools: [...TOOLS, WIRE], settings: { guard: "off" }, ...more });
const wire = (more: object = {}) => ({ id: "p", tool: "wire", with: {}, ...more });
const agent = { id: "p", agent: "Wire it.", tools: ["wire", "pay"] };
const inner = (tool: string) => ({ ...ended("call/p/1", "in-doubt"), call: { key: "inner", tool } }) as LooseInput;
const happened = (output: Json) => ({ type: "reconciled", key: KEY, happened: true, output }) as const;
const notHappened = { type: "reconciled", key: KEY, happened: false } as const;
const noAnswer = (at = 0, retryable = true, key = KEY): LooseInput => {
  const error = { code: "RECONCILE_UNKNOWN", text: "it does not know", retryable };
  return { type: "reconcile-failed", key, error, at };
};
const inDoubt = (...steps: readonly object[]) => given(run([wire(), ...steps]), ended("call/p/1", "timeout"));
const kinds = (story: Story) => story.owed().map(({ kind }) => kind);

describe("a tool with reconcile", () => {
  it("is owed a question, a moment after the doubt, beside the person", () => {
    const story = given(run([wire()])).when(ended("call/p/1", "timeout", { at: 500 }));
    story.then(["step.unknown", { tool: "wire", reconcileAt: 500 + DELAY }]);
    const { key: callKey } = story.events[0]!.data as { key: string };
    expect(story.owed()).toEqual([
      { kind: "person", key: "unknown/p/" },
      { kind: "reconcile", key: KEY, step: "p", item: null, tool: "wire", callKey, attempt: 1, notBefore: 500 + DELAY },
    ]);
    expect([isWaiting(story.run), statusOf(story.run)]).toEqual([false, "running"]);
  });

  it("is owed none where it cannot say so", () => {
    const story = given(run([wire(), call("q", { tool: "pay" })])).given(ended("call/p/1", "timeout"));
    expect(statusOf(story.run)).toBe("running");
    story.when(ended("call/q/1", "timeout")).then(["step.unknown", { tool: "pay", reconcileAt: undefined }]);
    expect([kinds(story), statusOf(story.run)]).toEqual([["person", "reconcile", "person"], "needs-attention"]);
  });

  it("settles it as happened, with its output", () => {
    inDoubt(call("b", { dependsOn: ["p"] }))
      .when(happened({ id: "r1" }))
      .then(
        ["step.resolved", { verdict: "happened", output: { id: "r1" } }],
        ["step.completed", { output: { id: "r1" }, from: { steps: [], tools: ["wire"] } }],
        ["step.started", { step: "b" }],
      );
  });

  it("settles it as not happened: then the call is made, under the same key", () => {
    const story = inDoubt();
    const doubt = story.events[0]!.data as { key: string };
    story
      .when(notHappened)
      .then(["step.resolved", { verdict: "not-happened" }], ["step.started", { attempt: 1, key: doubt.key }]);
    expect(kinds(story)).toEqual(["call"]);
    expect(story.events.every(({ by }) => by === "engine")).toBe(true);
  });

  it("fails the step where `expect` refuses the output", () => {
    given(run([wire({ expect: '${{ output.id == "r2" }}' })]), ended("call/p/1", "timeout"))
      .when(happened({ id: "r1" }))
      .then("step.resolved", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
  });

  it.each([
    ["its tool", wire(), 7],
    ["its step", wire({ output: '{ id: "r2" }' }), { id: "r1" }],
  ])("settles nothing with an output of another type than %s promises", (_what, step, output) => {
    const story = given(run([step]), ended("call/p/1", "timeout")).when(happened(output));
    story.then(["reconcile.failed", { attempt: 1, decision: "fail", reason: { code: "NOT_RETRYABLE" } }]);
    expect([kinds(story), isWaiting(story.run)]).toEqual([["person"], true]);
  });

  it("is asked again after 1, 2 and 4 s where it gives no answer, then a person decides", () => {
    const story = inDoubt();
    let at = DELAY;
    for (const [index, delay] of [1_000, 2_000, 4_000].entries()) {
      story
        .when(noAnswer(at))
        .then(["reconcile.failed", { attempt: index + 1, decision: "retry", retryAt: at + delay }]);
      at += delay;
      expect(story.owed()[1]).toMatchObject({ kind: "reconcile", key: KEY, attempt: index + 2, notBefore: at });
    }
    story.when(noAnswer(at)).then(["reconcile.failed", { decision: "fail", reason: { code: "ATTEMPTS_USED", of: 4 } }]);
    expect([kinds(story), statusOf(story.run)]).toEqual([["person"], "needs-attention"]);
    story.when(settle).then("step.resolved", "step.started");
  });

  it("is not asked again where that would not help", () => {
    const story = inDoubt().when(noAnswer(0, false));
    story.then(["reconcile.failed", { decision: "fail", reason: { code: "NOT_RETRYABLE" } }]);
    expect(kinds(story)).toEqual(["person"]);
  });

  it("is not heard after a person, who is heard at any time", () => {
    const story = inDoubt().when(settle).then("step.resolved", "step.started");
    expect(kinds(story)).toEqual(["call"]);
    story.when(happened({ id: "r1" })).then();
    story.when(noAnswer()).then();
    story.given(ended("call/p/1", "timeout"));
    // What it says of the first doubt says nothing of the second.
    story.when(happened({ id: "r1" })).then();
    expect(story.owed()[1]).toMatchObject({ key: "reconcile/p//2", attempt: 1 });
  });

  it("is asked about each item of a fan-out by itself", () => {
    const each = wire({ forEach: "${{ inputs.list }}", with: { x: "${{ item }}" } });
    const story = given(run([each], { inputs: { list: [1, 2] } }));
    story.given(ended("call/p/0/1", "timeout"), ended("call/p/1/1", "timeout"));
    expect(kinds(story)).toEqual(["person", "reconcile", "person", "reconcile"]);
    story
      .when({ ...notHappened, key: "reconcile/p/1/1" })
      .then(["step.resolved", { item: 1 }], ["step.started", { item: 1 }]);
    story
      .when({ ...happened({ id: "a" }), key: "reconcile/p/0/1" })
      .then("step.resolved", ["step.completed", { item: 0 }]);
    story
      .when(returned("call/p/1/1", { id: "b" }))
      .then(
        ["step.completed", { item: 1 }],
        ["step.completed", { step: "p" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });

  it("is asked again by whoever takes the run over", () => {
    const story = inDoubt();
    const before = story.owed();
    story.when({ type: "recovered", epoch: 2, reason: { code: "RESUMED" } }).then("run.resumed");
    expect(story.owed()).toEqual(before);
  });

  it("is asked about a call that a crash cut off", () => {
    const story = given(run([wire()])).when({ type: "recovered", epoch: 2, reason: { code: "RESUMED" }, at: 9 });
    story.then("run.resumed", ["step.unknown", { tool: "wire", reconcileAt: 9 + DELAY }]);
  });

  it("is asked nothing once the run is cancelled", () => {
    const cancel = { type: "cancel", reason: "enough" } as const;
    const story = inDoubt(call("a")).when(cancel).then("cancel.requested");
    expect(kinds(story)).toEqual(["call", "stop"]);
    story.when(happened({ id: "r1" })).then();
    given(run([wire(), call("a")]), cancel)
      .when(ended("call/p/1", "abort"))
      .then(["step.unknown", { reconciles: true, reconcileAt: undefined }]);
  });
});

describe("a call inside an agent step", () => {
  const inside = (tool = "wire") => given(run([agent]), inner(tool));

  it("is settled by its own tool, and the step goes on with that", () => {
    const story = inside();
    expect(story.owed()[1]).toMatchObject({ kind: "reconcile", tool: "wire", callKey: "inner" });
    story
      .when(happened({ id: "r1" }))
      .then(["step.resolved", { key: "inner", verdict: "happened" }], ["step.started", { attempt: 1 }]);
    expect(story.run.execution.steps.get("p")!.work.settled?.get("inner")).toEqual({
      verdict: "happened",
      output: { id: "r1" },
    });
  });

  it("is settled as not happened", () => {
    const story = inside().when(notHappened).then("step.resolved", "step.started");
    expect(story.run.execution.steps.get("p")!.work.settled?.get("inner")).toMatchObject({ verdict: "not-happened" });
  });

  it("is left to a person where its tool cannot say it, or says what it cannot have given", () => {
    expect(kinds(inside("pay"))).toEqual(["person"]);
    const story = inside()
      .when(happened(7))
      .then(["reconcile.failed", { decision: "fail" }]);
    expect(kinds(story)).toEqual(["person"]);
  });

  it("is known with the tools `all`", () => {
    const story = given(run([{ ...agent, tools: "all" }]), inner("wire"));
    expect(kinds(story)).toEqual(["person", "reconcile"]);
  });
});

describe("replay", () => {
  const histories: readonly (readonly [string, readonly LooseInput[], EventType])[] = [
    ["happened", [happened({ id: "r1" })], "run.completed"],
    ["not happened", [notHappened, returned("call/p/1", { id: "r1" })], "run.completed"],
    ["no answer, then a person", [noAnswer(3), noAnswer(9, false), settle], "step.started"],
    ["an output of the wrong type", [happened(7)], "reconcile.failed"],
  ];
  it.each(histories)("makes the same decisions again (%s)", (_what, inputs, last) => {
    const story = given(run([wire()]));
    const log = [...story.events];
    for (const input of [ended("call/p/1", "timeout"), ...inputs]) log.push(...story.when(input).events);
    expect(log.at(-1)!.type).toBe(last);
    expect(replay(JSON.parse(JSON.stringify(log)) as typeof log).differences).toEqual([]);
  });
});
