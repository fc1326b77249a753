// Logs of every build since 0.1.0, as these builds wrote them (test/fixtures/README.md). In: events in a file, and the
// document that the build made of them. Out: today's document says the same. It may say more, and never something else.
import { expect, test } from "vitest";
import { loadRun } from "../../src/engine/log.js";
import { documentOf } from "../../src/loom/document.js";
import { EVENT_VERSION } from "../../src/run/event.js";
import { upcast } from "../../src/run/log/upcast.js";
import { emptyRun } from "../../src/run/state.js";
import { documentIn, LOGS, logIn, storeOf } from "../fixtures/logs.js";

/** What a build said of its own log, and should not have said: corrected since, by JSON pointer. */
const CORRECTED: { readonly [log: string]: { readonly [pointer: string]: unknown } } = {
  // The run had ended: none of its steps waits or runs.
  "log-0.1.0-01/cancelled": { "/steps/1/status": "cancelled" },
  "log-0.1.0-01/failing": {
    "/steps/2/status": "cancelled",
    "/steps/2/attempts": 2,
    "/steps/2/items/0/status": "cancelled",
    "/steps/2/items/1/status": "cancelled",
  },
  // A step with items has as many attempts as the item with the most.
  "log-0.1.0-01/planned": { "/steps/0/attempts": 1 },
  // A step that never began was not stopped.
  "log-0.1.0-13/failing": { "/steps/3/status": "pending" },
  // The value false, which this build recorded as a text.
  "log-0.1.0-14/failing": { "/steps/3/error/params/got": false },
};

/** Advice: each surface words it for itself, so it is no part of what was recorded. */
const ADVICE = /\/(next|why)$/;

/** Documents of the first builds held the plans themselves. */
const MOVED = /^\/(plan|plans\/\d+)\/plan$/;

/** Every leaf of a document by its pointer, but for what is no part of the comparison. */
function leavesOf(value: unknown, pointer = ""): [string, unknown][] {
  if (ADVICE.test(pointer) || MOVED.test(pointer)) return [];
  const isBranch = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  return isBranch
    ? Object.entries(value).flatMap(([key, one]) => leavesOf(one, `${pointer}/${key}`))
    : [[pointer, value]];
}

test.each(LOGS)("%s: today's document says what its own build said", async (name) => {
  const { store, runId } = await storeOf(logIn(name));
  const document = JSON.parse(JSON.stringify(documentOf(await loadRun(store, runId)))) as unknown;
  const expected = { ...Object.fromEntries(leavesOf(documentIn(name))), ...CORRECTED[name] };
  expect(Object.fromEntries(leavesOf(document))).toMatchObject(expected);
});

test("there are logs of each event type", () => {
  const types = new Set(LOGS.flatMap((name) => logIn(name).map(({ type }) => type)));
  expect(types.size).toBeGreaterThanOrEqual(40);
});

const TODAYS = { v: EVENT_VERSION, seq: 1, type: "run.paused", data: { reason: "" } };

test.each<[string, unknown, object]>([
  ["today's event is itself", TODAYS, { ok: true, event: TODAYS }],
  ["a later one is told apart", { v: 7 }, { ok: false, why: "newer", version: 7 }],
  ["no version", { seq: 1 }, { ok: false, why: "no event" }],
  ["no whole version", { v: 0.5 }, { ok: false, why: "no event" }],
  ["no object", "event", { ok: false, why: "no event" }],
  ["no data", { v: 1, seq: 1, type: "run.paused", data: null }, { ok: false, why: "no event" }],
  ["nothing", null, { ok: false, why: "no event" }],
])("%s", (_, recorded, expected) => {
  expect(upcast(recorded, emptyRun("run"))).toStrictEqual(expected);
});
