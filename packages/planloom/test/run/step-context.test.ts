// The context of a step that waits for a person, or for a model to fill in its arguments: what a person who decides
// must see.
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/run/event.js";
import { contextAt } from "../../src/loom/step-context.js";
import { start, Story, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, returned, TOOLS } from "./parts.js";

function logOf(steps: readonly object[], ...inputs: readonly LooseInput[]): readonly RunEvent[] {
  const story = new Story();
  const begin = start({ plan: { steps, answer: { value: "done" } }, tools: TOOLS });
  return [begin, ...inputs].flatMap((input) => story.when(input).events);
}

const found = returned("call/look/1", { total: 3 });
const x = "${{ look.total }}";

test.each<[string, string, object, unknown]>([
  ["approval", "approval.requested", { tool: "ask_first", with: { x } }, { x: 3 }],
  ["approval of all items", "approval.requested", { tool: "ask_first", forEach: "${{ [look.total] }}", with: {} }, {}],
  ["an answer", "step.suspended", { ask: "Which?", with: { data: x } }, { data: 3 }],
  ["its filling", "step.filling", { tool: "look", with: { x }, fill: "A number." }, { x: 3 }],
])("a step that waits for %s has its context", (_what, type, step, args) => {
  const log = logOf([call("look"), { id: "next", dependsOn: ["look"], ...step }], found);
  const item = "forEach" in step ? { item: 0 } : {};
  const then = contextAt(log, { step: "next", ...item });
  expect(log.find(({ seq }) => seq === then?.seq)).toMatchObject({ type });
  expect(then).toMatchObject({ references: { look: { total: 3 } }, arguments: args, attempt: 1 });
});
