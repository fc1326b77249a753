// The evidence card of a run: what was planned, what happened, what can be doubted, and whether the answer is as
// expected. In: a log, its journal, and an expected result. Out: plain data with sentences. Its fields are only added to.
import { messageOf } from "../../error.js";
import type { Json } from "../../plan/json.js";
import type { RunEvent } from "../../run/event.js";
import { evolve } from "../../run/evolve/evolve.js";
import { emptyRun, type Run } from "../../run/state.js";
import { isEnded } from "../../run/status.js";
import { contextChanges } from "../../run/view/evidence/changes.js";
import type { CheckFinding, CheckName, FailureCheck, CheckResults } from "../../run/view/evidence/check.js";
import { failureChecks } from "../../run/view/evidence/checks.js";
import { compared, type Comparison, type Deviation } from "../../run/view/evidence/expected.js";
import type { JournalRow } from "../../store/event-store.js";
import type { Action } from "../../words/action.js";
import {
  actionText,
  CHECK_TITLES,
  changeText,
  checkFindingText,
  failureCheckText,
  comparisonText,
  deviationText,
  feedbackText,
  foundText,
} from "../../words/evidence.js";
import { documentOf, shownAnswer, type RunDocument } from "../document.js";
import { traceOf } from "../trace.js";
import { identityOf, type IdentityCard } from "./identity.js";
import { innerCalls } from "./inner-calls.js";
import { revisionsOf, type RevisionCard } from "./revisions.js";
import { traceRows, type TraceRow } from "./trace-rows.js";

