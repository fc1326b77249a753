// What each event of a step adds to its entry of the trace. In: an event, and the entries. Out: the changed entry.
// Events that are not about a step's life change nothing.
import type { Json } from "../plan/json.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import type { EventOf, RunEvent, StepRef } from "../run/event.js";
import { refText } from "../run/step-ref.js";
import { failureLine } from "../words/failures.js";
import { reasonText } from "../words/reasons.js";
import { roundsText } from "../words/rounds.js";
import { failureDocument } from "./failure-document.js";
import type { TraceAttempt, TraceEntry } from "./trace-entry.js";

export interface TraceContext {
  /** The entry of the step or item under the present plan. It is added if there is none. */
  entryOf(ref: StepRef): TraceEntry;
  /** Whole outputs that the step's model gets, by step, as the run stands. */
  contextOf(step: string): { readonly [step: string]: Json };
  /** ms from the start of the run. `at` is ms since 1970. */
  after(at: number): number;
}

export function recordEvent(event: RunEvent, context: TraceContext): void {
  switch (event.type) {
    case "step.started":
      return onStarted(event, context);
    case "approval.requested":
      return onApprovalRequested(event, context);
    case "step.held":
      return onHeld(context.entryOf(event.data), event.data.reason);
    case "step.expanded":
      context.entryOf(event.data).note = `expanded into ${event.data.list.length} items`;
      return;
    case "step.repeated":
      if (event.data.round > 0) context.entryOf({ step: event.data.step }).note = roundsText(event.data);
      return;
    case "step.completed":
      return onCompleted(event, context);
    case "step.judged": {
      const { verdict, text } = event.data;
      context.entryOf(event.data).judged = { verdict, text };
      return;
    }
    case "step.filled":
      return spend(context.entryOf(event.data), event.data.usage);
    case "turn.failed":
      return onTurnFailed(context.entryOf(event.data), event.data);
    case "step.failed":
      return onFailed(event, context);
    case "step.skipped":
    case "step.cancelled":
      return onStopped(event, context);
    case "step.suspended":
      Object.assign(context.entryOf(event.data), { status: "suspended", note: `asks: ${event.data.question}` });
      return;
    case "step.asked":
      return onAsked(event, context);
    case "step.answered": {
      const wait = context.entryOf(event.data).attempts.at(-1)?.waited?.at(-1);
      if (wait !== undefined) Object.assign(wait, { answer: event.data.value, by: event.by });
      return;
    }
    case "step.unknown":
      return onUnknown(event, context);
    case "step.unusable":
      return onUnusable(event, context);
    case "step.resolved":
      context.entryOf(event.data).note = `${event.by === "engine" ? "its tool" : event.by} says: ${event.data.verdict}`;
      return;
    case "reconcile.failed":
      context.entryOf(event.data).note =
        `its tool does not say what became of it: ${failureLine(event.data.error)} (${reasonText(event.data.reason)})`;
      return;
    default:
      return;
  }
}

function onStarted({ data, at }: EventOf<"step.started">, context: TraceContext): void {
  const { step, attempt, args: read, from } = data;
  const entry = context.entryOf(data);
  const startedAfter = context.after(at);
  // The reason of the earlier stop is dropped when the run continues.
  if (entry.status === "cancelled") delete entry.note;
  if (ENDED.has(entry.status)) forgetResult(entry);
  entry.status = "running";
  if (continuesAfterWait(entry, attempt, startedAfter)) return;
  const outputs = context.contextOf(step);
  const given = Object.keys(outputs).length === 0 ? {} : { context: outputs };
  entry.attempts.push({ attempt, read, ...given, from, startedAfter });
}

const ENDED: ReadonlySet<string> = new Set(["completed", "skipped"]);

/** The step begins anew, restarted or under another draft: its earlier result does not count any more. */
function forgetResult(entry: TraceEntry): void {
  for (const field of ["written", "summary", "evidence", "judged", "note", "carried"] as const) delete entry[field];
}

/** Whether an attempt goes on whose call has waited for approval. It is the same attempt, not another one. */
function continuesAfterWait({ attempts }: TraceEntry, attempt: number, at: number): boolean {
  const last = attempts.at(-1);
  if (last?.waited === undefined || last.attempt !== attempt || last.took !== undefined) return false;
  for (const wait of last.waited) wait.continuedAfter ??= at;
  return true;
}

