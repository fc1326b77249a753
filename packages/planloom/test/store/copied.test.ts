// A store file that was copied without its write-ahead log, or that has lost it. In: files as a process left them when it
// was killed, or closed them. Out: all runs that had ended, or STORE_INCOMPLETE; never an empty list.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { loadSqlite } from "../../src/store/sqlite-driver.js";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite.js";
import { workspace } from "../cli/planloom.js";
import { until } from "../engine/parts.js";
import { completed, folder, started } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };
const INCOMPLETE = { code: "STORE_INCOMPLETE", kind: "store" };

async function opened(path: string, acceptLoss = false): Promise<SqliteStore> {
  const store = await openSqliteStore({ path, acceptLoss });
  onTestFinished(() => store.close());
  return store;
}

async function begun(store: SqliteStore, runId: string): Promise<void> {
  const { events, head } = started(runId);
  await store.append(runId, NEW, events, head);
}

const idsIn = async (store: SqliteStore): Promise<readonly string[]> =>
  (await store.list()).runs.map(({ runId }) => runId).sort();

/** The files as they are now, under another name. `ends`: which of them. */
function copied(path: string, ends: readonly string[]): string {
  const copy = join(folder(), "copy.db");
  for (const end of ends) copyFileSync(path + end, copy + end);
  return copy;
}

/** Another SQLite program opens the store, reads it, and closes it: it merges the log and removes it. */
async function readByOthers(path: string): Promise<void> {
  const db = new (await loadSqlite())(path);
  db.exec("SELECT count(*) FROM runs; PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
}

test("a copy of the file alone, made while the store is used, is refused", async () => {
  const path = join(folder(), "runs.db");
  const store = await opened(path);
  await begun(store, "r1");
  await expect(opened(copied(path, [""]))).rejects.toMatchObject(INCOMPLETE);
  expect(await idsIn(await opened(copied(path, ["", "-wal"])))).toStrictEqual(["r1"]);
});

test("a closed store is complete in one file, each time that it is used", async () => {
  const path = join(folder(), "runs.db");
  for (const runId of ["r1", "r2", "r3"]) {
    const store = await openSqliteStore({ path });
    await begun(store, runId);
    await store.close();
    expect(await idsIn(await opened(copied(path, [""])))).toContain(runId);
  }
});

test("a store that another program has merged is complete", async () => {
  const path = join(folder(), "runs.db");
  await begun(await opened(path), "r1");
  const copy = copied(path, ["", "-wal"]);
  await readByOthers(copy);
  expect(await idsIn(await opened(copy))).toStrictEqual(["r1"]);
});

test("a process that closes the store while another uses it leaves the mark for it", async () => {
  const path = join(folder(), "runs.db");
  const [one, other] = [await opened(path), await openSqliteStore({ path })];
  await begun(one, "r1");
  await begun(other, "r2");
  await other.close();
  expect(statSync(`${path}-wal`).size).toBe(0);
  expect(await idsIn(await opened(copied(path, [""])))).toStrictEqual(["r1", "r2"]);
  await begun(one, "r3");
  await expect(opened(copied(path, [""]))).rejects.toMatchObject(INCOMPLETE);
});

test("what a lost log has left can be used when a person accepts the loss, and is complete from then on", async () => {
  const path = join(folder(), "runs.db");
  const before = await openSqliteStore({ path });
  await begun(before, "r1");
  await before.close();
  await begun(await opened(path), "r2");
  const copy = copied(path, [""]);
  const accepted = await openSqliteStore({ path: copy, acceptLoss: true });
  expect(await idsIn(accepted)).toStrictEqual(["r1"]);
  await begun(accepted, "r3");
  await accepted.close();
  expect(await idsIn(await opened(copy))).toStrictEqual(["r1", "r3"]);
});

/** Writes the given events into a store, says so, and stays. */
const WRITER = `
  const { openSqliteStore } = await import(process.argv[1]);
  const store = await openSqliteStore({ path: process.argv[2] });
  const { events, head } = JSON.parse(process.argv[3]);
  await store.append("r1", { expectedSeq: 0, epoch: 0 }, events, head);
  console.log("written");
  setInterval(() => {}, 1000);
`;

test("a store whose process was killed goes on, and a copy without its log is refused by the command line", async () => {
  const path = join(folder(), "runs.db");
  const { events, head } = started("r1");
  const given = [new URL("../../dist/index.js", import.meta.url).href, path, JSON.stringify({ events, head })];
  const child = spawn(process.execPath, ["--input-type=module", "-e", WRITER, ...given], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(`${path}-wal`)).toBe(true);
  const [alone, whole] = [copied(path, [""]), copied(path, ["", "-wal"])];

  const runs = (store: string) => workspace().run(["runs"], { env: { PLANLOOM_STORE: store } });
  expect(await runs(alone)).toMatchObject({ code: 4, stderr: expect.stringContaining("STORE_INCOMPLETE") as string });
  expect(await runs(whole)).toMatchObject({ code: 0, stdout: expect.stringContaining("r1") as string });
  expect(await idsIn(await opened(path))).toStrictEqual(["r1"]);
});

test("when a run ends, the log is merged, so that the file alone holds the run", async () => {
  const path = join(folder(), "runs.db");
  const loom = await createLoom({ store: path }, { env: {} });
  onTestFinished(() => loom.close());
  const plan = { steps: [{ id: "a", tool: "calculate", with: { expression: "1 + 1" } }], answer: { value: "done" } };
  const { runId } = await loom.run("g", { plan });
  const statuses = async () => {
    const store = await openSqliteStore({ path: copied(path, [""]), acceptLoss: true });
    return (await store.list().finally(() => store.close())).runs.map((one) => [one.runId, one.status]);
  };
  await until("the file alone holds the run", async () =>
    (await statuses()).some(([id, status]) => id === runId && status === "completed"),
  );
});

test("a log that has become long is merged while the store is used", async () => {
  const path = join(folder(), "runs.db");
  const store = await opened(path);
  for (let seq = 1; seq <= 200; seq++)
    await store.append("r1", { expectedSeq: seq - 1, epoch: 0 }, [
      completed({ runId: "r1", seq }, `${seq} `.repeat(25_000)),
    ]);
  const written = statSync(path).size;
  expect(written).toBeGreaterThan(10_000_000);
  expect(statSync(`${path}-wal`).size).toBeLessThan(written / 2);
});
