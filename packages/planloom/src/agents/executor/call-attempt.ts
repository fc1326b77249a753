// One call of a tool inside an agent step. In: the tool, its arguments and its key. Out: a known outcome, or an
// UnknownOutcome. An idempotent tool is called once more after an ending that is not known.
import { messageOf } from "../../error.js";
import type { JsonObject } from "../../plan/json.js";
import { soundUsage } from "../../plan/sound-usage.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import { rawOutput } from "../../tools/raw-output.js";
import { NOT_ASKING } from "../../tools/call-questions.js";
import { CallAsks } from "../../tools/question.js";
import { CallUnsettled, ToolError, UnusableOutput, type Tool, type ToolContext } from "../../tools/tool.js";
import { failWith, type Failure } from "../../run/failure.js";
import { soundFailure } from "../../run/sound-failure.js";
import { isOurCode } from "../../words/failures.js";
import type { CallOutcome } from "./call-outcome.js";
import { CallAsked, UnknownOutcome, type AgentContext } from "../checkpoint.js";
import { callsOfTool } from "../model-call.js";

/**
 * Throws CallAsked if the tool asks a person. `doubtful`: an earlier call under this key may have acted. A refusal of
 * the tool now says nothing about that earlier call.
 */
export async function attemptCall(
  tool: Tool,
  args: JsonObject,
  key: string,
  context: AgentContext,
  doubtful: boolean,
): Promise<CallOutcome> {
  const { name, effects } = tool.spec;
  const known = (outcome: CallOutcome, inDoubt: boolean): CallOutcome =>
    outcome.ok || outcome.acted === true || !inDoubt || effects !== "idempotent"
      ? outcome
      : { ...outcome, uncertain: true };
  const first = await endingOf(tool, args, key, context);
  if (!("thrown" in first)) return known(first, doubtful);
  if (effects === "once") throw new UnknownOutcome({ key, tool: name, args, cause: first.thrown });
  context.signal.throwIfAborted();
  const again = effects === "idempotent" && mayCallAgain(first.thrown);
  const last = again ? await endingOf(tool, args, key, context) : first;
  if (!("thrown" in last)) return known(last, true);
  context.signal.throwIfAborted();
  const { thrown } = last;
  const text = { text: messageOf(thrown), retryable: true };
  const failure = thrown instanceof CallUnsettled ? thrown.failure : failWith("TOOL_THREW", {}, text);
  const failed = { ok: false, failure } as const;
  return effects === "idempotent" ? { ...failed, uncertain: true } : failed;
}

/** An error that a program makes would only come again. */
const mayCallAgain = (thrown: unknown): boolean => !(thrown instanceof CallUnsettled) || thrown.failure.retryable;

/** The result of one call: a known outcome, or an error that leaves it unknown. */
async function endingOf(
  tool: Tool,
  args: JsonObject,
  key: string,
  context: AgentContext,
): Promise<CallOutcome | { readonly thrown: unknown }> {
  const { signal, context: runContext, runId, stepId, attempt, budget } = context;
  const progress: ToolContext["progress"] = (value, text) => context.progress(value, text);
  let usage = NO_USAGE;
  const count = (more: Usage): void => void (usage = addUsage(usage, more));
  const spend = (more: Usage): void => {
    count(soundUsage(more));
    budget?.spend(soundUsage(more));
  };
  const modelCall = callsOfTool(budget, signal, count, context.toolWaits);
  const spent = () => (usage.calls === 0 ? {} : { usage });
  try {
    const place = { context: runContext, key, runId, stepId, attempt };
    const output = await tool.call(args, { signal, ...place, progress, spend, modelCall, ...NOT_ASKING });
    return { ok: true, output, ...spent() };
  } catch (thrown) {
    if (thrown instanceof CallAsks) throw new CallAsked({ key, tool: tool.spec.name, args }, thrown.question);
    if (thrown instanceof UnusableOutput) return { ...unusableOutcome(tool, thrown), ...spent() };
    const known = thrown instanceof ToolError && !(signal.aborted && tool.spec.effects === "none");
    return known ? { ok: false, failure: toldBy(thrown), ...spent() } : { thrown };
  }
}

/** A tool's own words, or a failure of Planloom's. */
function toldBy({ failure, code, message, retryable }: ToolError): Failure {
  if (failure !== undefined) return failure;
  const told = soundFailure({ code, text: message, retryable }, "TOOL_FAILED");
  return isOurCode(told.code) ? { ...told, foreign: true } : told;
}

function unusableOutcome(
  { spec: { effects } }: Tool,
  { failure, returned }: UnusableOutput,
): CallOutcome & { readonly ok: false } {
  const failed = { ok: false, failure } as const;
  return effects === "none" ? failed : { ...failed, acted: true, ...rawOutput(returned) };
}
