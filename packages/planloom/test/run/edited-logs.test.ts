// Logs that somebody edited, or a program with a fault wrote: well-formed JSON with wrong values, under a whole chain.
// In: recorded logs, and one value that is another one. Out: the log is read and shown, or refused as damaged with the
// place. Nothing throws.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { showLines } from "../../src/cli/command/read.js";
import { historyOf } from "../../src/cli/render/history.js";
import { traceLines } from "../../src/cli/render/trace.js";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import { documentOf } from "../../src/loom/document.js";
import type { EventType, RunEvent } from "../../src/run/event.js";
import { foldNext, LogReader, type Link } from "../../src/run/log/chain.js";
import { replay } from "../../src/run/log/replay.js";
import { emptyRun, type Run } from "../../src/run/state.js";
import { traceOf } from "../../src/loom/trace.js";
import { LOGS, logIn, resealed } from "../fixtures/logs.js";
import { anyEdit, changed, GONE, type Other } from "./edits.js";
import { continueLog, forkOf, planIn } from "./continued-log.js";

/** The run that the log makes, with its events in today's form; or why it makes none. */
function readAll(log: readonly RunEvent[]): { readonly run: Run; readonly events: readonly RunEvent[] } | Link {
  const run = emptyRun(log[0]!.runId);
  const events: RunEvent[] = [];
  for (const recorded of log) {
    const link = foldNext(run, recorded);
    if (!link.ok) return link;
    events.push(link.event);
  }
  return { run, events };
}

/** Logs as they were recorded; and as this build writes them, from where each began. */
const NAMED: ReadonlyMap<string, readonly RunEvent[]> = new Map(
  LOGS.flatMap((name) => {
    const log = logIn(name);
    const begun = log.filter(({ inputId }) => inputId === log[0]!.inputId);
    return [
      [name, log],
      [`today's ${name}`, continueLog(begun, planIn(log))],
    ] as const;
  }),
);

test("a log with one wrong value is read and shown, or refused with the place", () => {
  const edits = anyEdit([...NAMED.keys()]);
  let [read, refused] = [0, 0];
  fc.assert(
    fc.property(edits, ({ name, ...edit }) => {
      const edited = resealed(edit.of(NAMED.get(name)!));
      expect(() => replay(edited)).not.toThrow();
      const found = readAll(edited);
      const reader = new LogReader(edited[0]!.runId);
      const unread = edited.findIndex((recorded) => !reader.next(recorded).ok);
      if ("ok" in found) {
        refused++;
        expect(found).toMatchObject({ why: "damaged", damage: { seq: expect.any(Number) as number } });
        return;
      }
      read++;
      expect(unread).toBe(-1);
      const { run, events } = found;
      documentOf(run);
      showLines(run, traceLines(traceOf(events, []), events));
      historyOf(events);
    }),
    { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 1_000) },
  );
  expect(Math.min(read, refused)).toBeGreaterThan(100);
});

test("a kernel that would decide facts without end is stopped at the limit of differences", () => {
  const log = logIn("log-0.1.0-11/failing");
  const at = 23;
  expect(log[at]).toMatchObject({ type: "step.retrying", data: { item: 1 } });
  const data = changed(log[at]!.data as unknown as Json, ["item"], GONE);
  const edited = resealed(
    log.map((event, index) => (index === at ? ({ ...event, data } as unknown as RunEvent) : event)),
  );
  const { differences, policyDifferences } = replay(edited);
  expect(differences.length + policyDifferences.length).toBeGreaterThan(0);
  expect(Math.max(differences.length, policyDifferences.length)).toBeLessThanOrEqual(LIMITS.replayDifferences);
});

test.each([600, 100_000])("a value that nests %i deep is refused with the place, and overflows no stack", (depth) => {
  const deep = JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`) as Json;
  for (const [name, recorded] of NAMED) {
    const log = resealed(recorded);
    const index = log.length - 1;
    const data = { ...log[index]!.data, usage: deep, more: deep };
    const edited = [...log.slice(0, index), { ...log[index]!, data } as unknown as RunEvent];
    expect([name, readAll(edited)]).toMatchObject([name, { damage: { damage: "event-deep", seq: index + 1 } }]);
    const reader = new LogReader(log[0]!.runId);
    expect(edited.map((event) => reader.next(event)).at(-1)).toMatchObject({ damage: { damage: "event-deep" } });
    expect(replay(edited).differences.map(({ replayed }) => replayed)).toContain(
      `the events make no run: nested deeper than ${LIMITS.eventDepth}`,
    );
  }
});

describe("the place of a wrong value", () => {
  const log = forkOf(logIn("log-0.1.0-11/people"));

  test.each<[string, EventType, readonly string[], Other, object]>([
    [
      "a setting of the wrong type",
      "run.started",
      ["settings", "concurrency"],
      "4",
      { path: "/data/settings/concurrency", expected: "number", found: { kind: "string", value: "4" } },
    ],
    [
      "a plan without steps",
      "plan.proposed",
      ["plan", "steps"],
      GONE,
      { path: "/data/plan/steps", found: { kind: "nothing" } },
    ],
    ["a step that is none", "plan.proposed", ["plan", "steps", "0"], {}, { path: "/data/plan/steps/0" }],
    [
      "a word that is not known",
      "step.started",
      ["effects"],
      "some",
      { path: "/data/effects", found: { kind: "string", value: "some" } },
    ],
  ])("%s", (_, type, place, other, expected) => {
    const at = log.findIndex((event) => event.type === type);
    const data = changed(log[at]!.data as unknown as Json, place, other);
    const edited = resealed(
      log.map((event, index) => (index === at ? ({ ...event, data } as unknown as RunEvent) : event)),
    );
    const damage = { damage: "event-misshapen", seq: at + 1, type, ...expected };
    expect(readAll(edited)).toMatchObject({ ok: false, seq: at + 1, damage });
  });
});
