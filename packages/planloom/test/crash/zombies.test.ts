// Two to four processes on one run, all but the last stopped (SIGSTOP) at some point of it and continued (SIGCONT) when
// another has taken the run over. In: real processes, whose clocks are so far apart that the lease of a stopped one has
// run out. Out: a run with one history: what acts once acted once, and who lost the run was refused at its next write.
// PLANLOOM_ZOMBIES=60 plays so many rounds.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { LIMITS } from "../../src/limits.js";
import type { RunDocument } from "../../src/loom/document.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { soundChain } from "../engine/parts.js";
import { figure } from "../figures.js";
import { effectsOf, inParallel, keptOf, newRunFiles, repeatedOf, spawned, type RunFiles } from "./processes.js";
import { toolsOver } from "./tools.mjs";

const ROUNDS = Number(process.env["PLANLOOM_ZOMBIES"] ?? 6);
/** A safety net for a busy machine. */
const TEST_MS = 150_000 * ROUNDS;

interface Told {
  readonly status?: string;
  readonly code?: string;
}

let folder: string;
const tally = { rounds: 0, processes: 0, fenced: 0, doubled: 0 };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "planloom-zombies-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  figure("zombies", tally);
});

/** One process of the run, stopped when it has appended `stopAfter` events; never where that is undefined. */
async function owner(files: RunFiles, order: number, stopAfter?: number) {
  const argument = { ...files, mode: order === 0 ? "start" : "resume", ageMs: order * 2 * LIMITS.leaseMs };
  const { process: child, told } = spawned<Told>("zombie", argument);
  const stopped = new Promise<void>((resolve) => {
    let events = 0;
    createInterface({ input: child.stderr! }).on("line", (line) => {
      if (!line.startsWith("event ") || ++events !== stopAfter) return;
      child.kill("SIGSTOP");
      resolve();
    });
  });
  await Promise.race([stopped, once(child, "close")]);
  return { told, goOn: () => void child.kill("SIGCONT") };
}

/** What is left to do, once nobody is stopped any more and everybody can look at what was done. */
async function finished(files: RunFiles): Promise<RunDocument> {
  const store = await openSqliteStore({ path: files.path });
  const loom = await createLoom({ tools: toolsOver(files.effectsFile), store, guard: "off" }, { env: {} });
  try {
    const run = await loom.get(files.runId);
    await run.resume();
    let document = await run.result();
    for (let i = 0; i < 8 && document.waiting !== undefined; i++) {
      for (const { step } of document.waiting.unknown) {
        const output = effectsOf(files).find(({ x }) => x === step)?.output;
        if (output === undefined) await run.settle(step, "not-happened");
        else await run.settle(step, "happened", { output });
      }
      document = await run.result();
    }
    return document;
  } finally {
    await loom.close();
    await store.close();
  }
}

async function round(number: number): Promise<void> {
  const files = newRunFiles(folder, "payments");
  const processes = 2 + (number % 3);
  const owners = [];
  for (let order = 0; order < processes - 1; order++) {
    // Somewhere in its first events, another point each round.
    owners.push(await owner(files, order, 2 + ((number * 5 + order * 3) % 7)));
  }
  const last = owner(files, processes - 1);
  // Every other round, the zombies wake while the last one is at work.
  if (number % 2 === 0) await last;
  for (const { goOn } of owners) goOn();
  const told = await Promise.all([...owners, await last].map((each) => each.told));

  const document = await finished(files);
  expect(document.status).toBe("completed");
  const { log } = await keptOf(files);
  expect(soundChain(log)).toBe(true);
  const doubled = repeatedOf(effectsOf(files));
  expect(doubled).toBe(0);
  expect(effectsOf(files).filter(({ tool }) => tool === "pay")).toHaveLength(6);
  const codes = told.map((each) => (each === "killed" ? "killed" : (each.code ?? each.status ?? "")));
  expect(codes).not.toContain("killed");
  tally.rounds++;
  tally.processes += processes;
  tally.fenced += codes.filter((code) => code === "STORE_FENCED").length;
  tally.doubled += doubled;
}

test(
  "a process that was stopped and wakes up does nothing twice, and writes nothing any more",
  async () => {
    const failures: string[] = [];
    const rounds = Array.from({ length: ROUNDS }, (_, index) => index);
    await inParallel(rounds, (number) =>
      round(number).catch((error: unknown) => void failures.push(`round ${number}: ${String(error)}`)),
    );
    expect(failures).toStrictEqual([]);
    expect(tally.fenced).toBeGreaterThan(0);
  },
  TEST_MS,
);
