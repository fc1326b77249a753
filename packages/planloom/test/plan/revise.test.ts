// Changes that a patch may make to a plan, and the findings on all others.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { check } from "../../src/plan/check/check.js";
import { diffPlans } from "../../src/plan/revise/diff.js";
import type { Plan } from "../../src/plan/plan.js";
import { applyPatch, type Patched } from "../../src/plan/revise/revise.js";
import { writePlan } from "../../src/plan/write.js";
import { findingWords } from "../../src/words/findings.js";
import { SAMPLE } from "./sample-inventory.js";

const find = { id: "find", tool: "search", with: { query: "companies" } };
const page = { id: "page", tool: "fetch_url", with: { url: "${{ find.results[0].url }}" } };
const short = { id: "short", tool: "summarize", with: { text: "${{ page.text }}" } };
const note = { id: "note", agent: "Write a note on it.", dependsOn: ["short"] };
const other = { id: "other", tool: "calculate", with: { expression: "1" } };

function planOf(draft: object): Plan {
  const result = check(draft, SAMPLE);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.plan;
}
const plan = planOf({
  goal: "Know more.",
  steps: [find, page, short, note, other],
  answer: { from: ["note", "other"] },
});
const place = { failing: "page", finished: new Set(["find"]) };

const patched = (...operations: unknown[]): Patched => applyPatch(plan, { operations }, place);
function draftOf(result: Patched): { readonly [field: string]: unknown } & { readonly steps: readonly object[] } {
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.draft as ReturnType<typeof draftOf>;
}
const ids = (result: Patched): unknown[] => draftOf(result).steps.map((step) => (step as { id?: unknown }).id);
const found = (result: Patched): string[] =>
  result.ok ? [] : result.findings.map(({ code, where }) => `${code} ${where.pointer}`);

describe("operations", () => {
  test("a step is replaced in its place, and nothing else is touched", () => {
    const result = patched({ op: "replace", id: "page", step: { ...page, onFailure: "skip" } });
    const after = planOf(draftOf(result));
    const diff = diffPlans(plan, after);
    expect(diff.changed).toEqual([{ id: "page", title: "fetch_url", fields: [{ field: "onFailure", after: "skip" }] }]);
    expect([diff.plan, diff.added, diff.dropped]).toEqual([[], [], []]);
    expect(ids(result)).toEqual(["find", "page", "short", "note", "other"]);
  });

  test("a step that replaces another need not repeat its id", () => {
    const { id: _id, ...rest } = page;
    expect(ids(patched({ op: "replace", id: "page", step: { ...rest, timeout: "5s" } }))).toContain("page");
  });

  test("steps are added at the end and dropped; the answer may follow", () => {
    const result = applyPatch(
      plan,
      {
        operations: [
          { op: "add", step: { id: "again", tool: "web_search", with: { query: "companies" } } },
          { op: "replace", id: "short", step: { ...short, with: { text: "${{ again }}" } } },
          { op: "drop", id: "page" },
          { op: "drop", id: "note" },
        ],
        answer: { from: ["short", "other"] },
      },
      place,
    );
    expect(ids(result)).toEqual(["find", "short", "other", "again"]);
    expect(planOf(draftOf(result)).answer).toEqual({ kind: "from", from: ["short", "other"] });
    expect(draftOf(result)["goal"]).toBe("Know more.");
  });

  test("a step that the patch adds is the patch's own", () => {
    const added = { id: "extra", tool: "calculate", with: { expression: "1" } };
    const result = patched(
      { op: "add", step: added },
      { op: "replace", id: "extra", step: { ...added, with: { expression: "2" } } },
      { op: "add", step: { ...added, id: "unwanted" } },
      { op: "drop", id: "unwanted" },
    );
    expect(draftOf(result).steps.at(-1)).toEqual({ ...added, with: { expression: "2" } });
  });

  test("operations follow each other: what was dropped may be added again", () => {
    expect(ids(patched({ op: "drop", id: "page" }, { op: "add", step: { ...page, timeout: "5s" } })).at(-1)).toBe(
      "page",
    );
  });

  test("what the patch breaks is found by check, and told by the place in the patch", () => {
    const result = patched(
      { op: "add", step: { id: "again", agent: "Look.", dependsOn: ["page"] } },
      { op: "replace", id: "page", step: { ...page, tool: "fetch", dependsOn: ["again"] } },
    );
    if (!result.ok) throw new Error("the patch itself is sound");
    const { findings } = check(result.draft, SAMPLE);
    expect(findings.map(({ code, where }) => [code, result.sourceOf(where.pointer)])).toEqual([
      ["UNKNOWN_TOOL", "/operations/1/step/tool"],
      ["CYCLE", "/operations/1/step"],
    ]);
  });

  test("what comes from the plan before has no place in the patch", () => {
    const result = patched({ op: "drop", id: "note" });
    if (!result.ok) throw new Error("the patch itself is sound");
    const { findings } = check(result.draft, SAMPLE);
    expect(findings.map(({ code, where }) => [code, where.pointer])).toContainEqual(["UNKNOWN_STEP", "/answer/from/0"]);
    expect(result.sourceOf("/answer/from/0")).toBeUndefined();
    expect(result.sourceOf("/steps/0/with")).toBeUndefined();
    expect(result.sourceOf("/steps")).toBeUndefined();
    const answered = applyPatch(plan, { operations: [], answer: { from: ["nobody"] } }, place);
    expect(answered.ok && answered.sourceOf("/answer/from/0")).toBe("/answer/from/0");
  });
});

