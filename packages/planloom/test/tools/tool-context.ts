// Parts that every test of a tool needs: a context, and the error of a call that must fail.
import { expect } from "vitest";
import { callsOfTool } from "../../src/agents/model-call.js";
import type { Json } from "../../src/plan/json.js";
import { NOT_ASKING } from "../../src/tools/call-questions.js";
import { ToolError, UnusableOutput, type Tool, type ToolContext } from "../../src/tools/tool.js";

export function contextOf(
  signal: AbortSignal = new AbortController().signal,
  spend: ToolContext["spend"] = () => undefined,
): ToolContext {
  const modelCall = callsOfTool(undefined, signal, spend);
  const place = { context: undefined, key: "k1", runId: "r1", stepId: "s1", attempt: 1 };
  return { signal, ...place, progress: () => undefined, spend, modelCall, ...NOT_ASKING };
}

export function called(tool: Tool, args: { readonly [name: string]: Json }, signal?: AbortSignal): Promise<Json> {
  return tool.call(args, contextOf(signal));
}

/** The ToolError that a call ends with; the test fails when it ends otherwise. */
export async function errorOf(call: Promise<unknown>): Promise<ToolError> {
  const ending = await endingOf(call);
  expect(ending).toBeInstanceOf(ToolError);
  return ending as ToolError;
}

/** The same for a call that ran and whose output cannot be used. */
export async function unusableOf(call: Promise<unknown>): Promise<UnusableOutput> {
  const ending = await endingOf(call);
  // Not toBeInstanceOf: it would print the output, which may be very large.
  expect(ending instanceof UnusableOutput).toBe(true);
  return ending as UnusableOutput;
}

const endingOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => ({ returned: value }),
    (error: unknown) => error,
  );
