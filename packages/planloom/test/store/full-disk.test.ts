// A disk without room: a real one of 700 KB where this process may mount it, and a limit on the pages of the database
// anywhere. In: runs that write more than there is room for. Out: STORE_FULL, nothing half-written, reads that go on,
// and runs that are completed once there is room.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import type { SqlDatabase } from "../../src/store/sqlite-driver.js";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite.js";
import { tool } from "../../src/tools/tool.js";
import { soundChain } from "../engine/parts.js";
import { figure } from "../figures.js";
import { chain, completed, folder, row } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };
const FULL = {
  code: "STORE_FULL",
  kind: "store",
  retryable: true,
  next: expect.stringMatching(/Free space.*resume/) as string,
};
const STEPS = 12;
const tally = { full: 0, completed: 0 };

afterAll(() => figure("full disk", tally));

/** Texts that no two steps share, so that each needs room of its own. */
const wordy = tool({
  name: "wordy",
  description: "Writes a lot.",
  input: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  output: { type: "string" },
  effects: "idempotent",
  run: ({ text }) => `${text as string} `.repeat(20_000),
});
const PLAN = {
  steps: Array.from({ length: STEPS }, (_, index) => ({
    id: `s${index}`,
    tool: "wordy",
    with: { text: `t${index}` },
    ...(index === 0 ? {} : { dependsOn: [`s${index - 1}`] }),
  })),
  answer: { value: "done" },
};

async function opened(path: string): Promise<SqliteStore> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

async function loomOver(store: SqliteStore): Promise<Loom> {
  const loom = await createLoom({ store, tools: [wordy] }, { env: {} });
  onTestFinished(() => loom.close());
  return loom;
}

/** Starts a run for which there is no room, makes room, resumes it. */
async function playThrough(store: SqliteStore, makeRoom: () => void): Promise<void> {
  const loom = await loomOver(store);
  const run = await loom.start("Write a lot.", { runId: "run", plan: PLAN });
  await expect(run.result()).rejects.toMatchObject(FULL);
  tally.full++;

  const before = await store.read("run");
  expect(soundChain(before)).toBe(true);
  expect((await run.document()).status).toBe("running");
  expect((await store.list()).runs.map(({ lastSeq }) => lastSeq)).toStrictEqual([before.length]);
  await expect(run.resume().then(() => run.result())).rejects.toMatchObject(FULL);

  makeRoom();
  await run.resume();
  expect(await run.result()).toMatchObject({ status: "completed", stepsCompleted: STEPS });
  const after = await store.read("run");
  expect(after.slice(0, before.length)).toStrictEqual(before);
  expect(soundChain(after)).toBe(true);
  tally.completed++;
}

describe("a database that may not grow", () => {
  const limitTo = (store: SqliteStore, pages: number): void =>
    (store as unknown as { readonly db: SqlDatabase }).db.exec(`PRAGMA max_page_count = ${pages}`);

  test("takes a run up to its last page, and the rest of it when it may grow", async () => {
    const store = await opened(join(folder(), "planloom.db"));
    limitTo(store, 200);
    await playThrough(store, () => limitTo(store, 100_000));
  });

  test("takes nothing of an append that has no room for all of it, and small ones go on", async () => {
    const store = await opened(join(folder(), "planloom.db"));
    await store.append("run", NEW, chain("run", 2));
    await store.writeJournal(row("run"), 0);
    limitTo(store, 40);
    const small = completed({ runId: "run", seq: 3 }, "small");
    const large = completed({ runId: "run", seq: 4 }, { text: "x".repeat(300_000) });
    await expect(store.append("run", { expectedSeq: 2, epoch: 0 }, [small, large])).rejects.toMatchObject(FULL);
    await expect(store.writeJournal(row("run", { n: 2, outcome: "x".repeat(300_000) }), 0)).rejects.toMatchObject(FULL);
    expect(await store.read("run")).toStrictEqual(chain("run", 2));
    expect(await store.readRunJournal("run")).toStrictEqual([row("run")]);

    await store.append("run", { expectedSeq: 2, epoch: 0 }, [small]);
    expect(await store.read("run")).toHaveLength(3);
  });
});

/** A file system of its own, small; undefined where this process may not mount one. */
function smallDisk(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const path = folder();
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=700k", "tmpfs", path]);
  if (mounted.status !== 0) return undefined;
  onTestFinished(() => void spawnSync("umount", ["-l", path]));
  return path;
}

describe("a disk that is full", () => {
  test("takes a run up to its last byte, and the rest of it when there is room", async ({ skip }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip("only root may mount a small disk here");
    const store = await opened(join(disk, "planloom.db"));
    await playThrough(store, () => void spawnSync("mount", ["-o", "remount,size=16m", disk]));
  });

  test("is said at opening, and what is on it can be read once something else has gone", async ({ skip }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip("only root may mount a small disk here");
    const [path, ballast] = [join(disk, "planloom.db"), join(disk, "ballast")];
    const before = await openSqliteStore({ path });
    await before.append("run", NEW, chain("run", 5));
    await before.close();
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    const outcome = await openSqliteStore({ path })
      .then(async (store) => {
        const append = store.append("run", { expectedSeq: 5, epoch: 0 }, chain("run", 6).slice(5));
        return append.finally(() => store.close());
      })
      .catch((error: unknown) => error);
    expect(outcome).toMatchObject(FULL);

    rmSync(ballast);
    const store = await opened(path);
    expect(await store.read("run")).toStrictEqual(chain("run", 5));
    expect(existsSync(path)).toBe(true);
  });
});
