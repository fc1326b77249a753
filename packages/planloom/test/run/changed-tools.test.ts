// The tools that run are the tools that were approved: a call by another definition is not made. The difference is
// recorded once, and calls that act wait for a person who sees it.
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import { unknownChanges } from "../../src/run/changed-tools.js";
import type { EventOf, RunEvent } from "../../src/run/event.js";
import { replay } from "../../src/run/log/replay.js";
import { foldNext } from "../../src/run/log/chain.js";
import { emptyRun } from "../../src/run/state.js";
import { start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { KeptStory } from "./kept-story.js";
import { USAGE } from "./parts.js";

const spec = (name: string, effects: ToolSpec["effects"], more: Partial<ToolSpec> = {}): ToolSpec => ({
  name,
  description: `Does ${name}.`,
  input: { type: "object", properties: { x: {} }, additionalProperties: false },
  effects,
  ...more,
});
const READ = spec("read", "none");
const PAY = spec("pay", "once");
const LOG = spec("log", "idempotent");
const TOOLS = [READ, PAY, LOG];
const step = (id: string, tool: string, more: object = {}) => ({ id, tool, with: { x: 1 }, ...more });

const story = (steps: readonly object[], settings = {}): KeptStory =>
  new KeptStory().given(start({ plan: { steps, answer: { value: "done" } }, tools: TOOLS, settings }));
const met = (key: string, ...tools: readonly ToolSpec[]): LooseInput => ({ type: "tool-changed", key, tools });
const returned = (key: string, output: Json, tool: string): LooseInput => ({
  type: "returned",
  key,
  output,
  tools: [tool],
  usage: USAGE,
});
const hashAsked = ({ events }: Story): string => {
  const asked = events.findLast((event): event is EventOf<"approval.requested"> => event.type === "approval.requested");
  return asked!.data.hash;
};
const approve = (hash: string, more: object = {}): LooseInput => ({ type: "approve", hash, ...more });
const sameAgain = ({ log }: KeptStory) => {
  const copy = JSON.parse(JSON.stringify(log)) as RunEvent[];
  const read = emptyRun(copy[0]!.runId);
  for (const event of copy) expect(foldNext(read, event).ok).toBe(true);
  return replay(copy).differences;
};
const changesIn = ({ log }: KeptStory) => log.filter(({ type }) => type === "tool.changed").length;

describe("a tool that has effects now or had them before", () => {
  it("that has changed back for one call has changed back for all, in replay too", () => {
    const next = { ...PAY, version: "2" };
    const told = story([step("s", "pay"), step("t", "pay")]);
    for (const key of ["call/s/1", "call/t/1"]) told.when(met(key, next)).when(approve(hashAsked(told)));
    told.when(met("call/s/1", PAY)).then("tool.changed", "step.held", "step.started");
    told
      .when(met("call/t/1", PAY))
      .then(["step.held", { step: "t", reason: { code: "TOOL_CHANGED", tools: ["pay"] } }], "step.started");
    expect(sameAgain(told)).toEqual([]);
  });

  it.each([
    ["acts now", READ, { ...READ, effects: "once" }, "once"],
    ["acted before", PAY, { ...PAY, effects: "none" }, "once"],
    ["asks for approval now", READ, { ...READ, approval: "required" }, "none"],
    ["sends data away now", READ, { ...READ, egress: true }, "none"],
    ["is told otherwise", LOG, { ...LOG, description: "Does more." }, "idempotent"],
    ["is of another version", PAY, { ...PAY, version: "2" }, "once"],
  ] as const)("waits for a person: it %s", (_what, was, is, effects) => {
    const told = story([step("s", was.name)]).when(met("call/s/1", is));
    told.then(
      ["tool.changed", { tool: was.name, present: is, waits: true }],
      ["step.held", { step: "s", attempt: 1, reason: { code: "TOOL_CHANGED", tools: [was.name] } }],
      ["approval.requested", { subject: { step: "s" }, args: { x: 1 } }],
    );
    const { reason } = told.log.findLast((event) => event.type === "approval.requested")!.data;
    expect(reason).toMatchObject({ code: "TOOL_CHANGED", changes: [{ tool: was.name, differences: [{}] }] });
    const hash = hashAsked(told);
    told
      .when(approve(hash))
      .then("approval.granted", ["step.started", { step: "s", attempt: 1, effects, args: { x: 1 } }]);
    told
      .when(returned("call/s/1", 1, was.name))
      .then("step.completed", "execution.completed", "answer.written", "run.completed");
    expect(sameAgain(told)).toEqual([]);
  });

  it("waits although its call was approved with the plan", () => {
    const told = story([step("s", "pay")], { approval: "effects" });
    told.when(approve(hashAsked(told), { calls: true })).then("approval.granted", ["step.started", { step: "s" }]);
    told.when(met("call/s/1", { ...PAY, description: "Pays anybody." }));
    told.then("tool.changed", "step.held", "approval.requested");
    expect(sameAgain(told)).toEqual([]);
  });

  it("waits again if it changes once more, and not if it is what it was", () => {
    const [second, third] = [
      { ...PAY, version: "2" },
      { ...PAY, version: "3" },
    ];
    const told = story([step("s", "pay"), step("t", "pay", { dependsOn: ["s"], with: { x: 2 } })]);
    told.given(met("call/s/1", second));
    told.given(approve(hashAsked(told)), met("call/s/1", third));
    told.then(
      ["tool.changed", { differences: [{ field: "version", was: null, is: "3" }] }],
      "step.held",
      "approval.requested",
    );
    told.given(approve(hashAsked(told)), returned("call/s/1", 1, "pay"));
    told.then("step.completed", ["approval.requested", { subject: { step: "t" } }]);
    told.given(approve(hashAsked(told))).when(met("call/t/1", PAY));
    told.then(["tool.changed", { differences: [], waits: undefined }], "step.held", ["step.started", { step: "t" }]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("names the reason that holds besides", () => {
    const told = story([step("s", "pay", { approval: "required" })]);
    told.given(approve(hashAsked(told))).when(met("call/s/1", { ...PAY, version: "2" }));
    expect(told.log.at(-1)!.data).toMatchObject({ reason: { code: "TOOL_CHANGED", also: { code: "STEP_ASKS" } } });
  });

  it("fails its step if its arguments do not fit any more", () => {
    const strict = { ...PAY, input: { ...PAY.input, properties: { to: {} }, required: ["to"] } };
    story([step("s", "pay")])
      .when(met("call/s/1", strict))
      .then("tool.changed", "step.held", "step.failed", "execution.completed", "run.failed");
  });

  it("does not make a call whose change was rejected", () => {
    const told = story([step("s", "pay")]).given(met("call/s/1", { ...PAY, version: "2" }));
    told.when({ type: "reject", hash: hashAsked(told), comment: "not this one" });
    told.then("approval.denied", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    expect(sameAgain(told)).toEqual([]);
  });
});

describe("a tool that only reads", () => {
  const other = { ...READ, description: "Reads better.", trusted: true } as const;

  it("goes on, with the difference recorded once for all steps, and never looser than before", () => {
    const told = story([
      step("a", "read"),
      step("b", "read", { with: { x: 2 } }),
      step("c", "read", { with: { x: 3 } }),
    ]);
    const { trusted: _, ...applies } = other;
    told
      .when(met("call/a/1", other))
      .then(
        ["tool.changed", { applies, waits: undefined }],
        ["step.held", { step: "a" }],
        ["step.started", { step: "a" }],
      );
    told.when(met("call/b/1", other)).then(["step.held", { step: "b" }], ["step.started", { step: "b" }]);
    expect(changesIn(told)).toBe(1);
    expect(told.run.execution.steps.get("c")!.tool).toEqual(applies);
    const known = unknownChanges(told.run, told.run.execution.steps.get("c")!, () => ({ ...other }));
    expect(known).toEqual([]);
    expect(sameAgain(told)).toEqual([]);
  });
});

describe("an agent step", () => {
  const agent = { id: "s", agent: "Do it.", tools: ["read", "pay"] };

  it("waits if a tool that it may call and that acts has changed", () => {
    const told = story([agent]).when(met("call/s/1", { ...PAY, version: "2" }, { ...READ, version: "2" }));
    told.then("tool.changed", "tool.changed", "step.held", "approval.requested");
    expect(told.log.at(-1)!.data).toMatchObject({ reason: { changes: [{ tool: "pay" }] } });
    const hash = hashAsked(told);
    told.when(approve(hash)).then("approval.granted", "step.started");
    expect(sameAgain(told)).toEqual([]);
  });

  it("goes on if only tools that read have changed", () => {
    story([agent])
      .when(met("call/s/1", { ...READ, description: "Reads." }))
      .then("tool.changed", "step.held", ["step.started", { step: "s", attempt: 1 }]);
  });

  it("with all tools has those of its plan, and none that came later", () => {
    const told = story([{ ...agent, tools: "all" }]);
    const asked: string[] = [];
    unknownChanges(told.run, told.run.execution.steps.get("s")!, (name) => void asked.push(name));
    expect(asked).toEqual(["log", "pay", "read"]);
  });
});

describe("items of a list", () => {
  it("wait each for itself", () => {
    const told = story([{ ...step("s", "pay"), forEach: "${{ [1, 2] }}", with: { x: "${{ item }}" } }]);
    const now = { ...PAY, version: "2" };
    told.when(met("call/s/0/1", now)).then("tool.changed", ["step.held", { item: 0 }], "approval.requested");
    told.when(met("call/s/1/1", now)).then(["step.held", { item: 1 }], ["approval.requested", { args: { x: 2 } }]);
    expect(sameAgain(told)).toEqual([]);
  });
});

describe("a run that is ending", () => {
  it("is cancelled without the call", () => {
    const told = story([step("s", "pay")]).given({ type: "cancel", reason: "enough" });
    told.when(met("call/s/1", { ...PAY, version: "2" })).then("tool.changed", "step.held", "run.cancelled");
    expect(sameAgain(told)).toEqual([]);
  });
});
