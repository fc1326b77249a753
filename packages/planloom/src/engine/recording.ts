// A recording: the whole of one run as a document, so that it becomes a test. In: a store and a run's id, or a file. Out: the
// recording. Separate from playing it (rerun.ts), for recording must cost a run nothing but this.
import { readFile } from "node:fs/promises";
import { messageOf, PlanloomError } from "../error.js";
import { isObject } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import { inputsOf } from "../run/log/replay.js";
import { isWaiting } from "../run/state.js";
import type { EventStore, JournalRow } from "../store/event-store.js";
import { loadRun } from "./log.js";

/** What `--record` writes, as JSON. Secrets are not in it: logs hold their names alone. */
export interface Recording {
  /** The version of this form. */
  readonly planloomRecording: 1;
  readonly runId: string;
  readonly events: readonly RunEvent[];
  /** Model turns and tool calls inside of steps, for the reader. */
  readonly journal: readonly JournalRow[];
}

/** The recording of a run that has ended or waits for a person. Rejects with RUN_UNKNOWN, RUN_NOT_STOPPED. */
export async function recordingOf(store: EventStore, runId: string): Promise<Recording> {
  const run = await loadRun(store, runId);
  if (run.ended === undefined && !isWaiting(run)) throw notStopped(runId);
  const [events, journal] = await Promise.all([store.read(runId), store.readRunJournal(runId)]);
  return { planloomRecording: 1, runId, events, journal };
}

function notStopped(runId: string): PlanloomError {
  return new PlanloomError("RUN_NOT_STOPPED", `Run ${runId} has not ended: calls of it are open.`, {
    kind: "refused",
    next: `Record it when it has stopped; where nobody drives it, go on with \`planloom resume ${runId}\` first.`,
  });
}

/** Rejects with RECORDING_INVALID. */
export async function readRecording(path: string): Promise<Recording> {
  try {
    return soundRecording(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new PlanloomError("RECORDING_INVALID", `${path} is no recording that can be read: ${messageOf(cause)}.`, {
      kind: "usage",
      next: "Record a run anew: planloom replay RUN --record FILE",
      cause,
    });
  }
}

/** Throws with the reason where its events make no run. */
function soundRecording(value: unknown): Recording {
  if (!isObject(value) || value["planloomRecording"] !== 1) throw new Error("it is none of version 1");
  const recording = value as unknown as Recording;
  const { events } = recording;
  if (!Array.isArray(events) || recording.events[0]?.type !== "run.started") throw new Error("it has no events");
  inputsOf(recording.events);
  return recording;
}
