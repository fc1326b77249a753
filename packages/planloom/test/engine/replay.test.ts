// Every story of the conformance suite, told a second and a third time: strictly replayed from its log, and run again
// from its recording. The store does both when the story is over, for all runs that it holds.
import { expect } from "vitest";
import { localEngine } from "../../src/engine/local.js";
import { recordingOf } from "../../src/engine/recording.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import { documentOf } from "../../src/loom/document.js";
import type { RunEvent } from "../../src/run/event.js";
import { replay } from "../../src/run/log/replay.js";
import { isEnded, isWaiting } from "../../src/run/status.js";
import type { EventStore } from "../../src/store/event-store.js";
import { memoryStore } from "../../src/store/memory.js";
import { engineConformance } from "../../src/testing/conformance/engine.js";
import { testEach } from "../conformance.js";

/** A store whose runs are replayed when it is closed, which the suite does at the end of each story. */
function replayingStore(): EventStore {
  const store = memoryStore();
  return new Proxy(store, {
    get(target, key) {
      if (key === "close") return () => replayAll(store);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

async function replayAll(store: EventStore): Promise<void> {
  for (const { runId } of (await store.list()).runs) {
    const events = JSON.parse(JSON.stringify(await store.read(runId))) as readonly RunEvent[];
    const { run, differences } = replay(events);
    expect(differences).toEqual([]);
    if (!isEnded(run) && !isWaiting(run)) continue;
    const again = await replayRecording(await recordingOf(store, runId));
    expect(told(again)).toEqual(told(documentOf(run)));
  }
  await store.close();
}

/** Everything but the times: what failed may be tried again a moment earlier. */
const told = (document: object): unknown =>
  JSON.parse(JSON.stringify(document, (name, value: unknown) => (name.endsWith("At") ? undefined : value)));

testEach(
  "local engine, replayed",
  engineConformance({ openEngine: localEngine, openStore: async () => replayingStore(), children: true }),
);
