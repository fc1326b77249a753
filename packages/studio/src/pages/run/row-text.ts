// The words of a row that change with the clock. In: a row and the time in the run. Out: short texts. All other words
// come from the server.
import type { RowStatus, RowView, RunView } from "../../api/run-view.js";
import { countdownText, durationText } from "../../parts/time-text.js";

/** The time in the run when a view was read, and now. */
export interface RunClock {
  /** ms from the start of the run. */
  readonly elapsedMs: number;
  /** ms since 1970. */
  readonly now: number;
}

/** A finished run has a clock that stands. */
export function runClock(view: RunView, readAt: number, now: number): RunClock {
  const since = view.finishedAt === null ? Math.max(0, now - readAt) : 0;
  return { elapsedMs: view.axis.endMs + since, now };
}

const GOES_ON: ReadonlySet<RowStatus> = new Set(["running", "retrying", "waiting", "unknown", "unusable"]);

export function tookMsOf(row: RowView, view: RunView, { elapsedMs }: RunClock): number | undefined {
  const goesOn = view.finishedAt === null && GOES_ON.has(row.status) && row.startedAfterMs !== undefined;
  return goesOn ? Math.max(row.tookMs ?? 0, elapsedMs - (row.startedAfterMs ?? 0)) : row.tookMs;
}

/** The word of the state, and the rest of the line. */
export function lineParts(row: RowView, { now }: RunClock, note?: string): readonly [word: string, rest: string] {
  const [word = "", ...rest] = row.line.split(" · ");
  const isRunning = row.status === "running" && note !== undefined;
  const told = isRunning ? [...rest, note] : rest;
  if (row.retryAt === undefined) return [word, told.join(" · ")];
  const left = Date.parse(row.retryAt) - now;
  return [left > 0 ? `${word} in ${countdownText(left)}` : word, told.join(" · ")];
}

/** The start of a step: seconds in a short run, minutes or hours in a long one. */
export function startText(ms: number | undefined, endMs: number): string {
  if (ms === undefined) return "";
  if (endMs < 100_000) return (ms / 1000).toFixed(1);
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)} h` : `${minutes}:${two(seconds % 60)}`;
}

/** How long a person took, until now if the wait is open. */
function waitedMs({ bars, startedAfterMs = 0 }: RowView, tookMs = 0): number {
  const now = startedAfterMs + tookMs;
  return bars.reduce((sum, { kind, fromMs, toMs = now }) => (kind === "person-wait" ? sum + toMs - fromMs : sum), 0);
}

/** The estimate, or how late the step is. */
export function estimateText(
  row: RowView,
  tookMs: number | undefined,
): { readonly text: string; readonly late: boolean } {
  const { estimateMs, late } = row;
  if (estimateMs === undefined) return { text: "", late: false };
  const over = (tookMs ?? 0) - waitedMs(row, tookMs) - estimateMs;
  if (late === true && over > 0) return { text: `${durationText(over)} late`, late: true };
  return { text: `est. ${durationText(estimateMs)}`, late: false };
}
