// The trace as text. In: trace entries. Out: lines: each step with what it read, did and wrote. Separate because the trace is
// data first; values are shortened here only, never in the data.
import type { Json } from "../plan/json.js";
import { isObject } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import { keptText, name, planText, reopenedText } from "./render-lines.js";
import { usageText } from "./render-end.js";
import { duration, oneLine, paint } from "./style.js";
import type { TraceAttempt, TraceEntry, TraceTurn } from "./trace.js";

const WIDTH = 300;

export function traceLines(entries: readonly TraceEntry[], log: readonly RunEvent[]): readonly string[] {
  const { runId = "" } = log[0] ?? {};
  return [...historyLines(log), ...entries.flatMap((entry) => [...entryLines(entry, runId), ""])];
}

/** Plans, ends and new beginnings in their order; nothing for a run that simply had its course. */
function historyLines(log: readonly RunEvent[]): readonly string[] {
  const lines = log.flatMap((event) => {
    const text = turningPoint(event);
    return text === undefined ? [] : [`  at ${duration(event.at - log[0]!.at).padEnd(12)}  ${oneLine(text, WIDTH)}`];
  });
  const isPlain = !log.some(({ type }) => type === "run.reopened") && log.filter(isPlan).length < 2;
  return isPlain ? [] : [paint("bold", "history"), ...lines, ""];
}

const isPlan = ({ type }: RunEvent): boolean => type === "plan.proposed";

function turningPoint(event: RunEvent): string | undefined {
  switch (event.type) {
    case "plan.proposed":
      return `plan: ${planText(event.data)}${keptText(event.data)}`;
    case "approval.denied":
      return event.data.subject === "plan" ? `plan not approved (${event.data.cause})` : undefined;
    case "run.reopened":
      return `retried ${reopenedText(event)}`;
    case "run.failed":
      return `failed: ${event.data.error.code}: ${event.data.error.message}`;
    case "run.cancelled":
      return `cancelled: ${event.data.reason}`;
    case "run.completed":
      return "completed";
    default:
      return undefined;
  }
}

/** Where an output came from for which nothing was called. */
export function carriedText(carried: string | undefined, runId: string): string {
  if (carried === undefined) return "";
  return carried === runId ? "reused: this run had made the call before" : `reused from run ${carried}`;
}

function entryLines(entry: TraceEntry, runId: string): readonly string[] {
  const { title, revision, status, attempts, turns, note, summary, written, usage } = entry;
  return [
    `${paint("bold", name(entry))}  ${status}  ${oneLine(title, 80)}${revision > 1 ? ` (revision ${revision})` : ""}`,
    ...attempts.flatMap((attempt) => attemptLines(attempt, turns)),
    ...(entry.carried === undefined ? [] : [`  ${carriedText(entry.carried, runId)}`]),
    ...(note === undefined ? [] : [`  note     ${oneLine(note, WIDTH)}`]),
    ...(summary === undefined ? [] : [`  summary  ${oneLine(summary, WIDTH)}`]),
    ...(written === undefined || (entry.item === undefined && attempts.length === 0 && written === null)
      ? []
      : [`  wrote    ${shown(written)}`]),
    ...(usage === undefined ? [] : [`  tokens   ${usageText(usage)}`]),
  ];
}

function attemptLines(attempt: TraceAttempt, turns: readonly TraceTurn[]): readonly string[] {
  const { read, from, startedAfter, took, error, decision, reason, refused } = attempt;
  const sources = from.steps.length === 0 ? "" : paint("dim", `  from ${from.steps.join(", ")}`);
  const when = `at ${duration(startedAfter)}${took === undefined ? ", not ended" : `, took ${duration(took)}`}`;
  const then = decision === undefined ? "" : ` -> ${decision} (${reason ?? ""})`;
  return [
    `  attempt ${attempt.attempt}  ${when}`,
    `    read   ${shown(read)}${sources}`,
    ...turns
      .filter((turn) => turn.attempt === attempt.attempt)
      .map((turn) => `    ${turn.name.padEnd(6)} ${turnText(turn)}`),
    ...(refused === undefined ? [] : [`    gave   ${shown(refused)}  (refused)`]),
    ...(error === undefined
      ? []
      : [`    ${paint("red", "error")}  ${error.code}: ${oneLine(error.message, WIDTH)}${then}`]),
  ];
}

/** A model's reply by its text and the calls that it asks for; a tool's call by arguments and result. */
function turnText({ asked, answered }: TraceTurn): string {
  if (isObject(answered) && Array.isArray(answered["toolCalls"])) {
    const calls = (answered["toolCalls"] as readonly Json[]).map((call) =>
      isObject(call) ? `calls ${shown(call["name"] ?? null)} ${shown(call["args"] ?? null, 120)}` : "",
    );
    const text = typeof answered["text"] === "string" ? answered["text"] : "";
    return [...calls, oneLine(text, WIDTH)].filter(Boolean).join(" · ");
  }
  const args = isObject(asked) ? (asked["args"] ?? null) : asked;
  return `${shown(args, 120)} => ${shown(answered, 200)}`;
}

const shown = (value: Json, width = WIDTH): string =>
  oneLine(typeof value === "string" ? value : JSON.stringify(value), width);
