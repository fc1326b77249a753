// Shows a trace as text. In: trace entries. Out: lines: each step with its inputs, calls and output. Long values are
// shortened here, never in the data.
import type { EvidenceFound } from "../../plan/evidence.js";
import type { Json } from "../../plan/json.js";
import { replyNotesIn, replyNoteText } from "../../words/reply-notes.js";
import { isObject } from "../../plan/json.js";
import type { PassingFailure, RunEvent } from "../../run/event.js";
import { runFailureText, failureLine } from "../../words/failures.js";
import { commentText, reasonText } from "../../words/reasons.js";
import { changedToolText } from "../../words/tool-change.js";
import { deniedText, grantedText, name, retriedText, reviewedText, subjectOf } from "./lines.js";
import { failedText, keptText, revisionTitle } from "./revision.js";
import { usageText } from "./end.js";
import { duration, oneLine, paint } from "../style.js";
import type { TraceAttempt, TraceEntry, TraceTurn } from "../../loom/trace.js";

const WIDTH = 300;

export function traceLines(entries: readonly TraceEntry[], log: readonly RunEvent[]): readonly string[] {
  const { runId = "" } = log[0] ?? {};
  return [...historyLines(log), ...entries.flatMap((entry) => [...entryLines(entry, runId), ""])];
}

export interface TurningPoint {
  /** ms from the start of the run. */
  readonly after: number;
  readonly type: RunEvent["type"];
  readonly by: string;
  readonly text: string;
}

/**
 * Events that changed what the run did next, or could have: plans, drafts, approvals, replans, reviews, goals, pauses,
 * takeovers, limits, ends.
 */
export function historyOf(log: readonly RunEvent[]): readonly TurningPoint[] {
  return log.flatMap((event, index) => {
    const text = turningPoint(event, log[index - 1]);
    return text === undefined ? [] : [{ after: event.at - log[0]!.at, type: event.type, by: event.by, text }];
  });
}

/** Empty for a run without such events. */
function historyLines(log: readonly RunEvent[]): readonly string[] {
  const history = historyOf(log);
  const plans = history.filter(({ type }) => type === "plan.proposed").length;
  if (plans < 2 && history.every(({ type }) => PLAIN.has(type))) return [];
  const lines = history.map(({ after, text }) => `  at ${duration(after).padEnd(12)}  ${oneLine(text, WIDTH)}`);
  return [paint("bold", "history"), ...lines, ""];
}

const ENDS: ReadonlySet<string> = new Set(["run.completed", "run.failed", "run.cancelled"]);
const PLAIN: ReadonlySet<string> = new Set(["plan.proposed", ...ENDS]);

