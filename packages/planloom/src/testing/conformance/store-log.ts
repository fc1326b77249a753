// Stories about events: a store returns all of them, unchanged and in order. In: a way to open a store. Out: stories.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { LIMITS } from "../../limits.js";
import type { Json } from "../../plan/json.js";
import { chain, completedEvent, entry, NEW, newRun, row, type OpenStore } from "./store-sample.js";
import { stories } from "./story.js";

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

export const logStories = stories<OpenStore>(({ about, story }) => {
  about("events", () => {
    story("are read as they were appended, in order, from any seq", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const events = chain(runId, 5);
      await store.append(runId, NEW, events.slice(0, 2));
      await store.append(runId, { expectedSeq: 2, epoch: 0 }, events.slice(2));

      deepEqual(await store.read(runId), events);
      deepEqual(await store.read(runId, 4), events.slice(3));
      deepEqual(await store.read(runId, 6), []);
    });

    story("of an unknown run are an empty list", async (opened) => {
      deepEqual(await (await opened()).read(newRun()), []);
    });

    for (const [what, value] of EDGE_VALUES) {
      story(`keep ${what}`, async (opened) => {
        const [store, runId] = [await opened(), newRun()];
        const event = completedEvent({ runId, seq: 1 }, value);
        await store.append(runId, NEW, [event]);
        deepEqual(await store.read(runId), [event]);
      });
    }

    story("may give -0 back as 0, which is the same JSON", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, [completedEvent({ runId, seq: 1 }, -0)]);
      const [event] = await store.read(runId);
      ok(event?.type === "step.completed" && event.data.output === 0);
    });

    story("of one run do not show in another", async (opened) => {
      const [store, one, two] = [await opened(), newRun(), newRun()];
      await store.append(one, NEW, chain(one, 3));
      await store.append(two, NEW, chain(two, 1));
      deepEqual(await store.read(two), chain(two, 1));
    });

    story("with another expectedSeq are refused as a whole", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, chain(runId, 2));

      await rejects(store.append(runId, NEW, chain(runId, 3)), { code: "STORE_CONFLICT" });
      const ahead = store.append(runId, { expectedSeq: 4, epoch: 0 }, [completedEvent({ runId, seq: 5 }, null)]);
      await rejects(ahead, { code: "STORE_CONFLICT", kind: "store" });
      deepEqual(await store.read(runId), chain(runId, 2));
    });

    story("with wrong sequence numbers are refused as a mistake of the caller, and none is stored", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const gap = [completedEvent({ runId, seq: 1 }, null), completedEvent({ runId, seq: 3 }, null)];
      await rejects(store.append(runId, NEW, gap), /cannot be appended/);
      await rejects(store.append(runId, NEW, chain(newRun(), 1)), /cannot be appended/);
      deepEqual(await store.read(runId), []);
    });

    story("of many runs, appended at the same time, succeed or fail run by run", async (opened) => {
      const store = await opened();
      const runs = Array.from({ length: 50 }, newRun);
      const taken = runs[7] ?? "";
      await store.append(taken, NEW, chain(taken, 1));

      const outcomes = await Promise.allSettled(runs.map((runId) => store.append(runId, NEW, chain(runId, 2))));
      const refused = outcomes.flatMap((outcome, index) => (outcome.status === "rejected" ? [index] : []));
      deepEqual(refused, [7]);
      for (const runId of runs) equal((await store.read(runId)).length, runId === taken ? 1 : 2);
    });

    story("of one run, appended without waiting, are all stored", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const events = chain(runId, 20);
      await Promise.all(events.map((event, index) => store.append(runId, { expectedSeq: index, epoch: 0 }, [event])));
      deepEqual(await store.read(runId), events);
    });

    story("of two writers at the same time: the first one wins", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const first = store.append(runId, NEW, [completedEvent({ runId, seq: 1 }, "first")]);
      const second = store.append(runId, NEW, [completedEvent({ runId, seq: 1 }, "second")]);
      await rejects(second, { code: "STORE_CONFLICT" });
      await first;
      deepEqual(await store.read(runId), [completedEvent({ runId, seq: 1 }, "first")]);
    });
  });

  about("large values", () => {
    const values: readonly (readonly [string, Json])[] = [
      ["a text", big("a")],
      ["the same text twice", { one: big("a"), two: big("a") }],
      ["a list of many small items", Array.from({ length: 20_000 }, (_, index) => ({ index }))],
      ["large values inside what is large itself", { text: big("b"), list: [1, big("c"), ...big("d", 70_000)] }],
      ["odd keys on the way", { "a/b": { "~0": { "": big("e") } }, "~1": [{ "0": big("f") }] }],
      ["a key of prototypes", JSON.parse(`{"__proto__":{"x":"${big("g")}"}}`) as Json],
      ["a null beside", { nothing: null, text: big("h"), list: [null, big("i"), null] }],
      ["a value that looks like a blob reference", { places: [["/data/output", "00"]], text: big("j") }],
    ];
    for (const [what, value] of values) {
      story(`come back exactly: ${what}`, async (opened) => {
        const [store, runId] = [await opened(), newRun()];
        const event = completedEvent({ runId, seq: 1 }, value);
        await store.append(runId, NEW, [event]);
        await store.writeJournal(row(runId, { outcome: value }), 0);
        await store.put(runId, entry("large", value));

        deepEqual(await store.read(runId), [event]);
        deepEqual(await store.readRunJournal(runId), [row(runId, { outcome: value })]);
        deepEqual(await store.take(runId, 0), [{ ...entry("large", value), cursor: 1 }]);
      });
    }
  });
});
