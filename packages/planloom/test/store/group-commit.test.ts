import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { GroupCommit } from "../../src/store/group-commit.js";
import { hasLogMark, LOG_MARK, LogMerge } from "../../src/store/log-merge.js";
import { OpenedFiles } from "../../src/store/opened-files.js";
import { loadSqlite, type SqlDatabase } from "../../src/store/sqlite-driver.js";
import { folder } from "./sample.js";

async function notes(
  path = join(folder(), "notes.db"),
  busyMs?: number,
): Promise<{ db: SqlDatabase; group: GroupCommit }> {
  const db = new (await loadSqlite())(path);
  onTestFinished(() => db.close());
  db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS notes (text TEXT)");
  if (!hasLogMark(db)) db.exec(LOG_MARK);
  return { db, group: new GroupCommit(db, path, { files: new OpenedFiles(path), merge: new LogMerge(db) }, busyMs) };
}

const textsIn = (db: SqlDatabase): unknown[] =>
  db
    .prepare("SELECT text FROM notes")
    .all()
    .map((row) => (row as { text: string }).text);

test("a store that keeps what a process has written syncs only what somebody acts on", async () => {
  const path = join(folder(), "notes.db");
  const { db } = await notes(path);
  db.exec("PRAGMA synchronous = FULL");
  const parts = { files: new OpenedFiles(path), merge: new LogMerge(db), sync: "process" } as const;
  const group = new GroupCommit(db, path, parts);
  const level = () => (db.prepare("PRAGMA synchronous").get() as { synchronous: number }).synchronous;
  const [NORMAL, FULL] = [1, 2];
  const insert = db.prepare("INSERT INTO notes VALUES (?)");
  await group.write(() => insert.run("seen by nobody"), false);
  expect(level()).toBe(NORMAL);
  await group.write(() => insert.run("before a call"), true);
  expect(level()).toBe(FULL);
  await Promise.all([false, true].map((isPromise) => group.write(() => insert.run("together"), isPromise)));
  expect(level()).toBe(FULL);
});

describe("group commit", () => {
  test("puts the writes of one turn into one commit, and those of the next into another", async () => {
    const { db, group } = await notes();
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    const write = (text: string): Promise<string> => group.write(() => (insert.run(text), text));

    expect(await Promise.all(["a", "b", "c"].map(write))).toStrictEqual(["a", "b", "c"]);
    expect(group.commits).toBe(1);
    await write("d");
    expect(group.commits).toBe(2);
    expect(textsIn(db)).toStrictEqual(["a", "b", "c", "d"]);
  });

  test("rejects a write that refuses, and commits the others", async () => {
    const { db, group } = await notes();
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    const refusal = new PlanloomError("STORE_CONFLICT", { runId: "r", expected: 1, present: 2 });
    const refused = group.write(() => {
      throw refusal;
    });
    const written = group.write(() => insert.run("kept"));
    await expect(refused).rejects.toBe(refusal);
    await written;
    expect(textsIn(db)).toStrictEqual(["kept"]);
  });

  test("rejects the whole turn when the disk is full, and nothing was written", async () => {
    const { db, group } = await notes();
    // SQLite's own way to have no room: the file may not grow.
    db.exec("PRAGMA max_page_count = 3");
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    const turn = ["small", "x".repeat(100_000), "small too"].map((text) => group.write(() => insert.run(text)));

    for (const outcome of await Promise.allSettled(turn)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "STORE_FULL", retryable: true } });
    }
    expect(textsIn(db)).toStrictEqual([]);
    expect(group.commits).toBe(0);

    await group.write(() => insert.run("fits"));
    expect(textsIn(db)).toStrictEqual(["fits"]);
  });

  test("keeps the turn while another process holds the file, and lets the event loop go on", async () => {
    const path = join(folder(), "notes.db");
    const { db, group } = await notes(path);
    const other = await notes(path);
    const insert = db.prepare("INSERT INTO notes VALUES (?)");

    other.db.exec("BEGIN IMMEDIATE");
    const turn = ["a", "b"].map((text) => group.write(() => insert.run(text)));
    let turns = 0;
    while (++turns < 20) await new Promise((resolve) => setImmediate(resolve));
    expect(group.commits).toBe(0);
    const later = group.write(() => insert.run("c"));
    other.db.exec("COMMIT");
    await Promise.all([...turn, later]);
    expect(textsIn(other.db)).toStrictEqual(["a", "b", "c"]);
    expect(group.commits).toBe(1);
  });

  test("rejects the turn when another process holds the file for too long, and goes on when it is free", async () => {
    const path = join(folder(), "notes.db");
    const { db, group } = await notes(path, 0);
    const other = await notes(path);
    const insert = db.prepare("INSERT INTO notes VALUES (?)");

    other.db.exec("BEGIN IMMEDIATE");
    const turn = ["a", "b"].map((text) => group.write(() => insert.run(text)));
    for (const outcome of await Promise.allSettled(turn)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "STORE_BUSY", retryable: true } });
    }
    other.db.exec("COMMIT");
    await group.write(() => insert.run("c"));
    expect(textsIn(other.db)).toStrictEqual(["c"]);
  });

  test("writes what is queued before it is closed", async () => {
    const path = join(folder(), "notes.db");
    const { db, group } = await notes(path);
    const other = await notes(path);
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    other.db.exec("BEGIN IMMEDIATE");
    const written = group.write(() => insert.run("a"));
    const drained = group.drain();
    other.db.exec("COMMIT");
    await drained;
    expect(textsIn(other.db)).toStrictEqual(["a"]);
    await written;
  });

  test("undoes the turn when a write breaks half way", async () => {
    const { db, group } = await notes();
    const insert = db.prepare("INSERT INTO notes VALUES (?)");
    const turn = [
      group.write(() => insert.run("before")),
      group.write(() => {
        insert.run("half");
        throw new TypeError("broken");
      }),
    ];
    for (const outcome of await Promise.allSettled(turn)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "STORE_FAILED" } });
    }
    expect(textsIn(db)).toStrictEqual([]);
  });
});
