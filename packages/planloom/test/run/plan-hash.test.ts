// The hash of a plan is computed again wherever a log is read: what a person approved is what the log holds, in the
// words of the version that wrote it.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/plan/json.js";
import { HASH_VERSION, planHash, planHashBy, programHash } from "../../src/plan/plan-hash.js";
import type { EventData, RunEvent } from "../../src/run/event.js";
import { foldNext, LogReader } from "../../src/run/log/chain.js";
import { replay } from "../../src/run/log/replay.js";
import { currentPlan } from "../../src/run/lookup.js";
import { emptyRun } from "../../src/run/state.js";
import { errorText } from "../../src/words/errors.js";
import { Story, start } from "../../src/testing/given-when-then.js";
import { logIn, LOGS, resealed } from "../fixtures/logs.js";
import { spec, TOOLS } from "./parts.js";

type Proposed = EventData["plan.proposed"];
type Change = (data: Proposed) => Partial<Proposed>;

/** The log of a run that waits for approval of `pay` with these inputs. */
function logOf(): RunEvent[] {
  const plan = {
    inputs: { to: {} },
    steps: [{ id: "s", tool: "pay", with: { x: "${{ inputs.to }}" } }],
    answer: { value: "done" },
  };
  const story = new Story();
  story.when(start({ plan, tools: TOOLS, inputs: { to: "ida" }, settings: { approval: "always" } }));
  return JSON.parse(JSON.stringify(story.events)) as RunEvent[];
}

/** The log with another plan, written by somebody who can write the store: the chain of hashes is made anew. */
function forged(log: readonly RunEvent[], change: Change): RunEvent[] {
  const changed = log.map((event) =>
    event.type === "plan.proposed" ? { ...event, data: { ...event.data, ...change(event.data) } } : event,
  );
  return [...resealed(changed)];
}

const stepTo = ({ plan }: Proposed, more: JsonObject): Partial<Proposed> => ({
  plan: { ...plan, steps: plan.steps.map((step) => ({ ...step, with: more })) },
});

/** How far three readers get: one that folds, one that only reads, and replay. */
function damageIn(log: readonly RunEvent[]) {
  const run = emptyRun(log[0]!.runId);
  const reader = new LogReader(run.id);
  const folded = log.map((event) => foldNext(run, event)).find(({ ok }) => !ok);
  const read = log.map((event) => reader.next(event)).find(({ ok }) => !ok);
  expect(read).toEqual(folded);
  return folded;
}

describe("a plan that was changed in the store", () => {
  const log = logOf();

  it("is read while it is what was written", () => {
    expect(damageIn(log)).toBeUndefined();
    expect(damageIn(forged(log, () => ({})))).toBeUndefined();
    expect(replay(log).differences).toEqual([]);
  });

  it.each<[string, Change]>([
    ["another recipient", (data) => stepTo(data, { x: "eve" })],
    ["another input", () => ({ inputs: { to: "eve" } })],
    ["another class of a tool", ({ tools }) => ({ tools: tools.map((tool) => ({ ...tool, effects: "none" })) })],
    ["one more tool", ({ tools }) => ({ tools: [...tools, spec("more")] })],
    ["another hash", () => ({ hash: "0".repeat(64) })],
    ["another hash of the program", () => ({ program: "0".repeat(64) })],
    ["another version of the hashes", () => ({ hashVersion: 1 })],
    ["a version of the hashes that nobody knows", () => ({ hashVersion: 9 })],
    ["a program that fits, without the hash", (data) => ({ ...stepTo(data, { x: "eve" }), ...programOf(data) })],
  ])("has %s: the run is damaged there", (_what, change) => {
    const link = damageIn(forged(log, change));
    expect(link).toMatchObject({ ok: false, why: "damaged", seq: 2, damage: { damage: "plan-changed", revision: 1 } });
  });

  it("gives a hash that nobody has approved, if its hashes are made anew, too", () => {
    const other = forged(log, (data) => {
      const { plan } = { ...data, ...stepTo(data, { x: "eve" }) };
      return { plan, hash: planHash(plan, data.inputs, data.tools), program: programHash(plan, data.tools) };
    });
    expect(damageIn(other)).toBeUndefined();
    const run = emptyRun(other[0]!.runId);
    for (const event of other) foldNext(run, event);
    expect(currentPlan(run)!.hash).not.toBe((log[1] as RunEvent & { data: Proposed }).data.hash);
  });

  it("is told with its place", () => {
    const link = damageIn(forged(log, (data) => stepTo(data, { x: "eve" })));
    if (link?.ok !== false || link.why !== "damaged") throw new Error("it is damaged");
    expect(errorText("RUN_DAMAGED", { runId: "story", soundTo: 1, ...link.damage })).toMatch(
      /the plan of revision 1 in event 2 is not the one with the hash [0-9a-f]{16}\. It is sound up to event 1/,
    );
  });
});

const programOf = (data: Proposed) => {
  const { plan } = { ...data, ...stepTo(data, { x: "eve" }) };
  return { program: programHash(plan, data.tools) };
};

describe("the two hashes", () => {
  const [, proposed] = logOf();
  const { plan, tools, inputs, hash, program, hashVersion } = (proposed as RunEvent & { data: Proposed }).data;

  it("cover the program, and the program with its inputs", () => {
    expect([hash, program, hashVersion]).toEqual([
      planHash(plan, inputs, tools),
      programHash(plan, tools),
      HASH_VERSION,
    ]);
    expect(programHash(plan, [...tools].reverse())).toBe(program);
    expect(planHash(plan, { to: "eve" }, tools)).not.toBe(hash);
    expect(programHash(plan, [])).not.toBe(program);
  });

  it("were one in version 1, which is still computed", () => {
    const parts = { plan, inputs, tools };
    expect(planHashBy(HASH_VERSION, parts)).toBe(hash);
    expect(planHashBy(1, parts)).not.toBe(hash);
    expect(planHashBy(3, parts)).toBeUndefined();
  });

  it("hold in the logs of earlier builds, and a change there is found", () => {
    let plans = 0;
    for (const name of LOGS) {
      const events = logIn(name);
      const at = events.findIndex(({ type }) => type === "plan.proposed");
      if (at < 0) continue;
      plans++;
      const other = structuredClone(events) as RunEvent[];
      (other[at]!.data as { inputs: JsonObject }).inputs = { forged: true };
      const run = emptyRun(other[0]!.runId);
      const before = events.slice(0, at);
      before.forEach((event, index) => foldNext(run, event, before[index - 1]));
      expect(foldNext(run, other[at]!, before.at(-1)), name).toMatchObject({ damage: { damage: "plan-changed" } });
    }
    expect(plans).toBeGreaterThan(20);
  });
});
