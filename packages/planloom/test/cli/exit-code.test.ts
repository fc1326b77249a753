// The exit codes, as a table.
import { expect, test } from "vitest";
import { StepFailure } from "../../src/agents/step-failure.js";
import { exitOfError, exitOfRun } from "../../src/cli/exit-code.js";
import { PlanloomError } from "../../src/words/planloom-error.js";

const failed = (code: string) => ({
  status: "failed" as const,
  success: false,
  error: { code, message: "it failed", retryable: false },
});

test.each([
  ["TOOL_FAILED", 1],
  ["OUTPUT_MISMATCH", 1],
  ["MODEL_REFUSED", 1],
  ["PLAN_INVALID", 3],
  ["PROVIDER_UNAUTHORIZED", 4],
  ["NO_MODEL", 4],
  ["NO_PLANNER", 4],
  ["REJECTED", 6],
  ["APPROVAL_EXPIRED", 6],
  ["TURN_LIMIT", 7],
  ["FAN_OUT_LIMIT", 7],
  ["BUDGET_EXHAUSTED", 7],
  ["BUDGET_UNPRICED", 4],
])("a run that failed with %s exits with %i", (code, exit) => {
  expect(exitOfRun(failed(code))).toBe(exit);
  expect(exitOfError(new StepFailure(failed(code).error))).toBe(exit);
});

test.each([
  [{ status: "completed", success: true }, 0],
  [{ status: "completed", success: false }, 1],
  [{ status: "cancelled", success: false }, 1],
  [{ status: "awaiting-approval", success: false }, 5],
  [{ status: "needs-attention", success: false }, 5],
] as const)("a run that stands at %o exits with %i", (run, exit) => {
  expect(exitOfRun(run)).toBe(exit);
});

test.each([
  ["usage", 2, new PlanloomError("GOAL_EMPTY", {})],
  ["refused", 2, new PlanloomError("RUN_OWNED", { runId: "r" })],
  ["plan", 3, new PlanloomError("PLAN_INVALID", { findings: [] })],
  ["provider", 4, new PlanloomError("PROVIDER_UNREACHABLE", { model: "m", reason: "ECONNREFUSED" })],
  ["config", 4, new PlanloomError("NO_PLANNER", {})],
  ["store", 4, new PlanloomError("STORE_FULL", { path: "p" })],
  ["interrupted", 130, new PlanloomError("INTERRUPTED", { runId: "r" })],
  ["run", 1, new PlanloomError("REPLAY_DIFFERS", { runId: "r", differences: [] })],
] as const)("an error of kind %s exits with %i", (kind, exit, error) => {
  expect(error.kind).toBe(kind);
  expect(exitOfError(error)).toBe(exit);
});

test("an unexpected error is a failure", () => {
  expect(exitOfError(new TypeError("x is not a function"))).toBe(1);
});
