// Finished work is kept when the whole plan is replaced.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { finishedTouched, withFinished } from "../../src/plan/revise/finished.js";
import type { JsonObject } from "../../src/plan/json.js";
import type { Plan } from "../../src/plan/plan.js";
import { writePlan } from "../../src/plan/write.js";
import { SAMPLE } from "./sample-inventory.js";

const find = {
  id: "find",
  title: "Search",
  tool: "search",
  with: { query: "${{ inputs.what }}" },
  retry: { attempts: 2 },
};
const age = { id: "age", tool: "calculate", with: { expression: "1" }, optional: true };
const read = { id: "read", agent: "Say what matters.", with: { hits: "${{ find.results }}" }, dependsOn: ["age"] };
const send = { id: "send", tool: "send_email", with: { to: "a@b.c", body: "${{ read }}" } };
const inputs = { what: { default: "companies" } };

function planOf(draft: object): Plan {
  const result = check(draft, SAMPLE);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.plan;
}
const plan = planOf({ inputs, steps: [find, age, read, send] });
const [findWritten, , readWritten] = writePlan(plan)["steps"] as readonly JsonObject[];
const finished = new Set(["read", "find"]);
const stepsOf = (draft: object): readonly unknown[] =>
  withFinished(draft as JsonObject, plan, finished).draft["steps"] as readonly unknown[];

describe("withFinished", () => {
  const note = { id: "note", agent: "Write a note.", with: { text: "${{ read }}" } };

  test("finished steps that the draft leaves out come back first, as they were, and may be referred to", () => {
    const needless = planOf({ inputs, steps: [find, { ...read, dependsOn: [] }, send] });
    const { draft } = withFinished({ steps: [note], answer: { from: ["note"] } }, needless, finished);
    const after = planOf(draft);
    expect(after.steps.slice(0, 2)).toEqual(needless.steps.slice(0, 2));
    expect(after.steps.map(({ id }) => id)).toEqual(["find", "read", "note"]);
    expect(after.inputs).toEqual(inputs);
  });

  test("finished steps that the draft repeats in other words stand there once, as they were", () => {
    const repeated = { id: "find", tool: "search", with: { query: "${{ inputs.what }}" }, timeout: "5s" };
    expect(stepsOf({ steps: [note, repeated] })).toEqual([findWritten, readWritten, note]);
  });

  test("a finished id that the draft uses for something else is left for the findings", () => {
    const taken = { id: "find", tool: "web_search", with: { query: "q" } };
    expect(stepsOf({ steps: [note, taken] })).toEqual([taken, readWritten, note]);
    expect(stepsOf({ steps: [{ id: "find", tool: 7 }] })).toEqual([{ id: "find", tool: 7 }, readWritten]);
  });

  test("an id that the draft has twice stays twice, for check", () => {
    const steps = stepsOf({ steps: [find, { ...find, title: "Again" }] });
    expect(steps).toEqual([findWritten, readWritten, { ...find, title: "Again" }]);
  });

  test("places are told as in the draft that was written", () => {
    const { sourceOf } = withFinished({ steps: [note, find], answer: {} }, plan, finished);
    expect(sourceOf("/steps/0/with")).toBe("/steps/1/with");
    expect(sourceOf("/steps/1")).toBeUndefined();
    expect(sourceOf("/steps/2/agent")).toBe("/steps/0/agent");
    expect(sourceOf("/answer")).toBe("/answer");
    expect(sourceOf("/inputs/what")).toBeUndefined();
  });

  test("the draft's own inputs go before those of the plan", () => {
    const { draft } = withFinished({ steps: [], inputs: { what: { default: "x" }, more: {} } }, plan, finished);
    expect(draft["inputs"]).toEqual({ what: { default: "x" }, more: {} });
  });

  test("what is no draft is left to check", () => {
    let deep: JsonObject["x"] = 1;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    for (const draft of [{}, { steps: "none" }, { steps: [{ id: "find", with: { deep } }] }] as JsonObject[]) {
      const result = withFinished(draft, plan, finished);
      expect(result.draft).toBe(draft);
      expect(result.sourceOf("/steps/0")).toBe("/steps/0");
    }
    expect(stepsOf({ steps: [null, 7, { id: 7 }, { id: "__proto__" }], inputs: [] })).toHaveLength(6);
  });
});

describe("finishedTouched", () => {
  const touched = (steps: object[], done = finished): object[] =>
    finishedTouched(plan, planOf({ inputs, steps }), done).map((finding) => {
      if (finding.code !== "FINISHED_CHANGED" || "text" in finding) throw new Error(finding.code);
      return { at: finding.where.pointer, ...finding.params };
    });

  test("nothing is said of finished steps as they were, or in other words, nor of what is not finished", () => {
    expect(touched([age, find, read, { ...send, with: { to: "c@b.a", body: "Hello." } }])).toEqual([]);
    expect(touched([age, { ...find, title: "Other words", retry: { attempts: 1 } }, read])).toEqual([]);
    expect(touched([{ id: "note", agent: "Write a note." }])).toEqual([]);
  });

  test("a finished step with another definition is named once, not with all that come after it", () => {
    expect(touched([age, { ...find, with: { query: "q" }, when: "${{ true }}" }, read])).toEqual([
      { at: "/steps/1", step: "find", fields: ["with", "when"] },
    ]);
    expect(touched([find, { id: "read", ask: "What matters?" }, age])).toEqual([
      { at: "/steps/1", step: "read", fields: ["kind", "agent", "with", "tools", "dependsOn", "ask"] },
    ]);
  });

  test("a finished step that was made without a step that is now another one", () => {
    expect(touched([find, { ...age, with: { expression: "2" } }, read])).toEqual([
      { at: "/steps/2", step: "read", causes: ["age"] },
    ]);
  });

  test("a direct call that would now come after something else", () => {
    const done = new Set(["find"]);
    expect(touched([age, { ...find, dependsOn: ["age"] }], done)).toEqual([
      { at: "/steps/1", step: "find", causes: ["age"] },
    ]);
  });

  test("after withFinished nothing is left to say but what the draft changed", () => {
    const { draft } = withFinished({ steps: [age, { ...read, title: "Again" }, send] }, plan, finished);
    expect(finishedTouched(plan, planOf(draft), finished)).toEqual([]);
  });
});
