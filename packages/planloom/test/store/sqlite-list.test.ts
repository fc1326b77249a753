// Heads of runs in SQLite files: what a list reads, files and processes of older Planlooms, rows that were changed
// behind the store's back. In: files. Out: lists, and how often they read an event.
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { RunEvent } from "../../src/run/event.js";
import type { ListedRun } from "../../src/store/event-store.js";
import { checksum } from "../../src/store/checksum.js";
import { loadSqlite, type SqlDriver, type SqlStatement, type SqlValue } from "../../src/store/sqlite-driver.js";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite.js";
import { chain, folder, headAt, recorded, started } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };
const newPath = (): string => join(folder(), "planloom.db");

async function opened(path: string): Promise<SqliteStore> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

async function execute(path: string, sql: string): Promise<void> {
  const db = new (await loadSqlite())(path);
  db.exec(sql);
  db.close();
}

/** Counts how often statements that read events were executed. */
const reads = vi.hoisted(() => ({ count: 0 }));

vi.mock("../../src/store/sqlite-driver.js", async (original) => {
  const actual = await original<typeof import("../../src/store/sqlite-driver.js")>();
  const loadSqlite = async (): Promise<SqlDriver> => {
    const Driver = await actual.loadSqlite();
    return class extends Driver {
      override prepare(sql: string): SqlStatement {
        const statement = super.prepare(sql);
        return /\bFROM (events|blobs)\b/.test(sql) ? counting(statement) : statement;
      }
    };
  };
  return { ...actual, loadSqlite };
});

function counting(statement: SqlStatement): SqlStatement {
  const counted = <A extends unknown[], R>(how: (...values: A) => R) => {
    return (...values: A): R => {
      reads.count++;
      return how(...values);
    };
  };
  return {
    run: counted((...values: SqlValue[]) => statement.run(...values)),
    get: counted((...values: SqlValue[]) => statement.get(...values)),
    all: counted((...values: SqlValue[]) => statement.all(...values)),
  };
}

beforeEach(() => {
  reads.count = 0;
});

const sorted = (runs: readonly ListedRun[]) => [...runs].sort((a, b) => (a.runId < b.runId ? -1 : 1));

describe("a list of runs", () => {
  test("of 5,000 reads no event, whatever is asked for", async () => {
    const store = await opened(newPath());
    const runs = Array.from({ length: 5_000 }, (_, index) => `run_${index}`);
    await Promise.all(runs.map((runId) => store.append(runId, NEW, chain(runId, 1), headAt(runId, 1))));
    expect((await store.list()).runs).toHaveLength(5_000);
    expect((await store.list({ limit: 50, status: "running", text: "RUN_4" })).runs).toHaveLength(50);
    expect((await store.list({ status: ["failed", "unreadable"] })).runs).toHaveLength(0);
    expect(reads.count).toBe(0);
    await store.read("run_1");
    expect(reads.count).toBe(1);
  });

  test("reads each run without a head once: readable or not, in this process or the next", async () => {
    const path = newPath();
    const store = await opened(path);
    const { events, head } = started("run_a");
    await store.append("run_a", NEW, events);
    await store.append("run_b", NEW, [{ ...started("run_b").events[0], v: 99 } as RunEvent]);
    await store.append("run_c", NEW, chain("run_c", 3));

    const { runs } = await store.list();
    expect(sorted(runs)).toMatchObject([
      head,
      { runId: "run_b", goal: "Compare", unreadable: { code: "EVENT_NEWER" } },
      { runId: "run_c", unreadable: { code: "RUN_DAMAGED" } },
    ]);
    expect(reads.count).toBe(3);
    expect((await store.list()).runs).toStrictEqual(runs);
    expect((await (await opened(path)).list()).runs).toStrictEqual(runs);
    expect(reads.count).toBe(3);
  });

  test("reads only runs that its other filters let through", async () => {
    const store = await opened(newPath());
    for (const runId of ["run_a", "run_b", "run_c"]) await store.append(runId, NEW, started(runId).events);
    expect((await store.list({ text: "run_b", status: "planning" })).runs).toHaveLength(1);
    expect(reads.count).toBe(1);
  });
});

/** As a Planloom appends that knows no heads. */
async function appendAsBefore(path: string, runId: string, event: RunEvent): Promise<void> {
  const db = new (await loadSqlite())(path);
  const { epoch, journal_rows, started_at } = db.prepare("SELECT * FROM runs WHERE run = ?").get(runId) as {
    readonly [column: string]: number;
  };
  const text = JSON.stringify(event);
  db.prepare("INSERT INTO events (run, seq, event, places, sum) VALUES (?, ?, ?, ?, ?)").run(
    ...([runId, event.seq, text, null] as const),
    checksum(runId, event.seq, text, null),
  );
  const row = [runId, started_at!, event.at, event.seq, event.type, epoch!, journal_rows!] as const;
  db.prepare(
    `INSERT INTO runs (run, started_at, updated_at, last_seq, last_type, epoch, journal_rows, sum)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET started_at = excluded.started_at, updated_at = excluded.updated_at,
    last_seq = excluded.last_seq, last_type = excluded.last_type, epoch = excluded.epoch,
    journal_rows = excluded.journal_rows, sum = excluded.sum`,
  ).run(...row, checksum(...row));
  db.close();
}

