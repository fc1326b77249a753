// A wish for approval in the words of a step: it is read in every form of a plan, and never dropped.
import { expect, test } from "vitest";
import { readPlan } from "../../src/plan/read/read.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";

const refund: ToolSpec = {
  name: "refund",
  description: "Refunds.",
  effects: "once",
  input: { type: "object", properties: { order: { type: "number" } }, required: ["order"] },
};
const look: ToolSpec = { ...refund, name: "look", effects: "none" };

function approvals(text: string): readonly unknown[] {
  const read = readPlan(text, { inventory: { tools: [refund, look] } });
  if (read.kind !== "plan") throw new Error(JSON.stringify(read));
  const { steps } = read.draft as { readonly steps: readonly { readonly approval?: unknown }[] };
  const refused = read.findings.length > 0 ? ["refused"] : [];
  return [...steps.map(({ approval }) => approval), ...refused];
}

test.each([
  "1. refund(order=7) (require_approval: true)",
  "1. refund(order=7) [requires approval]",
  "1. refund(order=7) — approval required",
  "1. refund(order=7) needs approval",
  "1. refund(order=7) - needs the manager's approval first",
  "1. refund(order=7) # requireApproval=true",
  "1. refund(order=7), after human approval",
  "1. refund(order=7) -> requires approval",
  "1. **Refund**: refund(order=7) (approval: required)",
  "1. refund(order=7)\n   - require_approval: true",
  "- refund(order=7) (must be approved)",
  "refund(order=7)\nRequires approval.",
  "refund(order=7) # needs confirmation",
  "## Step 1: Refund order 7 — approval required",
  '{"steps": ["refund(order=7) (requires approval)"]}',
  '{"steps": ["Refund order 7 (human-in-the-loop)"]}',
  '{"steps": [{"id": "a", "tool": "refund", "with": {"order": 7}, "description": "Refund it. Needs approval."}]}',
])("%j waits for approval", (text) => {
  expect(approvals(`${text}\n`)).toEqual(["required"]);
});

test.each([
  "1. refund(order=7) (require_approval: false)",
  "1. refund(order=7) - no approval needed",
  "1. refund(order=7) (approval: not required)",
  "1. refund(order=7) (requires no approval)",
  "1. look(order=7) - to see which purchases require approval",
])("%j does not", (text) => {
  expect(approvals(`${text}\n`)).toEqual([undefined]);
});

test.each([
  ["1. Look\n2. Refund order 7 (requires approval)", "required"],
  ["1. Look\n2. Refund order 7. This needs human approval.", "required"],
  ["- Look at the order\n- Refund order 7 [approval]", "required"],
  ["1. Look\n2. Find out which purchases require approval", undefined],
  ["1. Look\n2. Refund order 7 (no approval needed)", undefined],
])("an instruction: %j", (text, approval) => {
  expect(approvals(`${text}\n`)).toEqual([undefined, approval]);
});

test("only the step with the wish waits", () => {
  expect(approvals("1. look(order=7)\n2. refund(order=7) (require_approval: true)\n3. look(order=8)\n")).toEqual([
    undefined,
    "required",
    undefined,
  ]);
});

test.each([
  "All refunds need approval:\nrefund(order=7)\n",
  "Every refund must be approved first.\n\n1. refund(order=7)\n",
  "Here is the plan. We need your approval before it runs:\n1. refund(order=7)\n",
  "Do not refund anything without approval:\n- refund(order=7)\n",
  "**Important:** wait for approval before each refund.\n\nrefund(order=7)\n",
  "Needs approval:\n1. refund(order=7)\n",
  "All refunds need approval:\n```\nrefund(order=7)\n```\n",
  "[PLAN]\nAll refunds need approval.\nrefund(order=7)\n[PLAN END]\n",
  "refund(order=7)\nAll refunds need approval.\n",
  'All refunds need approval:\nAction: refund\nAction Input: {"order": 7}\n',
  'All refunds need approval:\n<tool_call>{"name": "refund", "arguments": {"order": 7}}</tool_call>',
])("a line beside the steps wants approval for the plan: %j", (text) => {
  expect(approvals(text)).toEqual(["required"]);
});

test.each([
  "Refunds need no approval:\nrefund(order=7)\n",
  "The refunds do not need approval.\n1. refund(order=7)\n",
  "Here is the plan to find out which purchases need approval:\n1. refund(order=7)\n",
  "Do all refunds need approval?\n\nrefund(order=7)\n",
])("a line beside the steps wants no approval: %j", (text) => {
  expect(approvals(text)).toEqual([undefined]);
});

test("approval for the plan: calls without effects do not wait, and the wish is noted", () => {
  const text = "All refunds need approval:\n1. look(order=7)\n2. refund(order=7)\n";
  expect(approvals(text)).toEqual([undefined, "required"]);
  const read = readPlan("All refunds need approval:\nlook(order=7)\n", { inventory: { tools: [refund, look] } });
  expect(read.kind === "plan" && read.notes.map(({ code }) => code)).toContain("PLAN_APPROVAL_IN_TEXT");
});
