// Recordings that are not sound, from a file and as a value. In: recordings of the fixtures, edited. Out: refusals with
// the place, and never an error without a code.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recording } from "../../src/engine/recording.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import type { RunEvent } from "../../src/run/event.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { LOGS, logIn, resealed } from "../fixtures/logs.js";
import { anyEdit } from "../run/edits.js";
import { folder } from "./parts.js";

const LOG = logIn("log-0.1.0-11/people");
const recordingOf = (events: readonly RunEvent[]): Recording => ({
  planloomRecording: 1,
  runId: events[0]!.runId,
  events,
  journal: [],
});
/** A run whose planner asked a person, with questions of no use. */
const WITHOUT_QUESTIONS = logIn("log-0.1.0-19/questions").map((event) =>
  event.type === "plan.invalid"
    ? {
        ...event,
        data: { ...event.data, findings: event.data.findings.map((one) => ({ ...one, params: { questions: [1] } })) },
      }
    : event,
) as RunEvent[];
const edited = (seq: number, change: object): Recording =>
  recordingOf(LOG.map((event) => (event.seq === seq ? { ...event, ...change } : event)));

/** What is thrown for it as a value, and for the same in a file. */
async function refusals(recording: unknown): Promise<readonly unknown[]> {
  const path = join(folder(), "recording.json");
  writeFileSync(path, JSON.stringify(recording));
  const thrown = (play: Promise<unknown>) =>
    play.then(
      () => undefined,
      (error: unknown) => error,
    );
  return Promise.all([thrown(replayRecording(recording as Recording)), thrown(replayRecording(path))]);
}

test.each<[string, unknown, object]>([
  ["nothing", null, { code: "RECORDING_INVALID" }],
  ["a list", [], { code: "RECORDING_INVALID" }],
  ["another version", { ...recordingOf(LOG), planloomRecording: 2 }, { code: "RECORDING_INVALID" }],
  ["no run", { ...recordingOf(LOG), runId: undefined }, { code: "RECORDING_INVALID", params: { problem: "no-run" } }],
  ["no events", { ...recordingOf(LOG), events: {} }, { code: "RECORDING_INVALID", params: { problem: "empty" } }],
  ["an event that is none", { ...recordingOf(LOG), events: [null] }, { code: "RUN_DAMAGED", params: { seq: 1 } }],
  ["no beginning", recordingOf(LOG.slice(1)), { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
  ["a gap", recordingOf(LOG.filter(({ seq }) => seq !== 4)), { code: "RUN_DAMAGED", params: { soundTo: 3 } }],
  ["an event of a newer version", edited(3, { v: 99 }), { code: "EVENT_NEWER", params: { seq: 3, version: 99 } }],
  ["an event without data", edited(3, { data: null }), { code: "RUN_DAMAGED", params: { seq: 3 } }],
  ["a changed value", edited(3, { at: 1 }), { code: "RUN_DAMAGED", params: { damage: "event-unlinked", seq: 4 } }],
  [
    "a value of a wrong type",
    recordingOf(resealed(edited(1, { data: { ...LOG[0]!.data, goal: 7 } }).events)),
    { code: "RUN_DAMAGED", params: { damage: "event-misshapen", seq: 1, path: "/data/goal" } },
  ],
  [
    "questions that are no texts",
    recordingOf(resealed(WITHOUT_QUESTIONS)),
    { code: "RUN_DAMAGED", params: { damage: "event-misshapen", path: "/data/findings/0/params/questions/0" } },
  ],
])("a recording with %s is refused before anything is played", async (_, recording, expected) => {
  const [value, file] = await refusals(recording);
  expect(value).toMatchObject(expected);
  expect(file).toMatchObject(expected);
});

test("a recording with any wrong value is played, or refused with a code", async () => {
  await fc.assert(
    fc.asyncProperty(anyEdit(LOGS), async ({ name, of }) => {
      const recording = recordingOf(resealed(of(logIn(name))));
      const played = await replayRecording(recording).catch((error: unknown) => error);
      if (played instanceof Error) expect(played).toBeInstanceOf(PlanloomError);
    }),
    { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 200) },
  );
});