describe("an older Planloom", () => {
  const BACK = "ALTER TABLE runs DROP COLUMN head; ALTER TABLE runs DROP COLUMN head_sum";

  test("has left a file without heads: they are computed once, and stored", async () => {
    const path = newPath();
    const before = await opened(path);
    const { story, events, head } = started("run_a");
    await before.append("run_a", NEW, events, head);
    await before.close();
    await execute(path, BACK);
    reads.count = 0;
    const stores = await Promise.all(Array.from({ length: 4 }, () => opened(path)));
    for (const store of stores) expect((await store.list()).runs).toStrictEqual([head]);
    expect(reads.count).toBe(1);
    const next = recorded(story.when({ type: "pause", at: 2_000, reason: "wait" }));
    await stores[1]!.append("run_a", { expectedSeq: events.length, epoch: 0 }, next.events, next.head);
    expect((await stores[0]!.list()).runs).toStrictEqual([next.head]);
    expect(reads.count).toBe(1);
  });

  test("opens a file with heads still: its version is the same", async () => {
    const path = newPath();
    await (await opened(path)).close();
    const db = new (await loadSqlite())(path);
    expect(db.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: 2 });
    db.close();
  });

  test("appends beside a new one, which computes the head again", async () => {
    const path = newPath();
    const store = await opened(path);
    const { story, events, head } = started("run_a");
    await store.append("run_a", NEW, events, head);
    const next = recorded(story.when({ type: "pause", at: 2_000, reason: "wait" }));
    expect(next.events).toHaveLength(1);
    await appendAsBefore(path, "run_a", next.events[0]!);
    for (const list of [store, await opened(path)]) expect((await list.list()).runs).toStrictEqual([next.head]);
    expect(reads.count).toBe(1);
    const after = recorded(story.when({ type: "unpause", at: 3_000, reason: "go" }));
    await store.append("run_a", { expectedSeq: next.head.lastSeq, epoch: 0 }, after.events, after.head);
    expect((await store.list()).runs).toStrictEqual([after.head]);
  });
});

describe("a row that was changed behind the store's back", () => {
  async function changed(sql: string): Promise<SqliteStore> {
    const path = newPath();
    const before = await opened(path);
    for (const runId of ["run_a", "run_b"]) {
      const { events, head } = started(runId);
      await before.append(runId, NEW, events, head);
    }
    await before.close();
    await execute(path, sql);
    return opened(path);
  }

  test.each([
    ["a changed head", `UPDATE runs SET head = replace(head, 'planning', 'failed') WHERE run = 'run_a'`],
    ["a head of another run", "UPDATE runs SET head = (SELECT head FROM runs WHERE run = 'run_b') WHERE run = 'run_a'"],
    ["a head that is no JSON", "UPDATE runs SET head = 'x' WHERE run = 'run_a'"],
    ["a head without its checksum", "UPDATE runs SET head_sum = NULL WHERE run = 'run_a'"],
    ["a changed goal", "UPDATE goals SET goal = 'Hide' WHERE run = 'run_a'"],
    ["a goal that is gone", "DELETE FROM goals WHERE run = 'run_a'"],
  ])("%s: the log says how it was", async (_, sql) => {
    const store = await changed(sql);
    const heads = ["run_a", "run_b"].map((runId) => started(runId).head);
    expect(sorted((await store.list()).runs)).toStrictEqual(heads);
    expect(sorted((await store.list()).runs)).toStrictEqual(heads);
  });

  test.each([
    ["a changed time", "UPDATE runs SET updated_at = 1 WHERE run = 'run_a'"],
    ["a seq that was turned back", "UPDATE runs SET last_seq = 7 WHERE run = 'run_a'"],
    ["a changed checksum", "UPDATE runs SET sum = 1 WHERE run = 'run_a'"],
  ])("%s: the run is damaged, and listed with the goal and the times of its events", async (_, sql) => {
    const store = await changed(sql);
    const { goal, startedAt, updatedAt, lastSeq, lastType } = started("run_a").head;
    const params = { runId: "run_a", soundTo: lastSeq, damage: "head-changed" };
    const unreadable = { code: "RUN_DAMAGED", params };
    expect(sorted((await store.list()).runs)).toStrictEqual([
      { runId: "run_a", goal, startedAt, updatedAt, lastSeq, lastType, unreadable },
      started("run_b").head,
    ]);
  });

  test("another id: it is a run without events, which hides no other", async () => {
    const store = await changed("UPDATE runs SET run = 'run_x' WHERE run = 'run_a'");
    expect(sorted((await store.list()).runs)).toMatchObject([
      started("run_b").head,
      { runId: "run_x", unreadable: { code: "RUN_DAMAGED" } },
    ]);
  });

  test("a damaged event behind a sound head is found when the run is read, not when it is listed", async () => {
    const store = await changed("UPDATE events SET event = event || ' ' WHERE run = 'run_a'");
    expect((await store.list()).runs).toHaveLength(2);
    await expect(store.read("run_a")).rejects.toMatchObject({ code: "RUN_DAMAGED" });
  });

  test("a damaged event without a head: the row says so, and the run is not read again", async () => {
    const store = await changed(
      "UPDATE events SET event = event || ' ' WHERE run = 'run_a'; UPDATE runs SET head = NULL",
    );
    const rows = [{ runId: "run_a", goal: "Compare", unreadable: { code: "RUN_DAMAGED" } }, started("run_b").head];
    expect(sorted((await store.list()).runs)).toMatchObject(rows);
    const read = vi.spyOn(store, "read");
    expect(sorted((await store.list()).runs)).toMatchObject(rows);
    expect(read).not.toHaveBeenCalled();
  });
});
