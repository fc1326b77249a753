// A recording: one whole run as a document, for use as a test. In: a store and a run's id, or a file. Out: the
// recording. recording/play.ts plays it.
import { readFile } from "node:fs/promises";
import { messageOf } from "../error.js";
import { isEnded, isWaiting } from "../run/status.js";
import { PlanloomError } from "../words/planloom-error.js";
import { isObject } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import { inputsOf } from "../run/log/replay.js";
import type { EventStore, JournalRow } from "../store/event-store.js";
import { loadRun } from "./log.js";

/** The JSON that `--record` writes. It holds no secrets: logs only hold their names. */
export interface Recording {
  /** The version of this format. */
  readonly planloomRecording: 1;
  readonly runId: string;
  readonly events: readonly RunEvent[];
  /** Model turns and tool calls inside steps, for the reader. */
  readonly journal: readonly JournalRow[];
}

/** The recording of a run that has ended or waits for a person. Rejects with RUN_UNKNOWN, RUN_NOT_STOPPED. */
export async function recordingOf(store: EventStore, runId: string): Promise<Recording> {
  const run = await loadRun(store, runId);
  if (!isEnded(run) && !isWaiting(run)) throw new PlanloomError("RUN_NOT_STOPPED", { runId });
  const [events, journal] = await Promise.all([store.read(runId), store.readRunJournal(runId)]);
  return { planloomRecording: 1, runId, events, journal };
}

/** Rejects with RECORDING_INVALID. */
export async function readRecording(path: string): Promise<Recording> {
  try {
    return soundRecording(JSON.parse(await readFile(path, "utf8")), path);
  } catch (cause) {
    if (cause instanceof PlanloomError) throw cause;
    const fault = { file: path, problem: "unreadable", reason: messageOf(cause) } as const;
    throw new PlanloomError("RECORDING_INVALID", fault, { cause });
  }
}

/** Throws if its events make no run. */
function soundRecording(value: unknown, file: string): Recording {
  if (!isObject(value) || value["planloomRecording"] !== 1)
    throw new PlanloomError("RECORDING_INVALID", { file, problem: "version" });
  const recording = value as unknown as Recording;
  const { events } = recording;
  if (!Array.isArray(events) || recording.events[0]?.type !== "run.started")
    throw new PlanloomError("RECORDING_INVALID", { file, problem: "empty" });
  inputsOf(recording.events);
  return recording;
}
