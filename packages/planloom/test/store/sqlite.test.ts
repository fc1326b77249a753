import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { isAtLeast, loadSqlite } from "../../src/store/sqlite-driver.js";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite.js";
import { storeConformance } from "../../src/testing/conformance/store.js";
import { testEach } from "../conformance.js";
import { chain, completed, entry, folder, row } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };
const newPath = (): string => join(folder(), "deep", "planloom.db");

async function opened(path: string): Promise<SqliteStore> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

testEach("sqlite", storeConformance({ openStore: () => openSqliteStore({ path: newPath() }) }));

describe("a sqlite store", () => {
  test("holds after closing what it was given: events, blobs, journal, owner and inbox", async () => {
    const path = newPath();
    const large = { text: "x".repeat(LIMITS.blobBytes), list: [null, "y".repeat(LIMITS.blobBytes)] };
    const before = await opened(path);
    await before.append("run", NEW, [completed({ runId: "run", seq: 1 }, large)]);
    await before.writeJournal(row("run", { outcome: large }), 0);
    await before.put("run", entry("a", large));
    await before.claim("run", 0, "host/1/1", 9_000);
    const heads = await before.list();
    await before.close();

    const after = await opened(path);
    expect(await after.read("run")).toStrictEqual([completed({ runId: "run", seq: 1 }, large)]);
    expect(await after.readRunJournal("run")).toStrictEqual([row("run", { outcome: large })]);
    expect(await after.take("run", 0)).toStrictEqual([{ ...entry("a", large), cursor: 1 }]);
    expect(await after.owner("run")).toStrictEqual({ epoch: 1, holder: "host/1/1", leaseUntil: 9_000 });
    expect(await after.list()).toStrictEqual(heads);
  });

  test("stores a large value once, however often events, rows and commands hold it", async () => {
    const path = newPath();
    const store = await opened(path);
    const text = "x".repeat(2_000_000);
    const events = Array.from({ length: 10 }, (_, index) => completed({ runId: "run", seq: index + 1 }, { text }));
    await store.append("run", NEW, events);
    await store.writeJournal(row("run", { outcome: text }), 0);
    await store.put("run", entry("a", [text]));
    await store.close();
    expect(statSync(path).size).toBeLessThan(3_000_000);
  });

  test("spends one commit on all writes of one turn, of whatever kind", async () => {
    const store = await opened(newPath());
    const runs = Array.from({ length: 100 }, (_, index) => `run-${index}`);
    await Promise.all([
      ...runs.map((runId) => store.append(runId, NEW, chain(runId, 1))),
      store.put("run-0", entry("a")),
      store.claim("run-1", 0, "host/1/1", 9_000),
      store.writeJournal(row("run-2"), 0),
    ]);
    expect(store.commits).toBe(1);
  });

  test("spends one commit on each append of a chain", async () => {
    const store = await opened(newPath());
    for (const [index, event] of chain("run", 100).entries()) {
      await store.append("run", { expectedSeq: index, epoch: 0 }, [event]);
    }
    expect(store.commits).toBe(100);
  });

  test("refuses a value that JSON cannot hold, alone in its turn", async () => {
    const store = await opened(newPath());
    const odd = completed({ runId: "odd", seq: 1 }, 1n as unknown as number);
    const [refused, kept] = await Promise.allSettled([
      store.append("odd", NEW, [odd]),
      store.append("run", NEW, chain("run", 1)),
    ]);
    expect(refused).toMatchObject({ status: "rejected", reason: { code: "STORE_FAILED" } });
    expect(kept.status).toBe("fulfilled");
  });

  test("is whole in its one file when it is closed, so that a copy of that has everything", async () => {
    const [path, copy] = [newPath(), join(folder(), "copy.db")];
    const store = await opened(path);
    await store.append("run", NEW, chain("run", 10));
    await store.close();
    copyFileSync(path, copy);
    expect(await (await opened(copy)).read("run")).toStrictEqual(chain("run", 10));
  });

  test("commits what is queued before it closes, and refuses what comes later", async () => {
    const path = newPath();
    const store = await openSqliteStore({ path });
    const last = store.append("run", NEW, chain("run", 1));
    await store.close();
    await last;
    await store.close();
    await expect(store.read("run")).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(store.put("run", entry("a"))).rejects.toMatchObject({ code: "STORE_FAILED" });
    expect(await (await opened(path)).read("run")).toHaveLength(1);
  });
});

describe("two sqlite stores on one file", () => {
  test("see each other's writes", async () => {
    const path = newPath();
    const [one, two] = [await opened(path), await opened(path)];
    await one.append("run", NEW, chain("run", 2));
    expect(await two.read("run")).toStrictEqual(chain("run", 2));
    await two.put("run", entry("a"));
    expect(await one.take("run", 0)).toHaveLength(1);
  });

  test("cannot both append the same event", async () => {
    const path = newPath();
    const [one, two] = [await opened(path), await opened(path)];
    const outcomes = await Promise.allSettled([one, two].map((store) => store.append("run", NEW, chain("run", 1))));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ code: "STORE_CONFLICT" });
  });

  test("cannot both claim a run, and the one that loses it is fenced", async () => {
    const path = newPath();
    const [one, two] = [await opened(path), await opened(path)];
    const epochs = await Promise.all([one.claim("run", 0, "host/1/1", 9_000), two.claim("run", 0, "host/2/2", 9_000)]);
    expect(epochs.filter((epoch) => epoch === 1)).toHaveLength(1);

    expect(await two.claim("run", 1, "host/3/3", 9_000)).toBe(2);
    const late = one.append("run", { expectedSeq: 0, epoch: 1 }, chain("run", 1));
    await expect(late).rejects.toMatchObject({ code: "STORE_FENCED" });
  });

  test("can be opened at the same time on a new file", async () => {
    const path = newPath();
    const stores = await Promise.all(Array.from({ length: 8 }, () => opened(path)));
    await Promise.all(stores.map((store, index) => store.append(`run-${index}`, NEW, chain(`run-${index}`, 1))));
    expect((await stores[0]?.list())?.runs).toHaveLength(8);
  });
});

