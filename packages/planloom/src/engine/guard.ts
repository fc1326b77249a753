// A tool call under a deadline: it ends in time, whatever the tool does with its signal. In: a call. Out: how it ended, as data.
// Separate because every call of a tool, direct or inside an agent step, goes through here.
import { LIMITS } from "../limits.js";
import { messageOf } from "../error.js";
import type { Json } from "../plan/json.js";
import type { Failure } from "../run/event.js";
import type { Ending } from "../run/input.js";
import { ToolError, type Tool, type ToolContext } from "../tools/tool.js";
import type { Clock } from "./clock.js";
import { newDeadline, type Deadline } from "./deadline.js";

export type CallEnd =
  | { readonly ok: true; readonly output: Json }
  | { readonly ok: false; readonly ending: Ending; readonly error: Failure };

/**
 * Calls a tool; never rejects. On timeout or abort the tool's signal is aborted, and its own ending is awaited for
 * LIMITS.graceMs: an output or a ToolError that still arrives counts, anything else ends as timeout or abort.
 */
export async function callTool(
  tool: Tool,
  args: { readonly [name: string]: Json },
  context: ToolContext,
  timeoutMs: number,
  clock: Clock,
): Promise<CallEnd> {
  const deadline = newDeadline(context.signal, timeoutMs, clock);
  const call = settle(tool, args, { ...context, signal: deadline.signal });
  try {
    const first = await Promise.race([call, deadline.passed]);
    if (first !== "passed") return judged(first, deadline, timeoutMs);
    const late = await withinGrace(call, clock);
    return late === undefined ? endOf(deadline, timeoutMs) : judged(late, deadline, timeoutMs);
  } finally {
    deadline.cancel();
  }
}

/** What a tool throws once its signal is aborted says nothing of its own; an output or a ToolError counts even then. */
function judged(end: CallEnd, deadline: Deadline, timeoutMs: number): CallEnd {
  return deadline.why() !== undefined && !end.ok && end.ending === "thrown" ? endOf(deadline, timeoutMs) : end;
}

async function withinGrace(call: Promise<CallEnd>, clock: Clock): Promise<CallEnd | undefined> {
  let cancel: (() => void) | undefined;
  const over = new Promise<undefined>((resolve) => {
    cancel = clock.setTimer(LIMITS.graceMs, () => resolve(undefined));
  });
  const end = await Promise.race([call, over]);
  cancel?.();
  return end;
}

function endOf(deadline: Deadline, timeoutMs: number): CallEnd {
  if (deadline.why() === "abort") {
    return { ok: false, ending: "abort", error: { code: "ABORTED", message: "the call was stopped", retryable: true } };
  }
  const error: Failure = {
    code: "TIMEOUT",
    message: `no end after ${timeoutMs} ms`,
    retryable: true,
    next: "Give the step a longer `timeout`, or make the tool faster.",
  };
  return { ok: false, ending: "timeout", error };
}

async function settle(tool: Tool, args: { readonly [name: string]: Json }, context: ToolContext): Promise<CallEnd> {
  try {
    return { ok: true, output: await tool.call(args, context) };
  } catch (thrown) {
    return thrown instanceof ToolError
      ? { ok: false, ending: "tool-error", error: toolFailure(thrown) }
      : { ok: false, ending: "thrown", error: { code: "TOOL_THREW", message: messageOf(thrown), retryable: true } };
  }
}

function toolFailure(error: ToolError): Failure {
  const { code, message, retryable, retryAfterMs } = error;
  return { code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
