// Rows that were changed behind the store's back, one story for each, and files of version 1. In: SQL. Out:
// RUN_DAMAGED, which names what does not fit, while other runs are read on.
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { EventStore } from "../../src/store/event-store.js";
import { loadSqlite } from "../../src/store/sqlite-driver.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { chain, completed, entry, folder, goalChanged, row } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };

/** A store with two runs in it, changed by `sql` while it was closed. */
async function changed(sql: string): Promise<EventStore> {
  const path = join(folder(), "planloom.db");
  const before = await openSqliteStore({ path });
  for (const runId of ["run", "other"]) {
    const large = completed({ runId, seq: 3 }, { text: runId.repeat(LIMITS.blobBytes) });
    await before.append(runId, NEW, [goalChanged({ runId, seq: 1 }, "Compare"), ...chain(runId, 2).slice(1), large]);
    await before.writeJournal(row(runId, { n: 1, outcome: "done" }), 0);
    await before.writeJournal(row(runId, { n: 2, key: "k" }), 0);
    await before.put(runId, entry("a"));
    await before.put(runId, entry("b"));
  }
  await before.close();
  await execute(path, sql);
  return opened(path);
}

async function execute(path: string, sql: string): Promise<void> {
  const db = new (await loadSqlite())(path);
  db.exec(sql);
  db.close();
}

async function opened(path: string): Promise<EventStore> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

const damaged = (what: RegExp) => ({
  code: "RUN_DAMAGED",
  kind: "store",
  message: expect.stringMatching(what) as string,
  action: { action: "events", runId: "run" },
});

describe("events", () => {
  test.each([
    [
      "a changed value",
      "UPDATE events SET event = replace(event, '2', '7') WHERE run = 'run' AND seq = 2",
      /event 2 .* sound up to event 1\b/,
    ],
    [
      "a changed last event",
      "UPDATE events SET event = event || ' ' WHERE run = 'run' AND seq = 3",
      /event 3 .* sound up to event 2\b/,
    ],
    [
      "an event that is gone",
      "DELETE FROM events WHERE run = 'run' AND seq = 2",
      /event 2 is missing.* up to event 1\b/,
    ],
    [
      "a last event that is gone",
      "DELETE FROM events WHERE run = 'run' AND seq = 3",
      /event 3 is missing.* up to event 2\b/,
    ],
    [
      "an event of another run",
      "UPDATE events SET event = (SELECT event FROM events WHERE run = 'other' AND seq = 2), sum = (SELECT sum FROM events WHERE run = 'other' AND seq = 2) WHERE run = 'run' AND seq = 2",
      /event 2 /,
    ],
    [
      "a blob that is gone",
      "DELETE FROM blobs WHERE json LIKE '\"runrun%'",
      /event 3 .*blob.* is missing.* up to event 2\b/,
    ],
    [
      "a changed blob",
      "UPDATE blobs SET json = replace(json, 'runrun', 'runruN') WHERE json LIKE '\"runrun%'",
      /event 3 .*blob \w+ does not match its hash.* up to event 2\b/,
    ],
    ["a head that is gone", "DELETE FROM runs WHERE run = 'run'", /list of runs.* up to event 3\b/],
    ["a head that was turned back", "UPDATE runs SET last_seq = 2 WHERE run = 'run'", /list of runs.* up to event 3\b/],
  ])("%s", async (_, sql, what) => {
    const store = await changed(sql);
    await expect(store.read("run")).rejects.toMatchObject(damaged(what));
    expect(await store.read("other")).toHaveLength(3);
  });

  test("that are sound are still read one by one", async () => {
    const store = await changed("UPDATE events SET event = event || ' ' WHERE run = 'run' AND seq = 2");
    expect(await store.read("run", 1, 1)).toHaveLength(1);
    expect(await store.read("run", 3)).toHaveLength(1);
    await expect(store.read("run", 2, 1)).rejects.toMatchObject(damaged(/event 2/));
  });

  test("are not appended behind a damaged head", async () => {
    const store = await changed("UPDATE runs SET last_seq = 2 WHERE run = 'run'");
    const next = store.append("run", { expectedSeq: 2, epoch: 0 }, chain("run", 3).slice(2));
    await expect(next).rejects.toMatchObject(damaged(/list of runs/));
  });
});

