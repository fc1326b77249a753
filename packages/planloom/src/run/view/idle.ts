// The times in which nothing of a run moved. In: the course of a run and its length. Out: the long ones. A page cuts them
// out, so that one long wait does not flatten all others.
import type { Bar } from "./lane.js";
import type { RunTimeline } from "./timeline.js";

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A shorter time stays in the picture. */
const SHARE = 0.1;
/** Up to this, a wait for a retry counts as movement: people want to see it between its attempts. */
const SHORT_WAIT_MS = 60_000;

/** Times over 10 % of the axis, in order. None if nothing has moved at all. */
export function gapsIn(timeline: RunTimeline, endMs: number): readonly Gap[] {
  const least = endMs * SHARE;
  const gaps: Gap[] = [];
  const moves = movesIn(timeline, endMs);
  if (moves.length === 0) return [];
  let idleFrom = 0;
  for (const { fromMs, toMs } of [...moves, { fromMs: endMs, toMs: endMs }]) {
    if (fromMs - idleFrom > least) gaps.push({ fromMs: idleFrom, toMs: fromMs });
    idleFrom = Math.max(idleFrom, toMs);
  }
  return gaps;
}

/** Sorted by their beginning. */
function movesIn(timeline: RunTimeline, endMs: number): readonly Gap[] {
  const moves: Gap[] = [];
  const add = (bar: Bar): void => {
    const toMs = bar.to?.ms ?? endMs;
    const isShort = bar.kind === "retry-wait" && toMs - bar.from.ms <= SHORT_WAIT_MS;
    if (bar.whole !== true && (bar.kind === "attempt" || isShort)) moves.push({ fromMs: bar.from.ms, toMs });
  };
  for (const lane of timeline.phases.all()) lane.bars.forEach(add);
  for (const lane of timeline.stepLanes()) lane.bars.forEach(add);
  return moves.sort((a, b) => a.fromMs - b.fromMs);
}
