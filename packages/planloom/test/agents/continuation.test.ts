// The two parts of a plan that the output limit cut off.
import { expect, test } from "vitest";
import { continuedPlan, cutPlan } from "../../src/agents/planner/continuation.js";
import { SAMPLE } from "../plan/sample-inventory.js";

const CUT = '{"steps": [{"agent": "Find the tides."}, {"agent": "Choose a day."}, {"agent": "Write to';

const agentsOf = (rest: string): readonly unknown[] => {
  const plan = continuedPlan(cutPlan(CUT, SAMPLE)!, rest, SAMPLE);
  const { steps } = JSON.parse(plan ?? '{"steps": []}') as { readonly steps: readonly { readonly agent: string }[] };
  return steps.map(({ agent }) => agent);
};

test.each([
  ["JSON", '{"steps": [{"agent": "Write to the crew."}]}'],
  ["JSON with a comma too many", '{"steps": [{"agent": "Write to the crew."},]}'],
  ["YAML", "steps:\n  - agent: Write to the crew."],
])("steps without ids are added, none is lost: %s", (_name, rest) => {
  expect(agentsOf(rest)).toEqual(["Find the tides.", "Choose a day.", "Write to the crew."]);
});

test("a step that is repeated under its id counts once", () => {
  const rest = '{"steps": [{"id": "s2", "agent": "Choose a day."}, {"id": "s3", "agent": "Write to the crew."}]}';
  expect(agentsOf(rest)).toEqual(["Find the tides.", "Choose a day.", "Write to the crew."]);
});

test.each(["1. Write to the crew.\n2. Call the harbour.", '["Write to the crew.", "Call the harbour."]'])(
  "a list with numbers of its own is not joined: %s",
  (rest) => expect(continuedPlan(cutPlan(CUT, SAMPLE)!, rest, SAMPLE)).toBeUndefined(),
);

test("a reply without steps adds nothing", () => {
  expect(continuedPlan(cutPlan(CUT, SAMPLE)!, "That was all.", SAMPLE)).toBeUndefined();
});
