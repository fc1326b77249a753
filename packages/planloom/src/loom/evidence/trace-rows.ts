// The trace of a run for its evidence card: one row for each step and item. In: the whole trace. Out: its figures, and
// the output in one line.
import { LIMITS } from "../../limits.js";
import { askedText, valueText } from "../../words/evidence.js";
import { judgedText } from "../../words/judged.js";
import type { TraceEntry } from "../trace-entry.js";

export interface TraceRow {
  readonly step: string;
  readonly item?: number;
  readonly title: string;
  readonly revision: number;
  readonly status: string;
  readonly attempts: number;
  /** Turns of its model and tool calls inside of it. */
  readonly turns: number;
  readonly startedAfterMs: number | null;
  /** From its first start to its last end; null while it has not ended. */
  readonly tookMs: number | null;
  /** In one line. */
  readonly wrote?: string;
  readonly error?: string;
  /** Why it was skipped, or into how many items it was expanded. */
  readonly note?: string;
  /** What its tools asked a person, with the answer and who gave it, each in one line. */
  readonly asked?: readonly string[];
  /** What the judge of an `expect` in prose said of its output: `met: It names the page.` */
  readonly judged?: string;
  /** The run that made the call; this run only reused its result. */
  readonly carried?: string;
}

export function traceRows(entries: readonly TraceEntry[]): {
  readonly trace: readonly TraceRow[];
  readonly traceMore?: number;
} {
  const trace = entries.slice(0, LIMITS.evidenceChanges).map(rowOf);
  return { trace, ...(entries.length > trace.length ? { traceMore: entries.length - trace.length } : {}) };
}

function rowOf(entry: TraceEntry): TraceRow {
  const { step, item, title, revision, status, attempts, turns, written, note, carried } = entry;
  const [first, last] = [attempts[0], attempts.at(-1)];
  const error = last?.error;
  const ended = first === undefined || last?.took === undefined ? null : last.startedAfter + last.took;
  return {
    step,
    ...(item === undefined ? {} : { item }),
    title,
    revision,
    status,
    attempts: attempts.length,
    turns: turns.length,
    startedAfterMs: first?.startedAfter ?? null,
    tookMs: first === undefined || ended === null ? null : ended - first.startedAfter,
    // The items of a fan-out hold its output.
    ...(written === undefined || (written === null && note !== undefined) ? {} : { wrote: valueText(written) }),
    ...(note === undefined ? {} : { note }),
    ...(error === undefined ? {} : { error: `${error.code}: ${error.message}` }),
    ...askedIn(attempts),
    ...(entry.judged === undefined ? {} : { judged: judgedText(entry.judged) }),
    ...(carried === undefined ? {} : { carried }),
  };
}

function askedIn(attempts: TraceEntry["attempts"]): Pick<TraceRow, "asked"> {
  const asked = attempts.flatMap(({ waited = [] }) =>
    waited.flatMap(({ question, ...rest }) => (question === undefined ? [] : [askedText({ question, ...rest })])),
  );
  return asked.length === 0 ? {} : { asked };
}
