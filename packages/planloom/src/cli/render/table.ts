// Shows the steps of a run as a table that fits the terminal. In: a run, the last progress of its steps, the time, the
// size. Out: lines. Pure, so that it can be tested without a terminal.
import { currentPlan, reviewOf } from "../../run/lookup.js";
import { type Run } from "../../run/state.js";
import { changeOf } from "../../run/status.js";
import type { StepState, StepStatus } from "../../run/work.js";
import { resultText } from "./lines.js";
import { columnsOf, fittingIn, oneLine, padded, paint, type Paint } from "../style.js";
import { roundsOf } from "../../run/rounds.js";
import { durationText } from "../../words/phrases.js";
import { roundsText } from "../../words/rounds.js";

interface TableSize {
  readonly columns: number;
  readonly rows: number;
}

const SHOWN: Readonly<Record<StepStatus, readonly [string, Paint]>> = {
  pending: ["·", "dim"],
  ready: ["·", "dim"],
  running: ["▶", "cyan"],
  suspended: ["?", "yellow"],
  retrying: ["↻", "yellow"],
  completed: ["✓", "green"],
  failed: ["✗", "red"],
  skipped: ["-", "dim"],
  unknown: ["!", "red"],
  unusable: ["!", "red"],
  undone: ["⟲", "yellow"],
  cancelled: ["■", "dim"],
};

/** If not all steps fit, those that are at work and the steps around them are shown. */
export function tableLines(
  run: Run,
  said: ReadonlyMap<string, string>,
  now: number,
  size: TableSize,
): readonly string[] {
  const states = [...run.execution.steps.values()];
  const shown = chosen(states, Math.max(3, size.rows - 6));
  const width = Math.min(20, Math.max(4, ...shown.map(({ spec }) => columnsOf(spec.id))));
  const left = states.length - shown.length;
  const revision = currentPlan(run)?.revision ?? 1;
  const columns = size.columns - 1;
  const took = durationText(now - (run.log.retriedAt ?? run.log.startedAt));
  const note = (how: Paint, text: string): string => paint(how, fittingIn(`  ${text}`, columns));
  return [
    ...shown.map((state) => row(state, revision, said.get(state.spec.id), now, width, columns)),
    ...(left > 0 ? [note("dim", `and ${left} more`)] : []),
    note("dim", `${run.execution.counts.completed} of ${states.length} completed · ${took}`),
    ...standingOf(run).map((text) => note("yellow", text)),
  ];
}

/** Why nothing new starts, if that is so. */
function standingOf(run: Run): readonly string[] {
  if (run.paused) return ["paused: running calls finish, and nothing new starts"];
  if (run.halt?.why === "failure")
    return [oneLine(`failing (${run.halt.failing.error.code}): running calls finish, and nothing more starts`)];
  if (changeOf(run) !== undefined) return ["another plan will follow; running calls finish first"];
  return reviewOf(run) === undefined ? [] : ["the rest of the plan is being reviewed: nothing new starts"];
}

/** Statuses of steps that are at work or need a person. */
const AT_WORK: ReadonlySet<StepStatus> = new Set(["running", "retrying", "suspended", "unknown", "unusable"]);

/** The steps at work, then those that are nearest to the first of them; in the order of the plan. */
function chosen(states: readonly StepState[], room: number): readonly StepState[] {
  if (states.length <= room) return states;
  const atWork = (state: StepState): boolean => AT_WORK.has(shownStatus(state));
  const first = states.find(atWork) ?? states.find(({ work }) => !ENDED.has(work.status)) ?? states.at(-1)!;
  const distance = (state: StepState): number => (atWork(state) ? -1 : Math.abs(state.index - first.index));
  const kept = [...states].sort((a, b) => distance(a) - distance(b) || a.index - b.index).slice(0, room);
  return kept.sort((a, b) => a.index - b.index);
}

/** A fan-out is running while its items are, even if it is queued itself. */
function shownStatus({ work, fan }: StepState): StepStatus {
  return fan !== undefined && (work.status === "pending" || work.status === "ready") ? "running" : work.status;
}

/** Columns that are left for a title. With fewer, it is left out. */
const NARROWEST = 10;

function row(
  state: StepState,
  revision: number,
  said: string | undefined,
  now: number,
  width: number,
  columns: number,
): string {
  const status = shownStatus(state);
  const [sign, colour] = SHOWN[status];
  const { work } = state;
  const end = work.finishedAt ?? now;
  const begun = work.startedAt ?? earliest(state);
  const took = begun === undefined ? "" : durationText(end - begun);
  const head = `  ${sign} ${padded(oneLine(state.spec.id, width), width)}  ${status.padEnd(9)}  ${took.padStart(8)}  `;
  const tail = [
    work.carried === undefined ? (state.revision < revision && ENDED.has(work.status) ? "kept" : "") : "reused",
    ...attempts(state, status),
    ...items(state),
    status === "running" ? (said ?? "") : "",
    status === "completed" && (state.fan === undefined || state.fan.rounds !== undefined) ? resultText(work) : "",
  ]
    .filter(Boolean)
    .join(" · ");
  const room = columns - columnsOf(head);
  if (room < NARROWEST) return paint(colour, fittingIn(head, columns).trimEnd());
  const title = oneLine(state.spec.title, 60);
  const text = oneLine(tail === "" ? title : `${title} · ${tail}`, room);
  return paint(colour, head) + text;
}

function earliest({ fan }: StepState): number | undefined {
  const times = (fan?.items ?? []).flatMap((item) => item.startedAt ?? []);
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

function attempts({ work }: StepState, status: StepStatus): readonly string[] {
  if (work.attempt === 1) return [];
  return [status === "completed" || status === "failed" ? `${work.attempt - 1} failed` : `attempt ${work.attempt}`];
}

function items(state: StepState): readonly string[] {
  const { fan, work } = state;
  const rounds = roundsOf(state);
  if (rounds !== undefined)
    return [ENDED.has(work.status) ? roundsText(rounds) : `round ${rounds.round} of ${rounds.of}`];
  if (fan === undefined) return [];
  const { items: list, failed: broken } = fan;
  const done = list.filter((item) => item.status === "completed").length;
  const running = list.filter((item) => item.status === "running").length;
  const failed = broken > 0 ? `, ${broken} failed` : "";
  return [`${done}/${list.length} items${running > 0 ? `, ${running} running` : ""}${failed}`];
}

/** A step that began under an earlier plan and is still running is not marked as kept. */
const ENDED: ReadonlySet<StepStatus> = new Set(["completed", "skipped"]);
