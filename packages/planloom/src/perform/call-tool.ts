// Calls a tool under a deadline. The call ends in time, even if the tool ignores its signal. In: a call. Out: its
// ending, as data. Every tool call goes through here, also inside an agent step.
import { messageOf } from "../error.js";
import type { Json } from "../plan/json.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Ending } from "../run/event.js";
import { soundFailure } from "../run/sound-failure.js";
import { isOurCode } from "../words/failures.js";
import { LIMITS } from "../limits.js";
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
  return { ok: false, ending: "thrown", error: threw(end.thrown) };
}

/** The text of what was thrown, or what it is. */
function threw(thrown: unknown): Failure {
  const text = textOf(thrown);
  if (text !== undefined) return failWith("TOOL_THREW", {}, { text, retryable: true });
  const is = thrown instanceof Error ? "error" : "value";
  return failWith(
    "TOOL_THREW",
    { threw: { is, shown: messageOf(thrown).slice(0, LIMITS.previewChars) } },
    { retryable: true },
  );
}

/** The text of an error, also of one from another realm or program. Never throws. */
function textOf(thrown: unknown): string | undefined {
  try {
    const text: unknown =
      typeof thrown === "object" && thrown !== null && "message" in thrown ? thrown.message : thrown;
    return typeof text === "string" && text.trim() !== "" ? messageOf(text) : undefined;
  } catch {
    return undefined;
  }
}

/** A tool's failure in its own words. The error may come from JavaScript. */
function toldBy({ failure: known, code, message: text, retryable, retryAfterMs }: ToolError): Failure {
  if (known !== undefined) return known;
  const told = soundFailure({ code, text, retryable, retryAfterMs }, "TOOL_FAILED");
  return isOurCode(told.code) ? { ...told, foreign: true } : told;
}

function endOf(why: "timeout" | "abort" | undefined, timeoutMs: number): CallEnd & { readonly ok: false } {
  if (why === "abort") {
    return { ok: false, ending: "abort", error: failWith("ABORTED", { how: "stopped" }, { retryable: true }) };
  }
  const error = failWith("TIMEOUT", { of: "call", ms: timeoutMs }, { retryable: true });
  return { ok: false, ending: "timeout", error };
}
