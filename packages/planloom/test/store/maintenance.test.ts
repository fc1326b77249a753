// Maintaining a store: facts, check, backup, prune, vacuum, sweep. In: real files, which other processes write to, or in
// which one is killed. Out: complete copies, only the runs that are to stay, and no large value that nobody holds.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import { loadSqlite } from "../../src/store/sqlite-driver.js";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite.js";
import { tool } from "../../src/tools/tool.js";
import { folder } from "./sample.js";

const LARGE = 100_000;

const speak = tool({
  name: "speak",
  description: "Says a long text.",
  input: { type: "object", properties: { of: { type: "string" } }, required: ["of"] },
  output: { type: "string" },
  effects: "none",
  run: ({ of }) => (of as string).repeat(LARGE),
});

const planOf = (of: string) => ({
  steps: [
    { id: "a", tool: "speak", with: { of } },
    { id: "b", tool: "calculate", with: { expression: "1 + 1" }, dependsOn: ["a"] },
  ],
  answer: { value: "done" },
});

async function opened(path: string): Promise<Loom> {
  const loom = await createLoom({ store: path, tools: [speak] }, { env: {} });
  onTestFinished(() => loom.close());
  return loom;
}

async function ended(loom: Loom, of: string): Promise<string> {
  const { runId } = await loom.run(of, { plan: planOf(of) });
  return runId;
}

const blobsIn = async (path: string): Promise<number> => {
  const db = new (await loadSqlite())(path);
  try {
    return (db.prepare("SELECT count(*) AS blobs FROM blobs").get() as { readonly blobs: number }).blobs;
  } finally {
    db.close();
  }
};

/** Another process that runs plans in this store until it is killed. */
async function busyProcess(path: string): Promise<ChildProcess> {
  const program = `
    const { createLoom } = await import(process.argv[1]);
    const loom = await createLoom({ store: process.argv[2] }, { env: {} });
    const plan = { steps: [{ id: "a", tool: "calculate", with: { expression: "1 + 1" } }], answer: { value: "\${{ a }}" } };
    for (;;) { await loom.run("count", { plan }); console.log("one more"); }
  `;
  const given = [new URL("../../dist/index.js", import.meta.url).href, path];
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, ...given], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

test("a backup is a complete store of one moment, made while others write; it replaces nothing", async () => {
  const path = join(folder(), "runs.db");
  const child = await busyProcess(path);
  const loom = await opened(path);
  const large = await ended(loom, "x");
  const file = join(folder(), "copy.db");
  expect(await loom.maintenance.backup(file)).toMatchObject({ file, bytes: statSync(file).size });
  await expect(loom.maintenance.backup(file)).rejects.toMatchObject({
    code: "STORE_FAILED",
    params: { problem: "exists", of: file },
  });
  await once(child.stdout!, "data");

  expect(statSync(file).mode & 0o777).toBe(0o600);
  const copy = await opened(file);
  const { runs } = await copy.list();
  expect(runs.map(({ status }) => status)).not.toContain("unreadable");
  expect(await copy.maintenance.check()).toMatchObject({ file: [], damaged: [], runs: runs.length, unused: 0 });
  expect((await (await copy.get(large)).document()).status).toBe("completed");
  await ended(copy, "y");
});

test("a backup into a place that cannot be written leaves nothing behind", async () => {
  const place = folder();
  const loom = await opened(join(place, "runs.db"));
  await ended(loom, "x");
  writeFileSync(join(place, "file"), "");
  await expect(loom.maintenance.backup(join(place, "file", "copy.db"))).rejects.toMatchObject({
    code: "STORE_FAILED",
    params: { problem: "place" },
  });
  expect(readdirSync(place).filter((name) => name.includes("part"))).toStrictEqual([]);
});

test("prune removes what is old and ended, with the values that only it holds; forks and the rest stay", async () => {
  const path = join(folder(), "runs.db");
  const loom = await opened(path);
  const [old, shared] = [await ended(loom, "x"), await ended(loom, "y")];
  const fork = await (await loom.get(shared)).fork({ at: "b" });
  await fork.result();
  const waiting = await loom.start("ask", { plan: { steps: [{ id: "a", ask: "Well?" }], answer: { value: "done" } } });
  await waiting.result();

  const query = { olderThan: -1 };
  const chosen = (await loom.maintenance.prunable(query)).map(({ runId }) => runId);
  expect(chosen.sort()).toStrictEqual([old, shared, fork.id].sort());
  await loom.delete(old);
  expect(await blobsIn(path)).toBe(1);
  await loom.engine.delete(shared, { keepValues: true });
  expect(await loom.maintenance.check()).toMatchObject({ damaged: [], unused: 0 });
  expect((await (await loom.get(fork.id)).document()).status).toBe("completed");

  expect(await loom.maintenance.prune({ olderThan: 60_000 })).toMatchObject({ removed: [] });
  expect(await loom.maintenance.prune(query)).toStrictEqual({ removed: [fork.id], kept: [], values: 1 });
  expect((await loom.list()).runs.map(({ runId }) => runId)).toStrictEqual([waiting.id]);
  expect(await loom.maintenance.info()).toMatchObject({
    runs: { "needs-attention": 1 },
    largeValues: 0,
    journalRows: 0,
  });
  const { before, after } = await loom.maintenance.vacuum();
  expect(after).toBeLessThan(before);
  expect(await loom.maintenance.check()).toMatchObject({ file: [], damaged: [], runs: 1 });
});

test("a prune that was killed half-way is finished by the next one", async () => {
  const path = join(folder(), "runs.db");
  const before = await opened(path);
  for (const of of ["x", "y"]) await ended(before, of);
  await before.close();
  const store: SqliteStore = await openSqliteStore({ path });
  const { runs } = await store.list();
  const owner = await store.owner(runs[0]!.runId);
  await store.delete(runs[0]!.runId, owner!.epoch, { keepValues: true });
  await store.close();

  const loom = await opened(path);
  expect(await loom.maintenance.check()).toMatchObject({ damaged: [], unused: 1 });
  expect(await loom.maintenance.prune({ olderThan: -1 })).toMatchObject({ removed: [runs[1]!.runId], values: 2 });
  expect(await blobsIn(path)).toBe(0);
});

test("check names each damaged run, and reads on", async () => {
  const path = join(folder(), "runs.db");
  const loom = await opened(path);
  const [one, other] = [await ended(loom, "x"), await ended(loom, "y")];
  await loom.close();
  const db = new (await loadSqlite())(path);
  db.exec(
    `UPDATE events SET event = replace(event, '"by":"engine"', '"by":"ghost!"') WHERE run = '${one}' AND seq = 2`,
  );
  db.close();
  const found = await (await opened(path)).maintenance.check();
  expect(found).toMatchObject({ runs: 2, damaged: [{ runId: one, error: { code: "RUN_DAMAGED" } }] });
  expect(found.damaged.map(({ runId }) => runId)).not.toContain(other);
});

test("a store in memory has nothing to maintain, and says so", async () => {
  const loom = await createLoom({ store: "memory" }, { env: {} });
  onTestFinished(() => loom.close());
  await expect(loom.maintenance.info()).rejects.toMatchObject({ code: "STORE_NOT_MAINTAINED" });
  expect(existsSync("memory")).toBe(false);
});
