// Where a run is killed: a store, a file of effects, and the processes that drive it there. In: a plan's name. Out:
// what the processes tell, and what is left in the files. Separate because the stories of kills and of zombies play
// with the same ones.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import type { RunDocument } from "../../src/loom/document.js";
import type { RunEvent } from "../../src/run/event.js";
import type { JournalRow } from "../../src/store/event-store.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import type { PLANS } from "./plans.mjs";

export const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
/** A script of this folder, bundled with the library, so that its process starts in less CPU time. */
const bundledScript = (name: ScriptName) => join(inject("bundled"), "dist", "cli", `crash-${name}.js`);
/** A child that takes longer hangs. */
export const CHILD_MS = 170_000;
/** Processes at a time. */
const WIDTH = 2;

type ScriptName = "child" | "zombie";
export type PlanName = keyof typeof PLANS;
export type Kill = { readonly n: number; readonly when: "before" | "after" };

export interface Told {
  readonly writes: number;
  readonly document?: RunDocument;
  /** The status in which the run came to rest first. */
  readonly first?: string;
  readonly code?: string;
  /** For a resumed run that had not ended: the time from the start of the process to its first event. */
  readonly recoveryMs?: number;
}

export interface RunFiles {
  readonly name: string;
  readonly path: string;
  readonly runId: string;
  readonly effectsFile: string;
}

export interface Effect {
  readonly tool: string;
  readonly key: string;
  readonly x: string;
  readonly output: string;
}

export interface Kept {
  readonly log: readonly RunEvent[];
  readonly journal: readonly JournalRow[];
}

let count = 0;

export function newRunFiles(folder: string, name: string): RunFiles {
  const runId = `${name}-${++count}`;
  return { name, runId, path: join(folder, `${runId}.db`), effectsFile: join(folder, `${runId}.effects`) };
}

/** A process, and the one line that it says when it ends by itself; "killed" where it was sent SIGKILL. */
export function spawned<T>(
  script: ScriptName,
  argument: object,
): { readonly process: ChildProcess; readonly told: Promise<T | "killed"> } {
  const process_ = spawn(process.execPath, [bundledScript(script), JSON.stringify(argument)], {
    timeout: CHILD_MS,
    killSignal: "SIGTERM",
  });
  return { process: process_, told: toldBy<T>(process_) };
}

async function toldBy<T>(running: ChildProcess): Promise<T | "killed"> {
  let [out, errors] = ["", ""];
  running.stdout?.on("data", (data: Buffer) => (out += data.toString()));
  running.stderr?.on("data", (data: Buffer) => (errors += data.toString()));
  const [code, signal] = (await once(running, "close")) as [number | null, string | null];
  if (signal === "SIGKILL") return "killed";
  if (code !== 0) throw new Error(signal === "SIGTERM" ? "the child hangs" : `the child ended with ${code}: ${errors}`);
  return JSON.parse(out) as T;
}

export const effectsOf = ({ effectsFile }: RunFiles): readonly Effect[] =>
  !existsSync(effectsFile)
    ? []
    : readFileSync(effectsFile, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Effect);

export async function keptOf({ path, runId }: RunFiles): Promise<Kept> {
  const store = await openSqliteStore({ path });
  try {
    return { log: await store.read(runId), journal: await store.readRunJournal(runId) };
  } finally {
    await store.close();
  }
}

/** What must be the same, killed or not. */
export const essence = (document: RunDocument | undefined) => ({
  status: document?.status,
  answer: document?.answer,
  steps: document?.steps.map(({ id, status, output, items }) => ({
    id,
    status,
    output,
    items: items?.map((item) => [item.status, item.output]),
  })),
});

/** Tools that act once, and those whose key must name one thing only. */
const ONCE = ["pay", "sign", "garble", "book", "post", "unpost"];
const KEYED = ["put", "flaky", "unbook"];

/** How often something that acts once was done again; throws where a key stands for two things. */
export function repeatedOf(effects: readonly Effect[]): number {
  const once_ = effects.filter(({ tool }) => ONCE.includes(tool)).map(({ key }) => key);
  const keys = new Map<string, string>();
  for (const { tool, key, x } of effects.filter((effect) => KEYED.includes(effect.tool))) {
    if ((keys.get(`${tool} ${key}`) ?? x) !== x) throw new Error(`the key ${key} stands for two calls of ${tool}`);
    keys.set(`${tool} ${key}`, x);
  }
  return once_.length - new Set(once_).size;
}

/** What was undone, and what had been done in the reverse order. Each must be the other. */
export function undoneOf(effects: readonly Effect[]): readonly [readonly string[], readonly string[]] {
  const ofTools = (names: readonly string[]) => effects.filter(({ tool }) => names.includes(tool)).map(({ x }) => x);
  return [[...new Set(ofTools(["unbook", "unpost"]))], ofTools(["book", "post"]).reverse()];
}

/** Calls that act once whose intent is durable and whose outcome is not. */
export function doubtsIn({ log, journal }: Kept): number {
  const open = new Set<string>();
  for (const event of log) {
    if (event.type === "step.started" && event.data.effects === "once") open.add(event.data.step);
    if (event.type === "step.completed") open.delete(event.data.step);
  }
  return open.size + journal.filter(({ name, outcome }) => name === "tool pay" && outcome === null).length;
}

export async function inParallel<T>(work: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const queue = [...work];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await each(one);
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}
