// The history of a run as text. In: its log. Out: one line for each event that changed what the run did next. The trace
// begins with it, and `show --json` holds it.
import type { EventOf, PassingFailure, RunEvent } from "../../run/event.js";
import { failureLine, runFailureText } from "../../words/failures.js";
import { answerReviewText } from "../../words/judged.js";
import { commentText, reasonText } from "../../words/reasons.js";
import { changedToolText } from "../../words/tool-change.js";
import { oneLine, paint } from "../style.js";
import { durationText } from "../../words/phrases.js";
import { deniedText, grantedText, retriedText, reviewedText, subjectOf } from "./lines.js";
import { failedText, keptText, revisionTitle } from "./revision.js";

const WIDTH = 300;

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

/** Empty for a run with one plan and without such events. */
export function historyLines(log: readonly RunEvent[]): readonly string[] {
  const history = historyOf(log);
  const plans = history.filter(({ type }) => type === "plan.proposed").length;
  if (plans < 2 && history.every(({ type }) => PLAIN.has(type))) return [];
  const lines = history.map(({ after, text }) => `  at ${durationText(after).padEnd(12)}  ${oneLine(text, WIDTH)}`);
  return [paint("bold", "history"), ...lines, ""];
}

const ENDS: ReadonlySet<string> = new Set(["run.completed", "run.failed", "run.cancelled"]);
const PLAIN: ReadonlySet<string> = new Set(["plan.proposed", ...ENDS]);

/** The text of the event; undefined if it changed nothing. `before` is the event before it. */
function turningPoint(event: RunEvent, before: RunEvent | undefined): string | undefined {
  return (
    planPoint(event) ??
    commandPoint(event) ??
    (event.type === "run.resumed" ? resumedText(event, before) : endPoint(event))
  );
}

/** What became of plans, reviews and answers. */
function planPoint(event: RunEvent): string | undefined {
  switch (event.type) {
    case "plan.proposed":
      return proposedText(event.data);
    case "plan.invalid": {
      const codes = [...new Set(event.data.findings.map(({ code }) => code))].join(", ");
      return `the draft of round ${event.data.round + 1} cannot be used: ${codes}`;
    }
    case "plan.failed":
      return `the planner gave nothing: ${passingText(event.data)}`;
    case "replan.requested":
      return `replan (${event.data.mode}): ${failedText(event.data.failed)}${reasonText(event.data.reason)}`;
    case "plan.reviewed":
      return `review: ${event.data.decision}: ${reviewedText(event.data)}`;
    case "review.failed":
      return `the review gave nothing: ${passingText(event.data)}`;
    case "answer.reviewed":
      return `critic: ${answerReviewText(event.data)}`;
    case "critique.failed":
      return `the critic gave no verdict: ${passingText(event.data)}`;
    case "answer.requested":
      return "a partial answer is requested, from what is done";
    case "answer.failed":
      return `the synthesizer gave no answer: ${passingText(event.data)}`;
    default:
      return undefined;
  }
}

/** Approvals, and what people ordered. */
function commandPoint(event: RunEvent): string | undefined {
  switch (event.type) {
    case "approval.requested":
      return `${subjectOf(event.data.subject)} waits for approval: ${reasonText(event.data.reason)}`;
    case "tool.changed":
      return changedToolText(event.data);
    case "approval.granted":
      return `approved: ${grantedText(event)}`;
    case "approval.denied":
      return deniedText(event).join(": ");
    case "goal.changed":
      return `goal changed by ${event.by}: ${event.data.goal} (${commentText(event.data.comment)})`;
    case "run.paused":
      return `paused by ${event.by}: ${commentText(event.data.comment)}`;
    case "run.unpaused":
      return `goes on, by ${event.by}: ${commentText(event.data.comment)}`;
    case "run.reopened":
      return `retried ${retriedText(event)}`;
    case "cancel.requested":
      return `cancel, asked by ${event.by}: ${commentText(event.data.comment)}`;
    default:
      return undefined;
  }
}

function endPoint(event: RunEvent): string | undefined {
  switch (event.type) {
    case "budget.exhausted":
      return `budget: ${event.data.limit} is used up (${event.data.wanted} wanted, ${event.data.allowed} allowed)`;
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

function proposedText(data: EventOf<"plan.proposed">["data"]): string {
  const why = data.reason === undefined ? "" : `; why: ${reasonText(data.reason)}`;
  return `plan: ${revisionTitle(data)}${keptText(data)}${why}`;
}

/** `before` is the last event of the process that drove the run earlier. */
function resumedText(event: EventOf<"run.resumed">, before: RunEvent | undefined): string {
  const { released, reason } = event.data;
  const because = reasonText(reason);
  const why = because === "resumed" ? "" : ` (${because})`;
  if (before === undefined || ENDS.has(before.type)) return `resumed${why}`;
  const taken =
    reason.code === "TAKEN_OVER" ? "had not released the run" : "ended or lost the run, without releasing it";
  const how = released === true ? "had released the run" : taken;
  return `resumed${why} after ${durationText(event.at - before.at)} without an event: the previous process ${how}`;
}

const passingText = ({ error, decision, reason }: PassingFailure): string =>
  `${failureLine(error)} -> ${decision} (${reasonText(reason)})`;
