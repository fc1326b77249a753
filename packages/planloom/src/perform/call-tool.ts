// Calls a tool under a deadline. The call ends in time, whatever the tool does with its signal. In: a call.
// Out: how it ended, as data. Every call of a tool goes through here, also inside an agent step.
import { messageOf } from "../error.js";
import type { Json } from "../plan/json.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Ending } from "../run/event.js";
import { soundFailure } from "../run/sound-failure.js";
import { ToolError, type Tool, type ToolContext } from "../tools/tool.js";
import type { Clock } from "../clock.js";
import { inTime } from "../deadline.js";

export type CallEnd<T = Json> =
  { readonly ok: true; readonly output: T } | { readonly ok: false; readonly ending: Ending; readonly error: Failure };

/** Calls a tool; never rejects. See endInTime. */
export function callTool(
  tool: Tool,
  args: { readonly [name: string]: Json },
  context: ToolContext,
  timeoutMs: number,
  clock: Clock,
): Promise<CallEnd> {
  return endInTime((signal) => tool.call(args, { ...context, signal }), context.signal, timeoutMs, clock);
}

/**
 * How something that is a tool's ends; never rejects. On timeout or abort its signal is aborted, and its own ending is awaited
 * for LIMITS.graceMs: an output or a ToolError that still arrives counts, anything else ends as timeout or abort.
 */
export async function endInTime<T>(
  begin: (signal: AbortSignal) => Promise<T>,
  outer: AbortSignal,
  timeoutMs: number,
  clock: Clock,
): Promise<CallEnd<T>> {
  const { end, why } = await inTime(begin, outer, timeoutMs, clock);
  if (end !== undefined && "value" in end) return { ok: true, output: end.value };
  if (end?.thrown instanceof ToolError) return { ok: false, ending: "tool-error", error: toldBy(end.thrown) };
  // What else a tool throws once its signal is aborted says nothing of its own.
  if (end === undefined || why !== undefined) return endOf(why, timeoutMs);
  const error = failWith("TOOL_THREW", {}, { text: messageOf(end.thrown), retryable: true });
  return { ok: false, ending: "thrown", error };
}

/** What a tool says of its failure, in its own words. Its error comes from a program without types, perhaps. */
function toldBy({ failure: known, code, message: text, retryable, retryAfterMs }: ToolError): Failure {
  return known ?? soundFailure({ code, text, retryable, retryAfterMs }, "TOOL_FAILED");
}

function endOf(why: "timeout" | "abort" | undefined, timeoutMs: number): CallEnd & { readonly ok: false } {
  if (why === "abort") {
    return { ok: false, ending: "abort", error: failWith("ABORTED", { how: "stopped" }, { retryable: true }) };
  }
  const error = failWith("TIMEOUT", { of: "call", ms: timeoutMs }, { retryable: true });
  return { ok: false, ending: "timeout", error };
}
