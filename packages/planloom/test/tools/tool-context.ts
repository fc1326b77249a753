// What every test of a tool needs: a context, and the error of a call that must fail.
import { expect } from "vitest";
import { callsOfTool } from "../../src/agents/model-call.js";
import type { Json } from "../../src/plan/json.js";
import { ToolError, type Tool, type ToolContext } from "../../src/tools/tool.js";

export function contextOf(
  signal: AbortSignal = new AbortController().signal,
  spend: ToolContext["spend"] = () => undefined,
): ToolContext {
  const modelCall = callsOfTool(undefined, signal, spend);
  return { signal, key: "k1", runId: "r1", stepId: "s1", attempt: 1, progress: () => undefined, spend, modelCall };
}

export function called(tool: Tool, args: { readonly [name: string]: Json }, signal?: AbortSignal): Promise<Json> {
  return tool.call(args, contextOf(signal));
}

/** The ToolError that a call ends with; the test fails when it ends otherwise. */
export async function errorOf(call: Promise<unknown>): Promise<ToolError> {
  const ending: unknown = await call.then(
    (value) => ({ returned: value }),
    (error: unknown) => error,
  );
  expect(ending).toBeInstanceOf(ToolError);
  return ending as ToolError;
}
