// Parts that tests of engines share beside those of the conformance suite. In: a run, or nothing. Out: its log, a
// folder.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import type { RunEvent } from "../../src/run/event.js";

export {
  latch,
  until,
  turn,
  turns,
  asTimePasses as inTime,
  hearing,
  storyTool as toolNamed,
  servicesOf,
  requestOf,
  call,
  ONCE_TRIED,
  logOf,
  eventsOf,
  soundChain,
  outcomeOf,
  type Latch,
  type RecordedTool,
} from "../../src/testing/conformance/parts.js";

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "planloom-engine-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** All that a run of a loom has recorded until now. */
export async function eventsIn(run: LoomRun<unknown>): Promise<readonly RunEvent[]> {
  const log: RunEvent[] = [];
  for await (const event of run.events()) log.push(event);
  return log;
}

/** It decides again as it did, and goes the same way with nothing behind its calls. */
export async function sound(run: LoomRun<unknown>): Promise<void> {
  const { status } = await run.replay({ strict: true });
  expect(await replayRecording(await run.recording())).toMatchObject({ status });
}