describe("the journal", () => {
  test("with a changed row is refused", async () => {
    const store = await changed("UPDATE journal SET attempt = 2 WHERE run = 'run' AND n = 2");
    await expect(store.readJournal(row("run"))).rejects.toMatchObject(damaged(/row 2.2 in the journal of step find/));
    await expect(store.readRunJournal("run")).rejects.toMatchObject(damaged(/journal/));
    expect(await store.readRunJournal("other")).toHaveLength(2);
  });

  test("that lacks a row is refused, and its run is not driven: the call would be repeated", async () => {
    const store = await changed("DELETE FROM journal WHERE run = 'run' AND n = 2");
    await expect(store.readRunJournal("run")).rejects.toMatchObject(damaged(/1 of 2 rows/));
    await expect(store.claim("run", 0, "host/1/1", 9_000)).rejects.toMatchObject(damaged(/1 of 2 rows/));
    expect(await store.claim("other", 0, "host/1/1", 9_000)).toBe(1);
  });
});

describe("the inbox", () => {
  test.each([
    [
      "with a changed command",
      "UPDATE inbox SET entry = replace(entry, 'pause', 'pausE') WHERE run = 'run' AND cursor = 2",
      /command 2 /,
    ],
    ["that lacks a command", "DELETE FROM inbox WHERE run = 'run' AND cursor = 1", /command 1 is missing/],
  ])("%s is refused", async (_, sql, what) => {
    const store = await changed(sql);
    await expect(store.take("run", 0)).rejects.toMatchObject(damaged(what));
    expect(await store.take("other", 0)).toHaveLength(2);
  });
});

describe("a file of version 1", () => {
  const BACK = `
    ALTER TABLE runs DROP COLUMN head; ALTER TABLE runs DROP COLUMN head_sum;
    ALTER TABLE runs DROP COLUMN sum; ALTER TABLE runs DROP COLUMN journal_rows; ALTER TABLE goals DROP COLUMN sum;
    ALTER TABLE events DROP COLUMN sum; ALTER TABLE journal DROP COLUMN sum; ALTER TABLE inbox DROP COLUMN sum;
    PRAGMA user_version = 1`;

  test("is read as it is, without checksums, and written on with them", async () => {
    const store = await changed(BACK);
    expect((await store.list()).runs).toHaveLength(2);
    expect(await store.read("run")).toHaveLength(3);
    expect(await store.readRunJournal("run")).toHaveLength(2);
    expect(await store.take("run", 0)).toHaveLength(2);

    expect(await store.claim("run", 0, "host/1/1", 9_000)).toBe(1);
    await store.append("run", { expectedSeq: 3, epoch: 1 }, chain("run", 4).slice(3));
    await store.writeJournal(row("run", { n: 2, key: "k", outcome: "done" }), 1);
    await store.writeJournal(row("run", { n: 3 }), 1);
    expect(await store.read("run")).toHaveLength(4);
    expect(await store.readRunJournal("run")).toHaveLength(3);
  });

  test("notices from then on what is changed", async () => {
    const path = join(folder(), "planloom.db");
    await (await openSqliteStore({ path })).close();
    await execute(path, BACK);
    const store = await openSqliteStore({ path });
    await store.append("run", NEW, chain("run", 2));
    await store.close();
    await execute(path, "UPDATE events SET event = event || ' ' WHERE seq = 2");
    await expect((await opened(path)).read("run")).rejects.toMatchObject(damaged(/event 2/));
  });

  test("is brought up once by several processes that open it together", async () => {
    const path = join(folder(), "planloom.db");
    const before = await openSqliteStore({ path });
    await before.append("run", NEW, chain("run", 2));
    await before.close();
    await execute(path, BACK);
    const stores = await Promise.all(Array.from({ length: 4 }, () => opened(path)));
    for (const store of stores) expect(await store.read("run")).toHaveLength(2);
  });
});

test("a file whose tables do not fit its version is refused", async () => {
  await expect(changed("PRAGMA user_version = 0")).rejects.toMatchObject({ code: "STORE_DAMAGED" });
});
