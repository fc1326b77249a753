// The words for the rounds of a step with `repeat`. In: how many have ended, how many there may be, and whether `until`
// was met. Out: a few words.
import { counted } from "./phrases.js";

/** The rounds of a step until now. `of`: the number of the last round that it may have. */
export interface RoundsSaid {
  readonly round: number;
  readonly met: boolean;
  readonly of?: number | undefined;
  /** Another round follows. */
  readonly again?: boolean | undefined;
}

/** round 2 of 5: not yet */
export function roundText({ round, met, of, again }: RoundsSaid): string {
  const which = `round ${round}${of === undefined ? "" : ` of ${of}`}`;
  if (met) return `${which}: good enough`;
  return again === true ? `${which}: not yet` : `${which}: not good enough, and the last one`;
}

/** For a step that has ended: 3 rounds; 5 rounds, not met */
export const roundsText = ({ round, met }: Pick<RoundsSaid, "round" | "met">): string =>
  `${counted(round, "round")}${met ? "" : ", and until is not met"}`;