/** Times in ms are counted from the start of the run. An unknown figure is null, never 0. */
export interface EvidenceCard {
  readonly evidenceCard: 1;
  readonly runId: string;
  readonly goal: string;
  readonly status: RunDocument["status"];
  readonly success: boolean;
  readonly stepsTotal: number;
  readonly stepsCompleted: number;
  /** The first event that makes no run with those before it. Status, trace and answer are those before it. */
  readonly refused?: { readonly seq: number; readonly reason: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly tookMs: number | null;
  /** null: there is none. `partial`: it was made of what a failed run had done. */
  readonly answer: Json;
  readonly partial?: true;
  readonly error?: { readonly code: string; readonly message: string };
  /** All revisions, oldest first. */
  readonly revisions: readonly RevisionCard[];
  readonly trace: readonly TraceRow[];
  /** Rows that the trace leaves out. Absent: none. */
  readonly traceMore?: number;
  readonly changes: readonly ChangeCard[];
  readonly changesMore?: number;
  readonly checks: readonly CheckCard[];
  /** Absent: no result was expected. */
  readonly evaluation?: EvaluationCard;
  readonly identity: IdentityCard;
}

/** What one action changed. `size`: outputs that later steps can read after it. */
export interface ChangeCard {
  readonly seq: number;
  readonly afterMs: number;
  readonly action: string;
  readonly text: string;
  readonly size: number;
}

export interface CheckCard {
  readonly check: CheckName;
  readonly title: string;
  readonly verdict: "clean" | "found" | "not-checked";
  /** How many calls, reads, or figures and names were looked at; null if nothing was checked. */
  readonly looked: number | null;
  readonly found: number | null;
  /** `0 of 9 calls`. */
  readonly foundText: string;
  readonly text: string;
  readonly findings: readonly FindingCard[];
}

export type FindingCard = CheckFinding & { readonly message: string };

export interface EvaluationCard {
  readonly expected: Json;
  readonly met: boolean;
  readonly text: string;
  readonly comparison: Comparison;
  readonly deviations: readonly (Deviation & { readonly message: string })[];
  /** Only if it is not met: the difference as feedback, and the action that gives it to the planner. */
  readonly offer?: { readonly feedback: string; readonly action: Action };
}

/** `expected`: a JSON value, or a text. Absent: nothing is compared. */
export interface EvidenceOptions {
  readonly expected?: Json;
}

/** A log in today's form, with the hash of its last event as it is recorded, and its journal. */
export interface EvidenceLog {
  readonly events: readonly RunEvent[];
  readonly lastHash: string;
  readonly journal: readonly JournalRow[];
}

/** The card of a log. A log that the kernel refuses still gives a card, as far as it can be folded. */
export function evidenceCard(
  { events, lastHash, journal }: EvidenceLog,
  { expected }: EvidenceOptions = {},
): EvidenceCard {
  const { run, events: sound, refused } = folded(events);
  const document = documentOf(run);
  const startedAt = events[0]?.at ?? 0;
  const { changes, total } = contextChanges(events);
  const answer = shownAnswer(document);
  return {
    evidenceCard: 1,
    ...headOf(document),
    ...(refused === undefined ? {} : { refused }),
    answer,
    ...(document.partial === undefined ? {} : { partial: document.partial }),
    ...(document.error === undefined ? {} : { error: { code: document.error.code, message: document.error.message } }),
    revisions: revisionsOf(events),
    ...traceRows(traceOf(sound, journal)),
    changes: changes.map((change) => ({
      seq: change.seq,
      afterMs: change.at - startedAt,
      action: actionText(change),
      text: changeText(change),
      size: change.size,
    })),
    ...(total > changes.length ? { changesMore: total - changes.length } : {}),
    checks: checkCards(failureChecks(events, innerCalls(journal))),
    ...(expected === undefined ? {} : { evaluation: evaluationOf(expected, answer, run) }),
    identity: identityOf(run, events.length, lastHash),
  };
}

interface Folded {
  readonly run: Run;
  readonly events: readonly RunEvent[];
  readonly refused?: { readonly seq: number; readonly reason: string };
}

/** The run as far as its events make one. */
function folded(events: readonly RunEvent[]): Folded {
  const run = emptyRun(events[0]?.runId ?? "");
  for (const [index, event] of events.entries()) {
    try {
      evolve(run, event);
    } catch (thrown) {
      // A fold that throws may leave half of an event in the run.
      return { ...folded(events.slice(0, index)), refused: { seq: event.seq, reason: messageOf(thrown) } };
    }
  }
  return { run, events };
}

type Head = Pick<
  EvidenceCard,
  "runId" | "goal" | "status" | "success" | "stepsTotal" | "stepsCompleted" | "startedAt" | "finishedAt" | "tookMs"
>;

function headOf(document: RunDocument): Head {
  const { runId, goal, status, success, stepsTotal, stepsCompleted, startedAt, finishedAt } = document;
  const tookMs = finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  return { runId, goal, status, success, stepsTotal, stepsCompleted, startedAt, finishedAt, tookMs };
}

function checkCards(results: CheckResults): readonly CheckCard[] {
  return (Object.keys(results) as readonly CheckName[]).map((check) => {
    const result = results[check];
    const findings = result.verdict === "found" ? result.findings : [];
    return {
      check,
      title: CHECK_TITLES[check],
      verdict: result.verdict,
      looked: result.verdict === "not-checked" ? null : result.looked,
      found: foundBy(result),
      foundText: foundText(check, result),
      text: failureCheckText(check, result),
      findings: findings.map((finding) => ({ ...finding, message: checkFindingText(finding) })),
    };
  });
}

function foundBy(result: FailureCheck): number | null {
  if (result.verdict === "not-checked") return null;
  return result.verdict === "found" ? result.found : 0;
}

function evaluationOf(expected: Json, answer: Json, run: Run): EvaluationCard {
  const comparison = compared(expected, answer);
  const deviations = comparison.kind === "value" ? comparison.deviations : [];
  return {
    expected,
    met: comparison.met,
    text: comparisonText(comparison),
    comparison,
    deviations: deviations.map((deviation) => ({ ...deviation, message: deviationText(deviation) })),
    ...(comparison.met ? {} : { offer: offerOf(feedbackText(expected, comparison), run) }),
  };
}

/** An ended run is retried with the feedback. A run that goes on may still give another answer, so it is only shown. */
function offerOf(feedback: string, run: Run): { readonly feedback: string; readonly action: Action } {
  const { id: runId } = run;
  return { feedback, action: isEnded(run) ? { action: "retry", runId, feedback: true } : { action: "show", runId } };
}
