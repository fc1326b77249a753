// A recording: one whole run as a document, for use as a test. In: a store and a run's id, or a file. Out: the
// recording. recording/play.ts plays it.
import { readFile } from "node:fs/promises";
import { messageOf } from "../error.js";
import { isEnded, isWaiting } from "../run/status.js";
import { decodedText } from "../files/text-encoding.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { isObject } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import { foldNext } from "../run/log/chain.js";
import { emptyRun } from "../run/state.js";
import type { EventStore, JournalRow } from "../store/event-store.js";
import { readEvent, runDamaged } from "../store/store-error.js";
import type { RecordingFault } from "../words/errors/recordings.js";
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

/** Rejects as soundRecording throws. */
export async function readRecording(path: string): Promise<Recording> {
  return soundRecording(await jsonIn(path), path);
}

async function jsonIn(file: string): Promise<unknown> {
  try {
    const decoded = decodedText(await readFile(file));
    if (!decoded.ok) throw new PlanloomError("FILE_NOT_UTF8", { file, encoding: decoded.encoding });
    return JSON.parse(decoded.text);
  } catch (cause) {
    if (hasCode(cause, "FILE_NOT_UTF8")) throw cause;
    throw invalid({ problem: "unreadable", reason: messageOf(cause) }, file, cause);
  }
}

/**
 * The value, if it is a recording. Its events are read like those of a log. Throws RECORDING_INVALID, and RUN_DAMAGED
 * or EVENT_NEWER with the number of the event.
 */
export function soundRecording(value: unknown, file?: string): Recording {
  if (!isObject(value) || value["planloomRecording"] !== 1) throw invalid({ problem: "version" }, file);
  const { runId, events } = value;
  if (typeof runId !== "string") throw invalid({ problem: "no-run" }, file);
  if (!Array.isArray(events) || events.length === 0) throw invalid({ problem: "empty" }, file);
  const recording = value as unknown as Recording;
  const run = emptyRun(runId);
  recording.events.forEach((event, index) => {
    const link = foldNext(run, event, recording.events[index - 1]);
    if (link.ok || link.why === "newer") readEvent(runId, link);
    else throw runDamaged(runId, link.seq - 1, { ...link.damage, recording: file ?? null });
  });
  return recording;
}

function invalid(fault: RecordingFault, file: string | undefined, cause?: unknown): PlanloomError {
  const params = file === undefined ? fault : { file, ...fault };
  return new PlanloomError("RECORDING_INVALID", params, cause === undefined ? {} : { cause });
}