/** Only a call inside a step. A plan, and a step before its start, have no attempt that waits. */
function onApprovalRequested({ data, at }: EventOf<"approval.requested">, context: TraceContext): void {
  const { subject, call } = data;
  if (subject === "plan" || call === undefined) return;
  const entry = context.entryOf(subject);
  const last = entry.attempts.at(-1);
  entry.status = "suspended";
  if (last !== undefined) last.waited = [...(last.waited ?? []), { tool: call.tool, askedAfter: context.after(at) }];
}

/** The attempt goes on after the answer. */
function onAsked({ data, at }: EventOf<"step.asked">, context: TraceContext): void {
  const entry = context.entryOf(data);
  const last = entry.attempts.at(-1);
  const { tool, question } = data;
  entry.status = "suspended";
  if (last !== undefined) last.waited = [...(last.waited ?? []), { tool, question, askedAfter: context.after(at) }];
}

function onHeld(entry: TraceEntry, { code, tools }: EventOf<"step.held">["data"]["reason"]): void {
  // No call was made, so this is not an attempt.
  if (code === "TOOL_CHANGED") entry.attempts.pop();
  entry.status = code === "TOOL_CHANGED" ? "ready" : "suspended";
  entry.note = code === "ITEMS_TOGETHER" ? "waits for the other items" : `not called: ${tools.join(", ")} changed`;
}

function onCompleted({ data, at }: EventOf<"step.completed">, context: TraceContext): void {
  const { output, summary, evidence, usage, carried } = data;
  const entry = context.entryOf(data);
  endAttempt(entry, context.after(at));
  entry.status = "completed";
  entry.written = output;
  if (summary !== undefined) entry.summary = summary;
  if (evidence !== undefined) entry.evidence = evidence;
  if (carried !== undefined) entry.carried = carried;
  spend(entry, usage);
}

function onTurnFailed({ attempts }: TraceEntry, { turn, error, reason }: EventOf<"turn.failed">["data"]): void {
  const last = attempts.at(-1);
  const failed = { turn, error: failureDocument(error), reason: reasonText(reason) };
  if (last !== undefined) last.turnsFailed = [...(last.turnsFailed ?? []), failed];
}

function onFailed({ data, at }: EventOf<"step.failed">, context: TraceContext): void {
  const { error, decision, output } = data;
  const entry = context.entryOf(data);
  entry.status = decision === "retry" ? "retrying" : "failed";
  const last = endAttempt(entry, context.after(at));
  const reason = reasonText(data.reason);
  if (last === undefined) entry.note = `${failureLine(error)} -> ${decision} (${reason})`;
  else {
    const refused = output === undefined ? {} : { refused: output };
    Object.assign(last, { error: failureDocument(error), decision, reason, ...refused });
  }
}

function onStopped({ type, data, at }: EventOf<"step.skipped"> | EventOf<"step.cancelled">, context: TraceContext) {
  const entry = context.entryOf(data);
  endAttempt(entry, context.after(at));
  entry.status = type === "step.skipped" ? "skipped" : "cancelled";
  entry.note = reasonText(data.reason);
  if ("carried" in data && data.carried !== undefined) entry.carried = data.carried;
}

function onUnknown({ data, at }: EventOf<"step.unknown">, context: TraceContext): void {
  const entry = context.entryOf(data);
  const last = endAttempt(entry, context.after(at));
  if (last !== undefined) last.error = failureDocument(data.error);
  entry.status = "unknown";
  entry.note = `it is not known whether ${data.tool} took effect`;
}

function onUnusable({ data, at }: EventOf<"step.unusable">, context: TraceContext): void {
  const { error, tool, output, earlier } = data;
  const entry = context.entryOf(data);
  entry.status = "unusable";
  if (earlier !== undefined) {
    entry.note = `not called: step ${refText(earlier)} made this call, which acted with an unusable output`;
    return;
  }
  entry.note = `${tool} has acted, and its output cannot be used`;
  const last = endAttempt(entry, context.after(at));
  if (last !== undefined) Object.assign(last, { error: failureDocument(error), refused: output });
}

function spend(entry: TraceEntry, usage: Usage): void {
  if (usage.calls > 0) entry.usage = addUsage(entry.usage ?? NO_USAGE, usage);
}

function endAttempt({ attempts }: TraceEntry, at: number): TraceAttempt | undefined {
  const last = attempts.at(-1);
  if (last !== undefined && last.took === undefined) last.took = at - last.startedAfter;
  return last;
}