const WRITER = fileURLToPath(new URL("./sqlite-writer.mjs", import.meta.url));
const BUILT = existsSync(fileURLToPath(new URL("../../dist/store/sqlite.js", import.meta.url)));

describe("a sqlite store whose process is killed", () => {
  test.skipIf(!BUILT)("loses nothing that it acknowledged", async () => {
    const path = newPath();
    for (const [round, acknowledgements] of [1, 57, 300].entries()) {
      const runId = `run-${round}`;
      const acknowledged = await writeUntilKilled(path, runId, acknowledgements);
      const store = await opened(path);
      const seqs = (await store.read(runId)).map((event) => event.seq);
      await store.close();
      expect(acknowledged).toBeGreaterThanOrEqual(acknowledgements);
      expect(seqs.length).toBeGreaterThanOrEqual(acknowledged);
      expect(seqs).toStrictEqual(seqs.map((_, index) => index + 1));
    }
  });
});

/** Kills a writing process once it acknowledged `count` events; gives the last seq that it acknowledged. */
async function writeUntilKilled(path: string, runId: string, count: number): Promise<number> {
  const writer = spawn(process.execPath, [WRITER, path, runId], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(writer, "exit");
  let last = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    last = Number(line);
    if (last === count) writer.kill("SIGKILL");
  }
  expect((await ended)[1]).toBe("SIGKILL");
  return last;
}

describe("what cannot be opened as a sqlite store is refused with what to do", () => {
  const refusal = (code: string) => ({ code, kind: "store", next: expect.stringMatching(/\w/) as string });

  test.each([
    ["a long text", "This is no database. ".repeat(500)],
    ["a short text", "hello"],
  ])("%s", async (_, text) => {
    const path = join(folder(), "planloom.db");
    writeFileSync(path, text);
    await expect(openSqliteStore({ path })).rejects.toMatchObject(refusal("STORE_DAMAGED"));
    await expect(openSqliteStore({ path })).rejects.toThrow(path);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("a store with a destroyed middle, when what is gone is read", async () => {
    const path = newPath();
    const before = await opened(path);
    await before.append("run", NEW, chain("run", 200));
    await before.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 4_096));

    const reading = async () => (await opened(path)).read("run");
    await expect(reading()).rejects.toMatchObject(refusal("STORE_DAMAGED"));
  });

  test("a folder", async () => {
    const path = folder();
    await expect(openSqliteStore({ path })).rejects.toMatchObject(refusal("STORE_FAILED"));
    await expect(openSqliteStore({ path })).rejects.toThrow(/is a folder/);
  });

  test("a place below a file", async () => {
    const file = join(folder(), "file");
    writeFileSync(file, "");
    const path = join(file, "planloom.db");
    await expect(openSqliteStore({ path })).rejects.toMatchObject(refusal("STORE_FAILED"));
  });

  test.skipIf(process.getuid?.() === 0)("a file that may only be read", async () => {
    const path = newPath();
    await (await opened(path)).close();
    chmodSync(path, 0o444);
    await expect(openSqliteStore({ path })).rejects.toMatchObject(refusal("STORE_FAILED"));
  });

  test.skipIf(process.getuid?.() === 0)("a folder without permission", async () => {
    const locked = join(folder(), "locked");
    mkdirSync(locked, { mode: 0o500 });
    await expect(openSqliteStore({ path: join(locked, "planloom.db") })).rejects.toMatchObject(refusal("STORE_FAILED"));
  });

  test("a store of a newer version, which stays as it is", async () => {
    const path = newPath();
    await (await opened(path)).close();
    const db = new (await loadSqlite())(path);
    db.exec("PRAGMA user_version = 99");
    db.close();
    await expect(openSqliteStore({ path })).rejects.toMatchObject(refusal("STORE_NEWER"));
    await expect(openSqliteStore({ path })).rejects.toThrow(/version 99/);
  });

  test("a database of another program, which stays as it is", async () => {
    const path = join(folder(), "other.db");
    const db = new (await loadSqlite())(path);
    db.exec("CREATE TABLE theirs (x)");
    db.close();
    const before = readFileSync(path);
    await expect(openSqliteStore({ path })).rejects.toThrow(/another program/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each([
    [
      "approves",
      "CREATE TRIGGER approves AFTER INSERT ON events BEGIN INSERT INTO inbox (run, cursor, input_id, entry) VALUES (new.run, 1, 'a', '{}'); END",
    ],
    ["approvals", "CREATE VIEW approvals AS SELECT * FROM inbox"],
    ["said", "CREATE TABLE said (a TEXT, b TEXT GENERATED ALWAYS AS (upper(a)))"],
    ["found", "CREATE VIRTUAL TABLE found USING fts5(a)"],
  ])("a store in which %s changes or computes rows by itself; it stays as it is", async (name, sql) => {
    const path = newPath();
    await (await opened(path)).close();
    const db = new (await loadSqlite())(path);
    db.exec(sql);
    db.close();
    const before = readFileSync(path);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      ...refusal("STORE_FAILED"),
      params: { problem: "active", of: name },
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

test.each([
  ["3.51.3", true],
  ["3.51.2", false],
  ["3.9.9", false],
  ["3.53.0", true],
  ["4.0", true],
  ["3.51", false],
])("SQLite %s is new enough: %s", (version, enough) => {
  expect(isAtLeast(version, "3.51.3")).toBe(enough);
});
