// The list itself, on top of a store that is only three functions.
import { expect, test } from "vitest";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { LIMITS } from "../../src/limits.js";
import type { ListedRun } from "../../src/store/event-store.js";
import { listRuns, packHead, unpackHead, type ListRow, type ListSource } from "../../src/store/listing.js";
import { headAt, started } from "./sample.js";

function rowOf(runId: string, updatedAt: number, head?: ListedRun): ListRow {
  const position = { updatedAt, runId };
  return { runId, goal: "", startedAt: 1, updatedAt, lastSeq: 1, lastType: "run.started", position, head };
}

/** Rows in the order of the list; `kept` are the heads that were stored, one list for each time. */
function sourceOf(rows: readonly ListRow[], change: Partial<ListSource> = {}) {
  const kept: (readonly ListedRun[])[] = [];
  const asked: number[] = [];
  const source: ListSource = {
    rows: async (after, since, limit) => {
      asked.push(limit);
      const from = after === undefined ? 0 : rows.findIndex(({ position }) => position === after) + 1;
      return rows.slice(from).slice(0, limit);
    },
    read: async (runId) => started(runId).events,
    keep: async (heads) => void kept.push(heads),
    ...change,
  };
  return { source, kept, asked };
}

test("the store is asked for no more rows than are shown, and for more and more where a filter leaves some out", async () => {
  const rows = Array.from({ length: 4_000 }, (_, index) => rowOf(`r${index}`, 9_000 - index, headAt(`r${index}`, 1)));
  const { source, asked } = sourceOf(rows);
  expect(await listRuns(source, { limit: 5 })).toMatchObject({
    runs: { length: 5 },
    cursor: expect.any(String) as string,
  });
  expect(asked).toStrictEqual([6]);
  expect((await listRuns(source, { limit: 5, text: "r3999" })).runs).toHaveLength(1);
  const parts = [1, 2, 4, 8, 16].map((times) => times * LIMITS.listRows);
  expect(asked).toStrictEqual([6, 6, ...parts]);
});

test("computed heads are stored some at a time", async () => {
  const count = LIMITS.listHeads + 3;
  const { source, kept } = sourceOf(Array.from({ length: count }, (_, index) => rowOf(`r${index}`, 1_000)));
  expect((await listRuns(source)).runs).toHaveLength(count);
  expect(kept.map(({ length }) => length)).toStrictEqual([LIMITS.listHeads, 3]);
});

test("a list does not fail where its heads cannot be stored", async () => {
  const keep = () => Promise.reject(new PlanloomError("STORE_FULL", { path: "runs.db" }));
  const { source } = sourceOf([rowOf("r1", 1)], { keep });
  expect((await listRuns(source)).runs).toStrictEqual([started("r1").head]);
});

test("a run whose reading fails is a row with the code; a reason that may pass is not stored", async () => {
  const read = (runId: string) =>
    runId === "r3" ? Promise.resolve(started(runId).events) : Promise.reject(ERRORS[runId]!);
  const ERRORS: Readonly<Record<string, PlanloomError>> = {
    r1: new PlanloomError("STORE_BUSY", { path: "runs.db" }),
    r2: new PlanloomError("STORE_DAMAGED", { path: "runs.db", damage: "log-head" }),
  };
  const { source, kept } = sourceOf([rowOf("r1", 3), rowOf("r2", 2), rowOf("r3", 1)], { read });
  const { runs } = await listRuns(source);
  expect(runs).toMatchObject([{ unreadable: { code: "STORE_BUSY" } }, { unreadable: { code: "STORE_DAMAGED" } }, {}]);
  expect(kept.flat().map(({ runId }) => runId)).toStrictEqual(["r2", "r3"]);
});

test("a log that lacks its last events is damaged, also where the store does not notice", async () => {
  const { source } = sourceOf([{ ...rowOf("r1", 1), lastSeq: 2 }]);
  expect((await listRuns(source)).runs).toMatchObject([
    { unreadable: { code: "RUN_DAMAGED", params: { soundTo: 1 } } },
  ]);
  const none = sourceOf([rowOf("r1", 1)], { read: async () => [] });
  expect((await listRuns(none.source)).runs).toMatchObject([{ unreadable: { code: "RUN_DAMAGED" } }]);
});

test("a run that continues while it is read has the head of the events that were read", async () => {
  const { source } = sourceOf([{ ...rowOf("r1", 1), lastSeq: 0 }]);
  expect((await listRuns(source)).runs).toStrictEqual([started("r1").head]);
});

test("a stored head is taken again by the same version and by older ones; why a run cannot be read, by the same one only", () => {
  const head = headAt("r1", 1, { goal: "Compare" });
  expect(unpackHead(packHead(head), "Compare")).toStrictEqual(head);
  const by = (text: string, ...versions: readonly number[]): string =>
    JSON.stringify({ ...(JSON.parse(text) as object), by: versions });
  expect(unpackHead(by(packHead(head), 99, 99), "Compare")).toStrictEqual(head);
  expect(unpackHead(by(packHead(head), 0, 1), "Compare")).toBeUndefined();

  const { position: _place, head: _head, ...row } = rowOf("r1", 1);
  const strange: ListedRun = {
    ...row,
    unreadable: { code: "EVENT_NEWER", params: { runId: "r1", seq: 1, version: 99, known: 2 } },
  };
  expect(unpackHead(packHead(strange), "")).toStrictEqual(strange);
  expect(unpackHead(by(packHead(strange), 99, 99), "")).toBeUndefined();
  for (const text of ["", "{}", "null", '{"by":[1,1]}', "[]"]) expect(unpackHead(text, "")).toBeUndefined();
});
