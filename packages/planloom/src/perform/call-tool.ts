// Calls a tool under a deadline. The call ends in time, even if the tool ignores its signal. In: a call. Out: its
// ending, as data. Every tool call goes through here, also inside an agent step.
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
 * Does a tool's work within a deadline; never rejects. On timeout or abort its signal is aborted, and the work gets
 * LIMITS.graceMs to end: an output or a ToolError that arrives within that time counts. Anything else ends as timeout
 * or abort.
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
  // Any other error of a tool after its signal was aborted only repeats the abort.
  if (end === undefined || why !== undefined) return endOf(why, timeoutMs);
  const error = failWith("TOOL_THREW", {}, { text: messageOf(end.thrown), retryable: true });
  return { ok: false, ending: "thrown", error };
}

/** A tool's failure in its own words. The error may come from JavaScript. */
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
