// The library's call for a recorded run as a test, light to import like createLoom. In: a recording and what it is held against.
// Out: the run as it goes now. Separate because what plays it is loaded when it is called.
import type { RunDocument } from "../loom/document.js";
import type { ReplayOptions } from "./recorded-plan.js";
import type { Recording } from "../engine/recording.js";

/**
 * Runs a recorded run again, in memory, with every outcome out of the recording: no model and no tool is called, no time is
 * waited for, and what people said is said again where the run comes to it. Resolves where it goes and ends as it was recorded.
 * Rejects with RECORDING_DIFFERS at the first place where it does not, and with RECORDING_INVALID.
 */
export async function replayRecording(
  recording: Recording | string,
  options: ReplayOptions = {},
): Promise<RunDocument> {
  const { playRecording } = await import("./play.js");
  return playRecording(recording, options);
}