function turningPoint(event: RunEvent, before: RunEvent | undefined): string | undefined {
  switch (event.type) {
    case "plan.proposed": {
      const { reason } = event.data;
      return `plan: ${revisionTitle(event.data)}${keptText(event.data)}${reason === undefined ? "" : `; why: ${reasonText(reason)}`}`;
    }
    case "approval.requested":
      return `${subjectOf(event.data.subject)} waits for approval: ${reasonText(event.data.reason)}`;
    case "tool.changed":
      return changedToolText(event.data);
    case "plan.invalid": {
      const codes = [...new Set(event.data.findings.map(({ code }) => code))].join(", ");
      return `the draft of round ${event.data.round + 1} cannot be used: ${codes}`;
    }
    case "plan.failed":
      return `the planner gave nothing: ${passingText(event.data)}`;
    case "approval.granted":
      return `approved: ${grantedText(event)}`;
    case "approval.denied":
      return deniedText(event).join(": ");
    case "replan.requested":
      return `replan (${event.data.mode}): ${failedText(event.data.failed)}${reasonText(event.data.reason)}`;
    case "plan.reviewed":
      return `review: ${event.data.decision}: ${reviewedText(event.data)}`;
    case "review.failed":
      return `the review gave nothing: ${passingText(event.data)}`;
    case "answer.requested":
      return "a partial answer is requested, from what is done";
    case "answer.failed":
      return `the synthesizer gave nothing: ${passingText(event.data)}`;
    case "goal.changed":
      return `goal changed by ${event.by}: ${event.data.goal} (${commentText(event.data.comment)})`;
    case "run.paused":
      return `paused by ${event.by}: ${commentText(event.data.comment)}`;
    case "run.unpaused":
      return `goes on, by ${event.by}: ${commentText(event.data.comment)}`;
    case "run.resumed": {
      const { released, reason } = event.data;
      const because = reasonText(reason);
      const why = because === "resumed" ? "" : ` (${because})`;
      if (before === undefined || ENDS.has(before.type)) return `resumed${why}`;
      const how =
        released === true
          ? "had released the run"
          : reason.code === "TAKEN_OVER"
            ? "had not released the run"
            : "ended or lost the run, without releasing it";
      return `resumed${why} after ${duration(event.at - before.at)} without an event: the previous process ${how}`;
    }
    case "budget.exhausted":
      return `budget: ${event.data.limit} is used up (${event.data.wanted} wanted, ${event.data.allowed} allowed)`;
    case "run.reopened":
      return `retried ${retriedText(event)}`;
    case "cancel.requested":
      return `cancel, asked by ${event.by}: ${commentText(event.data.comment)}`;
    case "run.failed":
      return `failed: ${event.data.error.code}: ${runFailureText(event.data.error, event.data.cause)}`;
    case "run.cancelled":
      return `cancelled: ${commentText(event.data.comment)}`;
    case "run.completed":
      return "completed";
    default:
      return undefined;
  }
}

const passingText = ({ error, decision, reason }: PassingFailure): string =>
  `${failureLine(error)} -> ${decision} (${reasonText(reason)})`;

const FOUND = { yes: "found", no: "missing", unchecked: "not checked" } as const;

const evidenceText = ({ wanted, found, named = [] }: EvidenceFound): string =>
  `${FOUND[found]}: ${wanted}${named.length === 0 ? "" : ` (${named.join(", ")})`}`;

/** The source of an output for which nothing was called. */
export function reusedText(carried: string | undefined, runId: string): string {
  if (carried === undefined) return "";
  return carried === runId ? "reused: this run had made the call before" : `reused from run ${carried}`;
}

function entryLines(entry: TraceEntry, runId: string): readonly string[] {
  const { title, revision, status, attempts, turns, note, summary, written, usage } = entry;
  return [
    `${paint("bold", name(entry))}  ${status}  ${oneLine(title, 80)}${revision > 1 ? ` (revision ${revision})` : ""}`,
    ...attempts.flatMap((attempt, index) => {
      // An attempt that went on after a stop stands twice. Its turns are shown once, where it ended.
      const isSame = ({ attempt: number }: TraceAttempt) => number === attempt.attempt;
      const shownTurns = attempts.slice(index + 1).some(isSame) ? [] : turns;
      return attemptLines(attempt, shownTurns, attempts.slice(0, index).some(isSame));
    }),
    ...(entry.carried === undefined ? [] : [`  ${reusedText(entry.carried, runId)}`]),
    ...(note === undefined ? [] : [`  note     ${oneLine(note, WIDTH)}`]),
    ...(summary === undefined ? [] : [`  summary  ${oneLine(summary, WIDTH)}`]),
    ...(written === undefined || (entry.item === undefined && attempts.length === 0 && written === null)
      ? []
      : [`  wrote    ${shown(written)}`]),
    ...(entry.textsRead ?? []).map(
      ({ in: place, at, text }) =>
        `  read     ${shown(JSON.stringify(text), 60)} of ${oneLine(place + at, 80)} as a value, not as text`,
    ),
    ...(entry.evidence ?? []).map((evidence) => `  evidence ${oneLine(evidenceText(evidence), WIDTH)}`),
    ...(usage === undefined ? [] : [`  tokens   ${usageText(usage)}`]),
  ];
}

