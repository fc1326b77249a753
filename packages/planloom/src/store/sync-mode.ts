// How safe a finished write is. In: a setting or a variable. Out: the mode.
import { PlanloomError } from "../words/planloom-error.js";

export const SYNC_MODES = ["power", "process"] as const;

/**
 * What a finished write survives. power: a power cut. process: a crash of the process; a power cut may lose the last
 * moments, except what is recorded before a call with effects, or told to a person.
 */
export type SyncMode = (typeof SYNC_MODES)[number];

/** PLANLOOM_SYNC; undefined if it is not set. Throws CONFIG_INVALID. */
export function syncIn({
  PLANLOOM_SYNC: given,
}: {
  readonly PLANLOOM_SYNC?: string | undefined;
}): SyncMode | undefined {
  if (given === undefined || given === "") return undefined;
  const mode = SYNC_MODES.find((one) => one === given);
  if (mode !== undefined) return mode;
  throw new PlanloomError("CONFIG_INVALID", {
    setting: "PLANLOOM_SYNC",
    problem: "value",
    given: given.slice(0, SHOWN_CHARS),
    wanted: { is: "one-of", choices: SYNC_MODES },
  });
}

const SHOWN_CHARS = 60;
