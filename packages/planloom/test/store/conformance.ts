// What every store must do, told against the contract alone. In: a way to open a store. Out: a suite of tests.
// Separate because each store runs it: memory, SQLite, and later ones elsewhere. Stores may be shared between tests, so
// that every story uses runs of its own.
import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import type { EventStore, ListQuery, RunList } from "../../src/store/event-store.js";
import type { RunEvent } from "../../src/run/event.js";
import type { RunHead } from "../../src/run/view/head.js";
import { chain, completed, entry, goalChanged, headAt, recorded, row, started } from "./sample.js";

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
    test("shows the run first in which something happened last", async () => {
      const [store, old, young] = [await opened(), newRun(), newRun()];
      await store.append(old, NEW, [completed({ runId: old, seq: 1, at: 5_000 }, 1)]);
      await store.append(young, NEW, [completed({ runId: young, seq: 1, at: 6_000 }, 1)]);
      expect(await listed(store, [old, young])).toStrictEqual([young, old]);

      await store.append(old, { expectedSeq: 1, epoch: 0 }, [completed({ runId: old, seq: 2, at: 7_000 }, 1)]);
      expect(await listed(store, [old, young])).toStrictEqual([old, young]);
    });

    test("shows of two runs of the same time the one with the larger id first", async () => {
      const [store, tag] = [await opened(), newRun()];
      for (const runId of [`${tag}-b`, `${tag}-c`, `${tag}-a`]) await store.append(runId, NEW, chain(runId, 1));
      expect(idsOf(await store.list({ text: tag }))).toStrictEqual([`${tag}-c`, `${tag}-b`, `${tag}-a`]);
    });

    test("gives the head that came with a run's last events", async () => {
      const [store, runId] = [await opened(), newRun()];
      const goal = "Compare the cost of living. ".repeat(500);
      const head = headAt(runId, 2, {
        goal,
        status: "awaiting-approval",
        waiting: { approvals: 2, questions: 0, doubts: 1, first: "call" },
        parent: { runId: "run_other", seq: 9, at: "find" },
      });
      await store.append(runId, NEW, [goalChanged({ runId, seq: 1 }, goal)], headAt(runId, 1, { goal }));
      await store.append(runId, { expectedSeq: 1, epoch: 0 }, [completed({ runId, seq: 2 }, 1)], head);
      expect((await store.list({ text: runId })).runs).toStrictEqual([head]);
    });

    test("computes a head that did not come with the events", async () => {
      const [store, runId] = [await opened(), newRun()];
      const { events, head } = started(runId, { goal: "Compare" });
      await store.append(runId, NEW, events);
      for (let look = 0; look < 2; look++) {
        expect((await store.list({ text: runId })).runs).toStrictEqual([head]);
      }
      expect(head).toMatchObject({ goal: "Compare", status: "planning", lastSeq: events.length });
    });

    test("computes a head that is older than the run's last event", async () => {
      const [store, runId] = [await opened(), newRun()];
      const { story, events, head } = started(runId);
      await store.append(runId, NEW, events, head);
      const next = recorded(story.when({ type: "pause", at: 2_000, reason: "wait" }));
      await store.append(runId, { expectedSeq: events.length, epoch: 0 }, next.events);
      expect(next.head.status).toBe("paused");
      expect((await store.list({ text: runId })).runs).toStrictEqual([next.head]);
    });

    test("does not take a head that is not that of the events: a mistake of the caller", async () => {
      const [store, runId] = [await opened(), newRun()];
      const events = chain(runId, 2);
      await expect(store.append(runId, NEW, events, headAt(runId, 1))).rejects.toThrow(/head/);
      await expect(store.append(runId, NEW, events, headAt("other", 2))).rejects.toThrow(/head/);
      expect(await store.read(runId)).toStrictEqual([]);
    });

    test("leaves out a run that has an owner or a command, but no event", async () => {
      const [store, owned, told] = [await opened(), newRun(), newRun()];
      await store.claim(owned, 0, "host/1/1", 9_000);
      await store.put(told, entry("a"));
      expect(await listed(store, [owned, told])).toStrictEqual([]);
    });
  });

  describe(`${name}: a run that cannot be read`, () => {
    /** The log of a started run, with its last event changed. */
    function changed(runId: string, change: object): readonly RunEvent[] {
      const { events } = started(runId);
      return [...events.slice(0, -1), { ...events.at(-1)!, ...change }];
    }

    test.each<[string, object, object]>([
      ["is of a newer version", { v: 99 }, { code: "EVENT_NEWER", params: { seq: 1, version: 99 } }],
      ["has another form altogether", { v: 99, at: "today", type: 7, data: null }, { code: "EVENT_NEWER" }],
      ["has no version", { v: undefined }, { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
      ["does not follow in the chain", { prev: "0".repeat(64) }, { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
      ["has no data", { data: null }, { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
      ["has data of a wrong type", { data: { goal: 7, settings: "none" } }, { code: "RUN_DAMAGED" }],
      ["is of an unknown type", { type: "run.danced", data: {} }, { code: "RUN_DAMAGED" }],
      ["has a time that is none", { at: "today" }, { code: "RUN_DAMAGED" }],
    ])("because its event %s is a row that says so, beside the others", async (_, change, unreadable) => {
      const [store, tag] = [await opened(), newRun()];
      const sound = started(`${tag}-sound`);
      await store.append(sound.head.runId, NEW, sound.events, sound.head);
      const strange = `${tag}-strange`;
      await store.append(strange, NEW, changed(strange, change));

      for (let look = 0; look < 2; look++) {
        const { runs } = await store.list({ text: tag });
        expect(runs).toHaveLength(2);
        expect(runs).toContainEqual(sound.head);
        const row = runs.find(({ runId }) => runId === strange);
        expect(row).toMatchObject({ runId: strange, lastSeq: 1, unreadable });
        expect(typeof row?.goal).toBe("string");
        expect([row?.startedAt, row?.updatedAt].every(Number.isFinite)).toBe(true);
      }
    });

    test("shows its head again when that comes with its next events", async () => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, changed(runId, { v: 99 }));
      expect((await store.list({ text: runId })).runs).toMatchObject([{ unreadable: { code: "EVENT_NEWER" } }]);
      const head = headAt(runId, 2, { goal: "Compare" });
      await store.append(runId, { expectedSeq: 1, epoch: 0 }, [completed({ runId, seq: 2 }, 1)], head);
      expect((await store.list({ text: runId })).runs).toStrictEqual([head]);
    });
  });

  describe(`${name}: list filters`, () => {
    async function several(): Promise<{ readonly store: EventStore; readonly tag: string }> {
      const [store, tag] = [await opened(), newRun()];
      const waiting = { approvals: 1, questions: 0, doubts: 0, first: "plan" } as const;
      const heads: readonly (readonly [string, Partial<RunHead>])[] = [
        ["1", { status: "completed", goal: "Compare the cost of living" }],
        ["2", { status: "failed", goal: "Žluťoučký KŮŇ" }],
        ["3", { status: "awaiting-approval", waiting, goal: "Refund the order" }],
        ["4", { status: "paused", waiting, goal: "Compare again" }],
        ["5", { status: "running", goal: "100%_sure" }],
      ];
      for (const [end, change] of heads) {
        const [runId, at] = [`${tag}-${end}`, 1_000 * Number(end)];
        const head = headAt(runId, 1, { startedAt: at, updatedAt: at, ...change });
        await store.append(runId, NEW, [goalChanged({ runId, seq: 1, at }, head.goal)], head);
      }
      const strange = `${tag}-6`;
      await store.append(strange, NEW, [{ ...completed({ runId: strange, seq: 1, at: 6_000 }, 1), v: 99 }]);
      return { store, tag };
    }

    const endsOf = (list: RunList, tag: string): readonly string[] =>
      idsOf(list)
        .filter((runId) => runId.startsWith(tag))
        .map((runId) => runId.slice(tag.length + 1));

    test.each<[ListQuery, string]>([
      [{ status: "failed" }, "2"],
      [{ status: ["completed", "running"] }, "5 1"],
      [{ status: "waiting" }, "4 3"],
      [{ status: ["paused", "unreadable"] }, "6 4"],
      [{ status: [] }, ""],
      [{ text: "COMPARE" }, "4 1"],
      [{ text: "kůň" }, "2"],
      [{ text: "%" }, "5"],
      [{ text: "0%_s" }, "5"],
      [{ text: "" }, "6 5 4 3 2 1"],
      [{ since: 4_000 }, "6 5 4"],
      [{ since: 4_001, status: ["running", "failed"] }, "5"],
      [{ text: "compare", status: "completed", since: 1_000 }, "1"],
    ])("%j", async (query, ends) => {
      const { store, tag } = await several();
      expect(endsOf(await store.list(query), tag).join(" ")).toBe(ends);
    });

    test("by a part of the id, whatever its case", async () => {
      const { store, tag } = await several();
      expect(endsOf(await store.list({ text: `${tag.slice(4).toUpperCase()}-3` }), tag)).toStrictEqual(["3"]);
    });

    test.each<[string, ListQuery]>([
      ["without a filter", {}],
      ["with a filter", { status: ["completed", "awaiting-approval", "running", "unreadable", "paused", "failed"] }],
    ])("in parts, %s: each run once, though new ones come meanwhile", async (_, filter) => {
      const { store, tag } = await several();
      const query = { ...filter, text: tag, limit: 2 };
      const parts: (readonly string[])[] = [];
      let list = await store.list(query);
      for (let part = 1; ; part++) {
        parts.push(endsOf(list, tag));
        if (list.cursor === undefined) break;
        const [runId, at] = [`${tag}-new-${part}`, 10_000 + part];
        const head = headAt(runId, 1, { startedAt: at, updatedAt: at });
        await store.append(runId, NEW, [completed({ runId, seq: 1, at }, 1)], head);
        list = await store.list({ ...query, cursor: list.cursor });
      }
      expect(parts).toStrictEqual([
        ["6", "5"],
        ["4", "3"],
        ["2", "1"],
      ]);
    });

    test("with runs of the same time in parts", async () => {
      const [store, tag] = [await opened(), newRun()];
      const all = ["a", "b", "c", "d", "e"].map((end) => `${tag}-${end}`);
      for (const runId of all) await store.append(runId, NEW, chain(runId, 1), headAt(runId, 1));
      const found: string[] = [];
      for (let cursor: string | undefined; ;) {
        const list = await store.list({ text: tag, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...idsOf(list));
        if (list.cursor === undefined) break;
        cursor = list.cursor;
      }
      expect(found).toStrictEqual(all.toReversed());
    });

    test.each(["", "abc", Buffer.from("[1]").toString("base64url"), Buffer.from("null").toString("base64url")])(
      "refuse the cursor %j",
      async (cursor) => {
        const store = await opened();
        await expect(store.list({ cursor })).rejects.toMatchObject({ code: "CURSOR_INVALID", kind: "usage" });
      },
    );
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
  return idsOf(await store.list()).filter((runId) => runs.includes(runId));
}

const idsOf = ({ runs }: RunList): string[] => runs.map(({ runId }) => runId);