describe("findings", () => {
  test("what is finished stays", () => {
    const result = patched({ op: "drop", id: "find" }, { op: "replace", id: "find", step: find });
    expect(found(result)).toEqual(["PATCH_FINISHED /operations/0/id", "PATCH_FINISHED /operations/1/id"]);
  });

  test("what is neither the failing step nor waits for it stays, and the finding says what may be changed", () => {
    const result = patched({ op: "drop", id: "other" });
    expect(found(result)).toEqual(["PATCH_OUTSIDE /operations/0/id"]);
    expect(!result.ok && result.findings[0]).toMatchObject({
      params: { step: "other", failing: "page", open: ["page", "short", "note"], more: 0 },
    });
  });

  test("steps that are not there", () => {
    const twice = patched({ op: "drop", id: "page" }, { op: "drop", id: "page" });
    expect(found(twice)).toEqual(["PATCH_UNKNOWN /operations/1/id"]);
    expect(found(patched({ op: "replace", id: "nobody", step: page }))).toEqual(["PATCH_UNKNOWN /operations/0/id"]);
  });

  test("an id that is taken, and one that a replacement would change", () => {
    expect(found(patched({ op: "add", step: short }))).toEqual(["DUPLICATE_ID /operations/0/step/id"]);
    expect(found(patched({ op: "replace", id: "page", step: { ...page, id: "sheet" } }))).toEqual([
      "PATCH_RENAME /operations/0/step/id",
    ]);
  });

  test("a patch that changes nothing", () => {
    expect(found(patched())).toEqual(["PATCH_EMPTY /operations"]);
    const [same] = (writePlan(plan)["steps"] as readonly object[]).slice(1);
    expect(found(patched({ op: "replace", id: "page", step: same }))).toEqual(["PATCH_EMPTY /operations"]);
  });

  test("everything at once", () => {
    const result = patched({ op: "drop", id: "find" }, { op: "drop", id: "nobody" }, { op: "add", step: short });
    expect(found(result).map((line) => line.split(" ")[0])).toEqual([
      "PATCH_FINISHED",
      "PATCH_UNKNOWN",
      "DUPLICATE_ID",
    ]);
  });

  test.each([
    [null, "BAD_VALUE "],
    ["drop page", "BAD_VALUE "],
    [[], "BAD_VALUE "],
    [{}, "MISSING_FIELD "],
    [{ operations: {} }, "BAD_VALUE /operations"],
    [{ operations: [7] }, "BAD_VALUE /operations/0"],
    [{ operations: [{ op: "move", id: "page" }] }, "BAD_VALUE /operations/0/op"],
    [{ operations: [{ op: "drop" }] }, "MISSING_FIELD /operations/0"],
    [{ operations: [{ op: "drop", id: "page", why: "x" }] }, "UNKNOWN_FIELD /operations/0/why"],
    [{ operations: [{ op: "add", step: "page" }] }, "BAD_VALUE /operations/0/step"],
    [{ operations: [], steps: [] }, "UNKNOWN_FIELD /steps"],
    [{ operations: [], answer: "short" }, "BAD_VALUE /answer"],
  ])("%j is no patch", (patch, finding) => {
    const result = applyPatch(plan, patch, place);
    expect(found(result)).toEqual([finding]);
    const [first] = result.ok ? [] : result.findings;
    expect(first === undefined ? "" : findingWords(first).fix).toMatch(/^Write \{ "operations"/);
  });
});

describe("hostile patches", () => {
  test("10,000 operations", () => {
    const drops = Array.from({ length: 10_000 }, (_, i) => ({ op: "drop", id: `nobody${i}` }));
    expect(found(patched(...drops))).toHaveLength(LIMITS.findings);
    const adds = Array.from({ length: 10_000 }, (_, i) => ({ op: "add", step: { ...other, id: `s${i}` } }));
    expect(draftOf(patched(...adds)).steps).toHaveLength(10_005);
    const churn = adds.flatMap((add) => [add, { op: "drop", id: add.step.id }]);
    expect(found(patched(...churn))).toEqual(["PATCH_EMPTY /operations"]);
  });

  test.each([
    ["__proto__", "BAD_ID"],
    ["constructor", "RESERVED_ID"],
    ["toString", undefined],
    ["", "BAD_ID"],
    ["no id", "BAD_ID"],
    ["x".repeat(100), "BAD_ID"],
  ])("the id %j", (id, code) => {
    expect(found(patched({ op: "drop", id }))).toEqual(["PATCH_UNKNOWN /operations/0/id"]);
    const { findings } = check(draftOf(patched({ op: "add", step: { ...other, id } })), SAMPLE);
    expect(findings.find(({ severity }) => severity === "error")?.code).toBe(code);
  });

  test.each([7, null, {}])("the id %j leaves the step to check", (id) => {
    const draft = draftOf(patched({ op: "add", step: { ...other, id } }, { op: "add", step: { ...other, id } }));
    expect(draft.steps).toHaveLength(7);
    expect(check(draft, SAMPLE).ok).toBe(false);
  });

  test("keys of the prototype come through, for check to refuse", () => {
    const patch: unknown = JSON.parse(
      '{"operations":[{"op":"add","step":{"__proto__":{"x":1},"id":"a","agent":"Look.","with":{"__proto__":1}}}]}',
    );
    const result = applyPatch(plan, patch, place);
    expect(check(draftOf(result), SAMPLE).findings.map(({ where }) => where.pointer)).toEqual([
      "/steps/5/__proto__",
      "/steps/5/with/__proto__",
    ]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test("a patch without a bottom", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(found(patched({ op: "add", step: { ...other, with: { deep } } }))).toEqual(["TOO_DEEP "]);
  });

  test("whatever is written: no throw, and finished steps and those outside stay as they were", () => {
    const id = fc.constantFrom("find", "page", "short", "note", "other", "new", "__proto__");
    const step = fc.record({ id, agent: fc.constantFrom("Look.", "Read.") }, { requiredKeys: ["agent"] });
    const operation = fc.oneof(
      fc.record({ op: fc.constant("add"), step }),
      fc.record({ op: fc.constant("replace"), id, step }),
      fc.record({ op: fc.constant("drop"), id }),
      fc.jsonValue(),
    );
    const before = writePlan(plan)["steps"] as readonly object[];
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
        const result = applyPatch(plan, { operations }, place);
        const steps = result.ok ? draftOf(result).steps : before;
        expect(result.ok || result.findings.length > 0).toBe(true);
        expect(steps).toContainEqual(before[0]);
        expect(steps).toContainEqual(before[4]);
      }),
      { numRuns: 500 },
    );
  });
});
