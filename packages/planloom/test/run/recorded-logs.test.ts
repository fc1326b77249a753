// Logs of every released version, as they were recorded by it (test/fixtures/record-logs.mjs). In: events in a file. Out: the
// document that they made then, whatever the version that reads them now.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { loadRun } from "../../src/engine/log.js";
import { documentOf } from "../../src/run/view/document.js";
import { EVENT_VERSION, type RunEvent } from "../../src/run/event.js";
import { upcast } from "../../src/run/log/upcast.js";
import { emptyRun } from "../../src/run/state.js";
import { memoryStore } from "../../src/store/memory.js";

const FIXTURES = path.join(import.meta.dirname, "..", "fixtures");
const LOGS = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));

const textOf = (name: string): string => readFileSync(path.join(FIXTURES, name), "utf8");

test("there are logs of each version", () => {
  expect(LOGS.length).toBeGreaterThanOrEqual(3);
  expect(LOGS.some((name) => name.startsWith("log-0.1.0"))).toBe(true);
});

test.each(LOGS)("%s folds into what it was", async (name) => {
  const events = textOf(name)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  const { runId } = events[0]!;
  const store = memoryStore();
  await store.append(runId, { expectedSeq: 0, epoch: 0 }, events);
  // Later versions may say more, and never something else. Written and read again: a document is what it is as JSON.
  const document = JSON.parse(JSON.stringify(documentOf(await loadRun(store, runId)))) as unknown;
  expect(document).toMatchObject(JSON.parse(textOf(name.replace(/\.jsonl$/, ".document.json"))) as object);
});

test.each<[string, unknown, object]>([
  ["today's event is itself", { v: EVENT_VERSION, seq: 1 }, { ok: true, event: { v: EVENT_VERSION, seq: 1 } }],
  ["a later one is told apart", { v: 7 }, { ok: false, why: "newer", version: 7 }],
  ["no version", { seq: 1 }, { ok: false, why: "no event" }],
  ["no whole version", { v: 0.5 }, { ok: false, why: "no event" }],
  ["no object", "event", { ok: false, why: "no event" }],
  ["nothing", null, { ok: false, why: "no event" }],
])("%s", (_, recorded, expected) => {
  expect(upcast(recorded, emptyRun("run"))).toStrictEqual(expected);
});
