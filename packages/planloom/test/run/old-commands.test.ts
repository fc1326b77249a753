// Commands that another build put into the inbox. In: version-1 commands, and entries that cannot be read. Out:
// commands of today, or refusals in the log.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { planHashBy } from "../../src/plan/plan-hash.js";
import type { CheckedPlan } from "../../src/run/command.js";
import type { RunEvent } from "../../src/run/event.js";
import { LogReader } from "../../src/run/log/chain.js";
import { readCommand, readEntry } from "../../src/run/log/read-command.js";
import { replay } from "../../src/run/log/replay.js";
import { call, checked, replanning, waiting } from "./parts.js";

const always = { approval: "always" } as const;
const WHERE = { pointer: "/steps/0" };

/** A plan as version 1 sent it: with sentences in its findings, and as the reason of the approval. */
function planOfV1(plan: CheckedPlan): JsonObject {
  const findings = [
    { code: "UNUSED_STEP", severity: "warning", where: WHERE, message: "Nobody reads b.", fix: "Drop b." },
  ];
  return JSON.parse(
    JSON.stringify({ ...plan, findings, approval: { required: true, reason: "ann wants to see it" } }),
  ) as JsonObject;
}

function expectSound(log: readonly RunEvent[]): void {
  const reader = new LogReader(log[0]!.runId);
  expect(log.map((event) => reader.next(event)).filter(({ ok }) => !ok)).toEqual([]);
  expect(replay(log).differences).toEqual([]);
}

describe("a command of version 1", () => {
  const plan = checked([call("a"), call("b")]);

  it("keeps the sentences of its plan as text", () => {
    expect(readCommand({ type: "edit", hash: "h", plan: planOfV1(plan) })).toMatchObject({
      type: "edit",
      plan: {
        hash: plan.hash,
        findings: [
          {
            code: "UNUSED_STEP",
            severity: "warning",
            where: WHERE,
            text: { message: "Nobody reads b.", fix: "Drop b." },
          },
        ],
        approval: { required: true, reason: { code: "LEGACY", text: "ann wants to see it" } },
      },
    });
  });

  it("has the hash of version 1, and gets today's; a plan that was changed keeps a hash that is refused", () => {
    const old = { ...planOfV1(plan), hash: planHashBy(1, plan)! };
    expect(old.hash).not.toBe(plan.hash);
    expect(readCommand({ type: "edit", hash: "h", plan: old })).toMatchObject({ plan: { hash: plan.hash } });
    for (const forged of [
      { ...old, inputs: { more: 1 } },
      { ...old, hash: "0".repeat(64) },
      { ...planOfV1(plan), hashVersion: 1 },
    ]) {
      expect(readCommand({ type: "edit", hash: "h", plan: forged })).toBeUndefined();
    }
  });

  it("is obeyed, and leaves a log that is read and replayed", () => {
    const story = replanning([call("a")], always);
    const first = story.events;
    const edit = { type: "edit", hash: waiting(story), plan: planOfV1(plan) };
    story.when(readEntry(edit)).then("approval.denied", ["plan.proposed", { hash: plan.hash }], "approval.requested");
    expectSound([...first, ...story.events]);
  });
});

describe("an entry that cannot be read", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`) as Json;
  const sound = JSON.parse(JSON.stringify(checked([call("a")]))) as { [field: string]: Json };
  const edit = (plan: Json) => ({ type: "edit", hash: "h", plan });

  it.each<[string, unknown, string]>([
    ["a command of a newer build", { type: "rename", name: "x" }, "rename"],
    ["a field that is missing", { type: "reject" }, "reject"],
    ["a finding that is none", edit({ ...sound, findings: [null] }), "edit"],
    ["a finding with half of its sentences", edit({ ...sound, findings: [{ message: "x" }] }), "edit"],
    ["a reason that is none", edit({ ...sound, approval: { required: true, reason: 1 } }), "edit"],
    ["a value that is nested too deeply", { type: "respond", step: "a", value: deep }, "respond"],
    ["an estimate that is nested too deeply", edit({ ...sound, estimate: deep }), "edit"],
    ["a type that is very long", { type: "x".repeat(100_000) }, "x".repeat(LIMITS.nameChars)],
    ["no type", {}, ""],
    ["text", "cancel", ""],
    ["nothing", null, ""],
  ])("is refused with its type: %s", (_, payload, command) => {
    expect(readCommand(payload)).toBeUndefined();
    const story = replanning([call("a")]);
    const first = story.events;
    story
      .when(readEntry(payload))
      .then([
        "input.refused",
        { code: "COMMAND_UNREADABLE", params: { command }, command: { type: command, unknown: true } },
      ]);
    expectSound([...first, ...story.events]);
  });
});
