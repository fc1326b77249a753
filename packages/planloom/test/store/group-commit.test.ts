import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { GroupCommit } from "../../src/store/group-commit.js";
import { loadSqlite, type SqlDatabase } from "../../src/store/sqlite-driver.js";
import { folder } from "./sample.js";

async function notes(path = join(folder(), "notes.db")): Promise<{ db: SqlDatabase; group: GroupCommit }> {
  const db = new (await loadSqlite())(path);
  onTestFinished(() => db.close());
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS notes (text TEXT)");
  return { db, group: new GroupCommit(db, path) };
}

const textsIn = (db: SqlDatabase): unknown[] =>
  db
    .prepare("SELECT text FROM notes")
    .all()
    .map((row) => (row as { text: string }).text);

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

  test("rejects the turn when another process holds the file, and goes on when it is free", async () => {
    const path = join(folder(), "notes.db");
    const { db, group } = await notes(path);
    const other = await notes(path);
    db.exec("PRAGMA busy_timeout = 0");
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
