// The write-ahead log beside a store: what may be torn, what may not, and what others write meanwhile. In: bytes
// changed in it. Out: the store up to its last sound commit, or STORE_DAMAGED with every byte still there.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { damageOfLog } from "../../src/store/sqlite-wal.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { chain, folder } from "./sample.js";

const EVENTS = 20;
const HEADER_BYTES = 32;

/**
 * A store as a killed process leaves it, every event a commit of its own; then `change` was made to its write-ahead
 * log.
 */
async function left(change: (log: Buffer) => Buffer): Promise<string> {
  const [path, copy] = [join(folder(), "planloom.db"), join(folder(), "planloom.db")];
  const store = await openSqliteStore({ path });
  for (const [index, event] of chain("run", EVENTS).entries()) {
    await store.append("run", { expectedSeq: index, epoch: 0 }, [event]);
  }
  writeFileSync(copy, readFileSync(path));
  writeFileSync(`${copy}-wal`, change(readFileSync(`${path}-wal`)));
  await store.close();
  return copy;
}

async function eventsIn(path: string): Promise<number> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return (await store.read("run")).length;
}

const flipped = (log: Buffer, at: number): Buffer => {
  log[at]! ^= 4;
  return log;
};

describe("a write-ahead log", () => {
  test("that nothing happened to gives everything", async () => {
    expect(await eventsIn(await left((log) => log))).toBe(EVENTS);
  });

  test("that was torn in its last commit is cut before it", async () => {
    expect(await eventsIn(await left((log) => flipped(log, log.length - 1)))).toBe(EVENTS - 1);
    expect(await eventsIn(await left((log) => log.subarray(0, log.length - 1)))).toBe(EVENTS - 1);
  });

  test.each<[string, (log: Buffer) => number]>([
    ["its head", () => 17],
    ["its middle", (log) => HEADER_BYTES + Math.floor(log.length / 2)],
    ["its first commit", () => HEADER_BYTES + 500],
  ])("that is damaged in %s is refused, and left as it is", async (_, place) => {
    const path = await left((log) => flipped(log, place(log)));
    const before = readFileSync(`${path}-wal`);
    const refusal = { code: "STORE_DAMAGED", action: { action: "events" } };
    for (let i = 0; i < 2; i++) await expect(openSqliteStore({ path })).rejects.toMatchObject(refusal);
    expect(readFileSync(`${path}-wal`).equals(before)).toBe(true);
  });

  test("beside an empty file is not thrown away", async () => {
    const path = await left((log) => log);
    writeFileSync(path, "");
    await expect(openSqliteStore({ path })).rejects.toThrow(/the file is empty/);
    expect(existsSync(`${path}-wal`)).toBe(true);
  });
});

const WRITER = fileURLToPath(new URL("./sqlite-writer.mjs", import.meta.url));
const BUILT = existsSync(fileURLToPath(new URL("../../dist/store/sqlite.js", import.meta.url)));

test.skipIf(!BUILT)("writes of another process at the same time do not count as damage", async () => {
  const path = join(folder(), "planloom.db");
  const writer = spawn(process.execPath, [WRITER, path, "run"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(writer, "exit");
  await once(writer.stdout, "data");
  writer.stdout.resume();
  const salts = new Set<string>();
  const found: string[] = [];
  // Until the log has begun anew a few times under our eyes.
  for (let i = 0; i < 100_000 && salts.size < 3; i++) {
    const damage = damageOfLog(path);
    if (damage !== undefined) found.push(damage);
    salts.add(readFileSync(`${path}-wal`).toString("hex", 16, 24));
    await new Promise((resolve) => setImmediate(resolve));
  }
  writer.kill("SIGKILL");
  await ended;
  expect(found).toStrictEqual([]);
  expect(salts.size).toBe(3);
});