function attemptLines(attempt: TraceAttempt, turns: readonly TraceTurn[], isContinued: boolean): readonly string[] {
  const {
    read,
    context = {},
    from,
    startedAfter,
    took,
    interrupted = [],
    waited = [],
    error,
    decision,
    reason,
    refused,
  } = attempt;
  const sources = from.steps.length === 0 ? "" : paint("dim", `  from ${from.steps.join(", ")}`);
  const idle = interrupted.reduce((sum, { lastEventAfter, resumedAfter }) => sum + resumedAfter - lastEventAfter, 0);
  const without = idle === 0 || took === undefined ? "" : `, of which ${duration(idle)} interrupted`;
  const when = `at ${duration(startedAfter)}${took === undefined ? ", not ended" : `, took ${duration(took)}`}${without}`;
  const then = decision === undefined ? "" : ` -> ${decision} (${reason ?? ""})`;
  const given = Object.entries(context);
  return [
    `  attempt ${attempt.attempt}${isContinued ? ", continued" : ""}  ${when}`,
    ...interrupted.map(
      ({ lastEventAfter, resumedAfter }) =>
        `    interrupted: no event from ${duration(lastEventAfter)} on, until the run was resumed at ${duration(resumedAfter)}`,
    ),
    ...waited.map(
      ({ tool, askedAfter, continuedAfter }) =>
        `    waited: the call of ${oneLine(tool)} for approval, from ${duration(askedAfter)}` +
        (continuedAfter === undefined ? " on" : ` to ${duration(continuedAfter)}`),
    ),
    // A step that names no values has read nothing of its own: what it was given stands in its place.
    ...(isEmpty(read) && given.length > 0 ? [] : [`    read   ${shown(read)}${sources}`]),
    ...given.map(([step, output]) => `    given  ${oneLine(step, 80)}: ${shown(output)}`),
    ...turns
      .filter((turn) => turn.attempt === attempt.attempt)
      .map((turn) => `    ${turn.name.padEnd(6)} ${turnText(turn)}`),
    ...(attempt.turnsFailed ?? []).map(
      ({ turn, error: failed, reason: why }) =>
        `    turn ${turn} failed: ${failed.code}: ${oneLine(failed.message, WIDTH)} (${oneLine(why)}; it was sent again)`,
    ),
    ...(refused === undefined ? [] : [`    gave   ${shown(refused)}  (refused)`]),
    ...(error === undefined
      ? []
      : [`    ${paint("red", "error")}  ${error.code}: ${oneLine(error.message, WIDTH)}${then}`]),
  ];
}

/** For a model's reply, its text and the calls that it asks for. For a tool's call, arguments and result. */
function turnText({ asked, answered }: TraceTurn): string {
  if (isObject(answered) && Array.isArray(answered["toolCalls"])) {
    const calls = (answered["toolCalls"] as readonly Json[]).map((call) =>
      isObject(call) ? `calls ${shown(call["name"] ?? null)} ${shown(call["args"] ?? null, 120)}` : "",
    );
    const text = typeof answered["text"] === "string" ? answered["text"] : "";
    const notes = replyNotesIn(answered["notes"]).map((note) => `note: ${replyNoteText(note)}`);
    return [...calls, oneLine(text, WIDTH), ...notes].filter(Boolean).join(" · ");
  }
  const args = isObject(asked) ? (asked["args"] ?? null) : asked;
  return `${shown(args, 120)} => ${shown(answered, 200)}`;
}

const isEmpty = (value: Json): boolean => isObject(value) && Object.keys(value).length === 0;

const shown = (value: Json, width = WIDTH): string =>
  oneLine(typeof value === "string" ? value : JSON.stringify(value), width);
