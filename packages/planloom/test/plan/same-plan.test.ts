// A plan that failed is not tried again in other words.
import { expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import type { Plan } from "../../src/plan/plan.js";
import { repeatFindings, samePlan } from "../../src/plan/revise/same-plan.js";
import { SAMPLE } from "./sample-inventory.js";

const find = { id: "find", tool: "search", with: { query: "q", limit: 3 } };
const read = { id: "read", agent: "Say what matters.", with: { hits: "${{ find.results }}" } };

function planOf(steps: object[], more: object = {}): Plan {
  const result = check({ steps, ...more }, SAMPLE);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.plan;
}
const plan = planOf([find, read]);

test.each<[string, Plan]>([
  ["itself", plan],
  [
    "other titles and descriptions",
    planOf([
      { ...find, title: "Look" },
      { ...read, description: "Read it all." },
    ]),
  ],
  ["another order of steps and fields", planOf([read, { with: { limit: 3, query: "q" }, tool: "search", id: "find" }])],
  ["defaults written out", planOf([{ ...find, retry: { attempts: 4 } }, read])],
  ["another goal and another answer", planOf([find, read], { goal: "Other.", answer: { from: ["read", "find"] } })],
])("the same: %s", (_what, other) => {
  expect(samePlan(plan, other)).toBe(true);
});

test.each<[string, Plan]>([
  ["another argument", planOf([{ ...find, with: { query: "p", limit: 3 } }, read])],
  ["more patience", planOf([{ ...find, timeout: "2m" }, read])],
  ["another way out of a failure", planOf([find, { ...read, onFailure: "skip" }])],
  ["a step less", planOf([find])],
  ["another id", planOf([find, { ...read, id: "see" }])],
])("not the same: %s", (_what, other) => {
  expect(samePlan(plan, other)).toBe(false);
});

test("the finding gives the reason of the failure", () => {
  const other = planOf([find]);
  const failed = [
    { plan: other, reason: { code: "NOT_RETRYABLE" } },
    { plan, reason: { code: "ATTEMPTS_USED", of: 4 } },
  ];
  expect(repeatFindings(planOf([find, { ...read, title: "Again" }]), failed)).toEqual([
    {
      code: "PLAN_REPEATED",
      severity: "error",
      where: { pointer: "/steps" },
      params: { reason: { code: "ATTEMPTS_USED", of: 4 } },
    },
  ]);
  expect(repeatFindings(plan, [{ plan: other, reason: { code: "NOT_RETRYABLE" } }])).toEqual([]);
});
