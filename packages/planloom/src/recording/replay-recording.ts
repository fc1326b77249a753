// Runs a recorded run as a test. In: a recording, and the plan and configuration to compare with. Out: the run as it
// goes now. Light to import: the player is loaded when it is called.
import type { RunDocument } from "../loom/document.js";
import type { ReplayOptions } from "./recorded-plan.js";
import type { Recording } from "../engine/recording.js";

/**
 * Plays a recorded run in memory, with every outcome from the recording: no model and no tool is called, no time is
 * waited for, and recorded commands of people are given when the run reaches them. Resolves if the run goes and ends as
 * recorded. Rejects with RECORDING_DIFFERS at the first difference. A recording that is not sound is refused before
 * anything is played: RECORDING_INVALID, RUN_DAMAGED, EVENT_NEWER.
 */
export async function replayRecording(
  recording: Recording | string,
  options: ReplayOptions = {},
): Promise<RunDocument> {
  const { playRecording } = await import("./play.js");
  return playRecording(recording, options);
}
