// How the rounds of a step stand. In: the state of a step. Out: which round it is at, how many there may be, and whether
// `until` is met.
import type { FanOut, StepState } from "./work.js";

export interface RoundsStand {
  /** The number of the open round, or of the last one. */
  readonly round: number;
  /** The number of the last round that there may be. */
  readonly of: number;
  /** Whether `until` is true of the last output. */
  readonly met: boolean;
}

/** undefined for a step without rounds, and before the first one. */
export function roundsOf({ spec: { repeat }, fan }: StepState): RoundsStand | undefined {
  if (repeat === undefined || fan?.rounds === undefined) return undefined;
  const { ended, since, met } = fan.rounds;
  // A fork has the output of a step without its rounds.
  return { round: Math.max(fan.items.length, ended), of: since + repeat.most, met };
}

/** Whether `until` was true of the output of the round with this index. undefined: it was not judged. */
export function metIn({ rounds }: FanOut, index: number): boolean | undefined {
  if (rounds === undefined || index >= rounds.ended) return undefined;
  return index + 1 === rounds.ended && rounds.met;
}

/** Whether the step took its last output, although `until` was not met. */
export const tookUnmet = (state: StepState): boolean =>
  state.work.status === "completed" && state.fan?.rounds?.met === false;
