// Shows a trace as text. In: trace entries. Out: lines: each step with its inputs, calls and output. Long values are
// shortened here, never in the data.
import type { EvidenceFound } from "../../plan/evidence.js";
import { isObject, type Json } from "../../plan/json.js";
import type { RunEvent } from "../../run/event.js";
import { judgedText } from "../../words/judged.js";
import { replyNotesIn, replyNoteText } from "../../words/reply-notes.js";
import type { TraceAttempt, TraceEntry, TraceTurn } from "../../loom/trace-entry.js";
import { oneLine, paint } from "../style.js";
import { durationText } from "../../words/phrases.js";
import { usageText } from "./end.js";
import { thrownLines } from "./thrown.js";
import { historyLines } from "./history.js";
import { name } from "./lines.js";

const WIDTH = 300;

export function traceLines(entries: readonly TraceEntry[], log: readonly RunEvent[]): readonly string[] {
  const { runId = "" } = log[0] ?? {};
  return [...historyLines(log), ...entries.flatMap((entry) => [...entryLines(entry, runId), ""])];
}

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
    ...(entry.judged === undefined ? [] : [`  judged   ${oneLine(judgedText(entry.judged), WIDTH)}`]),
    ...(usage === undefined ? [] : [`  tokens   ${usageText(usage)}`]),
  ];
}

function attemptLines(attempt: TraceAttempt, turns: readonly TraceTurn[], isContinued: boolean): readonly string[] {
  const { refused, error, decision, reason } = attempt;
  const then = decision === undefined ? "" : ` -> ${decision} (${reason ?? ""})`;
  return [
    `  attempt ${attempt.attempt}${isContinued ? ", continued" : ""}  ${timeText(attempt)}`,
    ...pauseLines(attempt),
    ...readLines(attempt),
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
      : [
          `    ${paint("red", "error")}  ${error.code}: ${oneLine(error.message, WIDTH)}${then}`,
          ...thrownLines(error),
        ]),
  ];
}

function timeText({ startedAfter, took, interrupted = [] }: TraceAttempt): string {
  const idle = interrupted.reduce((sum, { lastEventAfter, resumedAfter }) => sum + resumedAfter - lastEventAfter, 0);
  const without = idle === 0 || took === undefined ? "" : `, of which ${durationText(idle)} interrupted`;
  return `at ${durationText(startedAfter)}${took === undefined ? ", not ended" : `, took ${durationText(took)}`}${without}`;
}

/** Times in which nothing happened: no process drove the run, or a call waited for a person. */
const pauseLines = ({ interrupted = [], waited = [] }: TraceAttempt): readonly string[] => [
  ...interrupted.map(
    ({ lastEventAfter, resumedAfter }) =>
      `    interrupted: no event from ${durationText(lastEventAfter)} on, until the run was resumed at ${durationText(resumedAfter)}`,
  ),
  ...waited.map(
    ({ tool, question, answer, by, askedAfter, continuedAfter }) =>
      `    waited: the call of ${oneLine(tool)} for ${question === undefined ? "approval" : "an answer"}, ` +
      `from ${durationText(askedAfter)}${continuedAfter === undefined ? " on" : ` to ${durationText(continuedAfter)}`}` +
      (question === undefined ? "" : `: ${oneLine(question)}`) +
      (answer === undefined ? "" : ` ${oneLine(by ?? "")} answered ${shown(answer)}`),
  ),
];

/** A step without arguments shows only the outputs that it was given. */
function readLines({ read, context = {}, from }: TraceAttempt): readonly string[] {
  const given = Object.entries(context).map(([step, output]) => `    given  ${oneLine(step, 80)}: ${shown(output)}`);
  if (isEmpty(read) && given.length > 0) return given;
  const sources = from.steps.length === 0 ? "" : paint("dim", `  from ${from.steps.join(", ")}`);
  return [`    read   ${shown(read)}${sources}`, ...given];
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
