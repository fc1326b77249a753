// What every store must do, told against the contract alone. In: a way to open a store. Out: a suite of tests.
// Separate because each store runs it: memory, SQLite, and later ones elsewhere. Stores may be shared between tests, so
// that every story uses runs of its own.
import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import type { EventStore } from "../../src/store/event-store.js";
import { chain, completed, entry, goalChanged, row } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };
const newRun = (): string => `run-${randomUUID()}`;
const big = (letter: string, bytes = LIMITS.blobBytes + 1): string => letter.repeat(bytes);

const EDGE_VALUES: readonly (readonly [string, Json])[] = [
  ["null", null],
  ["empty containers", { list: [], object: {}, text: "" }],
  ["empty and odd keys", { "": 1, " ": 2, "a/b": 3, "~1": 4, "~": 5, "0": 6, "\u0000": 7 }],
  ["keys of prototypes", JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":null}') as Json],
  ["extreme numbers", [Number.MAX_SAFE_INTEGER, Number.MIN_VALUE, Number.MAX_VALUE, -1.5e-7, 0.1 + 0.2]],
  ["unicode", ["žluťoučký", "日本", "👩‍👩‍👧", "e\u0301", "\u2028\u2029", "\ufeff", "\u202eabc"]],
  ["control characters", "\u0000\u0001\n\r\t\u007f\\\"'"],
  ["lone surrogates", ["\ud800", "a\udc00b"]],
  ["text that looks like JSON", '{"places":[["/data","00"]]}'],
  ["a value nested 200 deep", nested(200)],
  ["a long text", big("x", 3_000_000)],
  ["a long text of wide characters", "日".repeat(LIMITS.blobBytes / 3 + 1)],
];

function nested(depth: number): Json {
  let value: Json = "bottom";
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { inner: value };
  return value;
}

/** `open` gives a ready store; the suite closes it. */
export function storeConformance(name: string, open: () => Promise<EventStore>): void {
  async function opened(): Promise<EventStore> {
    const store = await open();
    onTestFinished(() => store.close());
    return store;
  }

  describe(`${name}: events`, () => {
    test("come back as they were appended, in order, from any seq", async () => {
      const [store, runId] = [await opened(), newRun()];
      const events = chain(runId, 5);
      await store.append(runId, NEW, events.slice(0, 2));
      await store.append(runId, { expectedSeq: 2, epoch: 0 }, events.slice(2));

      expect(await store.read(runId)).toStrictEqual(events);
      expect(await store.read(runId, 4)).toStrictEqual(events.slice(3));
      expect(await store.read(runId, 6)).toStrictEqual([]);
    });

    test("of a run that nobody knows are none", async () => {
      expect(await (await opened()).read(newRun())).toStrictEqual([]);
    });

    test.each(EDGE_VALUES)("keep %s", async (_, value) => {
      const [store, runId] = [await opened(), newRun()];
      const event = completed({ runId, seq: 1 }, value);
      await store.append(runId, NEW, [event]);
      expect(await store.read(runId)).toStrictEqual([event]);
    });

    test("may give -0 back as 0, which is the same JSON", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, [completed({ runId, seq: 1 }, -0)]);
      const [event] = await store.read(runId);
      expect(event?.type === "step.completed" && event.data.output === 0).toBe(true);
    });

    test("of one run do not show in another", async () => {
      const [store, one, two] = [await opened(), newRun(), newRun()];
      await store.append(one, NEW, chain(one, 3));
      await store.append(two, NEW, chain(two, 1));
      expect(await store.read(two)).toStrictEqual(chain(two, 1));
    });

    test("decided on another seq are refused, all of them", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, chain(runId, 2));

      await expect(store.append(runId, NEW, chain(runId, 3))).rejects.toMatchObject({ code: "STORE_CONFLICT" });
      const ahead = store.append(runId, { expectedSeq: 4, epoch: 0 }, [completed({ runId, seq: 5 }, null)]);
      await expect(ahead).rejects.toMatchObject({ code: "STORE_CONFLICT", kind: "store" });
      expect(await store.read(runId)).toStrictEqual(chain(runId, 2));
    });

    test("that are not the run's next ones are a mistake of the caller, and none is written", async () => {
      const [store, runId] = [await opened(), newRun()];
      const gap = [completed({ runId, seq: 1 }, null), completed({ runId, seq: 3 }, null)];
      await expect(store.append(runId, NEW, gap)).rejects.toThrow(/cannot be appended/);
      await expect(store.append(runId, NEW, chain(newRun(), 1))).rejects.toThrow(/cannot be appended/);
      expect(await store.read(runId)).toStrictEqual([]);
    });

    test("of many runs in one turn succeed and fail each by itself", async () => {
      const store = await opened();
      const runs = Array.from({ length: 50 }, newRun);
      const taken = runs[7] ?? "";
      await store.append(taken, NEW, chain(taken, 1));

      const outcomes = await Promise.allSettled(runs.map((runId) => store.append(runId, NEW, chain(runId, 2))));
      const refused = outcomes.flatMap((outcome, index) => (outcome.status === "rejected" ? [index] : []));
      expect(refused).toStrictEqual([7]);
      for (const runId of runs) expect(await store.read(runId)).toHaveLength(runId === taken ? 1 : 2);
    });

    test("of one run appended one after the other in one turn all arrive", async () => {
      const [store, runId] = [await opened(), newRun()];
      const events = chain(runId, 20);
      await Promise.all(events.map((event, index) => store.append(runId, { expectedSeq: index, epoch: 0 }, [event])));
      expect(await store.read(runId)).toStrictEqual(events);
    });

    test("of two writers in one turn: the first wins", async () => {
      const [store, runId] = [await opened(), newRun()];
      const first = store.append(runId, NEW, [completed({ runId, seq: 1 }, "first")]);
      const second = store.append(runId, NEW, [completed({ runId, seq: 1 }, "second")]);
      await expect(second).rejects.toMatchObject({ code: "STORE_CONFLICT" });
      await first;
      expect(await store.read(runId)).toStrictEqual([completed({ runId, seq: 1 }, "first")]);
    });
  });

  describe(`${name}: large values`, () => {
    test.each<[string, Json]>([
      ["a text", big("a")],
      ["the same text twice", { one: big("a"), two: big("a") }],
      ["a list of many small items", Array.from({ length: 20_000 }, (_, index) => ({ index }))],
      ["large values inside what is large itself", { text: big("b"), list: [1, big("c"), ...big("d", 70_000)] }],
      ["odd keys on the way", { "a/b": { "~0": { "": big("e") } }, "~1": [{ "0": big("f") }] }],
      ["a key of prototypes", JSON.parse(`{"__proto__":{"x":"${big("g")}"}}`) as Json],
      ["a null beside", { nothing: null, text: big("h"), list: [null, big("i"), null] }],
      ["what looks like a place", { places: [["/data/output", "00"]], text: big("j") }],
    ])("come back exactly: %s", async (_, value) => {
      const [store, runId] = [await opened(), newRun()];
      const event = completed({ runId, seq: 1 }, value);
      await store.append(runId, NEW, [event]);
      await store.writeJournal(row(runId, { outcome: value }), 0);
      await store.put(runId, entry("large", value));

      expect(await store.read(runId)).toStrictEqual([event]);
      expect(await store.readRunJournal(runId)).toStrictEqual([row(runId, { outcome: value })]);
      expect(await store.take(runId, 0)).toStrictEqual([{ ...entry("large", value), cursor: 1 }]);
    });
  });

  describe(`${name}: list`, () => {
    test("shows the newest run first, with its head", async () => {
      const [store, old, young] = [await opened(), newRun(), newRun()];
      const goal = goalChanged({ runId: old, seq: 1, at: 5_000 }, "Compare");
      await store.append(old, NEW, [goal]);
      await store.append(young, NEW, [completed({ runId: young, seq: 1, at: 6_000 }, 1)]);
      expect(await listed(store, [old, young])).toStrictEqual([young, old]);

      await store.append(old, { expectedSeq: 1, epoch: 0 }, [completed({ runId: old, seq: 2, at: 7_000 }, 1)]);
      expect(await listed(store, [old, young])).toStrictEqual([old, young]);
      expect((await store.list()).find((head) => head.runId === old)).toStrictEqual({
        runId: old,
        goal: "Compare",
        startedAt: 5_000,
        updatedAt: 7_000,
        lastSeq: 2,
        lastType: "step.completed",
      });
    });

    test("shows the goal that the run has now", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, [goalChanged({ runId, seq: 1 }, "One")]);
      await store.append(runId, { expectedSeq: 1, epoch: 0 }, [goalChanged({ runId, seq: 2 }, "Two")]);
      expect((await store.list()).find((head) => head.runId === runId)?.goal).toBe("Two");
    });

    test("stops at its limit", async () => {
      const store = await opened();
      for (const runId of [newRun(), newRun(), newRun()]) await store.append(runId, NEW, chain(runId, 1));
      expect(await store.list({ limit: 2 })).toHaveLength(2);
    });

    test("leaves out a run that has an owner or a command, but no event", async () => {
      const [store, owned, told] = [await opened(), newRun(), newRun()];
      await store.claim(owned, 0, "host/1/1", 9_000);
      await store.put(told, entry("a"));
      expect(await listed(store, [owned, told])).toStrictEqual([]);
    });
  });

  describe(`${name}: owner`, () => {
    test("is nobody at first, then who claimed, under an epoch that grows", async () => {
      const [store, runId] = [await opened(), newRun()];
      expect(await store.owner(runId)).toBeUndefined();
      expect(await store.claim(runId, 0, "host/1/1", 9_000)).toBe(1);
      expect(await store.owner(runId)).toStrictEqual({ epoch: 1, holder: "host/1/1", leaseUntil: 9_000 });
      expect(await store.claim(runId, 1, "host/2/2", 9_500)).toBe(2);
      expect(await store.owner(runId)).toStrictEqual({ epoch: 2, holder: "host/2/2", leaseUntil: 9_500 });
    });

    test("is one of two who claim at once", async () => {
      const [store, runId] = [await opened(), newRun()];
      const epochs = await Promise.all(["host/1/1", "host/2/2"].map((holder) => store.claim(runId, 0, holder, 9_000)));
      expect(epochs).toStrictEqual([1, undefined]);
      expect((await store.owner(runId))?.holder).toBe("host/1/1");
    });

    test("who lost the run can no longer write", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.append(runId, { expectedSeq: 0, epoch: 1 }, chain(runId, 1));
      await store.claim(runId, 1, "host/2/2", 9_000);

      const second = [completed({ runId, seq: 2 }, "late")];
      for (const epoch of [0, 1, 3]) {
        const late = store.append(runId, { expectedSeq: 1, epoch }, second);
        await expect(late).rejects.toMatchObject({ code: "STORE_FENCED", kind: "store" });
        await expect(store.writeJournal(row(runId), epoch)).rejects.toMatchObject({ code: "STORE_FENCED" });
      }
      expect(await store.read(runId)).toHaveLength(1);
      expect(await store.readRunJournal(runId)).toStrictEqual([]);

      await store.append(runId, { expectedSeq: 1, epoch: 2 }, second);
      await store.writeJournal(row(runId), 2);
      expect(await store.read(runId)).toHaveLength(2);
    });

    test("who lost the run hears that first, not that the seq moved on", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, chain(runId, 3));
      await store.claim(runId, 0, "host/2/2", 9_000);
      const late = store.append(runId, { expectedSeq: 1, epoch: 0 }, [completed({ runId, seq: 2 }, null)]);
      await expect(late).rejects.toMatchObject({ code: "STORE_FENCED" });
    });

    test("renews all that it holds, and nothing of others", async () => {
      const [store, holder, other] = [await opened(), `host/1/${newRun()}`, `host/2/${newRun()}`];
      const [one, two, foreign] = [newRun(), newRun(), newRun()];
      await Promise.all([one, two].map((runId) => store.claim(runId, 0, holder, 9_000)));
      await store.claim(foreign, 0, other, 9_000);
      await store.renew(holder, 12_000);

      const leases = await Promise.all(
        [one, two, foreign].map(async (runId) => (await store.owner(runId))?.leaseUntil),
      );
      expect(leases).toStrictEqual([12_000, 12_000, 9_000]);
    });

    test("releases its run, which keeps its epoch and may be claimed", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.release(runId, 1);
      expect(await store.owner(runId)).toStrictEqual({ epoch: 1, holder: null, leaseUntil: 0 });
      expect(await store.claim(runId, 1, "host/2/2", 9_000)).toBe(2);
    });

    test("cannot release a run that it lost", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.claim(runId, 1, "host/2/2", 9_000);
      await store.release(runId, 1);
      expect((await store.owner(runId))?.holder).toBe("host/2/2");
    });
  });

  describe(`${name}: inbox`, () => {
    test("gives entries once each, in order, after a cursor", async () => {
      const [store, runId] = [await opened(), newRun()];
      for (const inputId of ["a", "b", "c"]) expect(await store.put(runId, entry(inputId))).toBe(true);

      const all = await store.take(runId, 0);
      expect(all).toStrictEqual(["a", "b", "c"].map((inputId, index) => ({ ...entry(inputId), cursor: index + 1 })));
      expect((await store.take(runId, 2)).map((taken) => taken.inputId)).toStrictEqual(["c"]);
      expect(await store.take(runId, 3)).toStrictEqual([]);
    });

    test("takes an input id once, and the first payload stays", async () => {
      const [store, runId] = [await opened(), newRun()];
      const both = await Promise.all([1, 2].map((payload) => store.put(runId, entry("a", payload))));
      expect(both).toStrictEqual([true, false]);
      expect(await store.put(runId, entry("a", 3))).toBe(false);
      expect(await store.put(runId, entry("b", 4))).toBe(true);
      expect((await store.take(runId, 0)).map(({ cursor, payload }) => [cursor, payload])).toStrictEqual([
        [1, 1],
        [2, 4],
      ]);
    });

    test("of one run is not that of another", async () => {
      const [store, one, two] = [await opened(), newRun(), newRun()];
      expect(await store.put(one, entry("a"))).toBe(true);
      expect(await store.put(two, entry("a"))).toBe(true);
      expect(await store.take(two, 0)).toStrictEqual([{ ...entry("a"), cursor: 1 }]);
      expect(await store.take(newRun(), 0)).toStrictEqual([]);
    });
  });

  describe(`${name}: journal`, () => {
    test("holds the intent, then the outcome in its place", async () => {
      const [store, runId] = [await opened(), newRun()];
      const intent = row(runId, { name: "send_mail", key: "k1" });
      await store.writeJournal(intent, 0);
      expect(await store.readJournal(intent)).toStrictEqual([intent]);

      const outcome = { ...intent, outcome: { ok: true }, at: 2_000 };
      await store.writeJournal(outcome, 0);
      expect(await store.readJournal(intent)).toStrictEqual([outcome]);
    });

    test("reads one step or item by attempt and n, whatever the order of writing", async () => {
      const [store, runId] = [await opened(), newRun()];
      const places = [
        [2, 1],
        [1, 10],
        [1, 2],
        [1, 1],
      ] as const;
      for (const [attempt, n] of places) await store.writeJournal(row(runId, { attempt, n }), 0);
      await store.writeJournal(row(runId, { item: 0, name: "of an item" }), 0);
      await store.writeJournal(row(runId, { stepId: "#planner" }), 0);

      const rows = await store.readJournal({ runId, stepId: "find", item: null });
      expect(rows.map(({ attempt, n }) => `${attempt}.${n}`)).toStrictEqual(["1.1", "1.2", "1.10", "2.1"]);
      const ofItem = await store.readJournal({ runId, stepId: "find", item: 0 });
      expect(ofItem.map(({ name: called }) => called)).toStrictEqual(["of an item"]);
      expect(await store.readJournal({ runId: newRun(), stepId: "find", item: null })).toStrictEqual([]);
    });

    test("of a whole run is by step, item, attempt and n", async () => {
      const [store, runId] = [await opened(), newRun()];
      const rows = [
        row(runId, { stepId: "#planner" }),
        row(runId, { stepId: "a", attempt: 1, n: 1 }),
        row(runId, { stepId: "a", attempt: 1, n: 2 }),
        row(runId, { stepId: "a", attempt: 2 }),
        row(runId, { stepId: "a", item: 0 }),
        row(runId, { stepId: "a", item: 2 }),
        row(runId, { stepId: "a", item: 10 }),
        row(runId, { stepId: "b" }),
      ];
      for (const each of rows.toReversed()) await store.writeJournal(each, 0);
      expect(await store.readRunJournal(runId)).toStrictEqual(rows);
    });
  });
}

async function listed(store: EventStore, runs: readonly string[]): Promise<string[]> {
  return (await store.list()).map((head) => head.runId).filter((runId) => runs.includes(runId));
}
