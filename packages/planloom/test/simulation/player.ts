// A thread that plays seeds. In: the first seed, their number, and whether to stop at the first violation. Out:
// figures, as one message. Worlds share nothing, so each core can play its own.
import { parentPort, workerData } from "node:worker_threads";
import type { FaultKind } from "./ledger.js";
import { playSeed, type Verdict } from "./world.js";

export interface Task {
  readonly from: number;
  readonly count: number;
  /** From one seed of this thread to its next one. */
  readonly stride: number;
  readonly untilCaught: boolean;
  readonly traced: boolean;
}

export interface Figures {
  seeds: number;
  events: number;
  fenced: number;
  readonly faults: Partial<Record<FaultKind, number>>;
  readonly ends: Record<string, number>;
  readonly changes: Record<string, number>;
  readonly violations: { readonly seed: number; readonly what: readonly string[] }[];
  /** Lines, where they were asked for. */
  readonly trace: string[];
}

/** Seeds with violations that are kept: more would only say the same. */
const MOST_VIOLATIONS = 20;

async function play({ from, count, stride, untilCaught, traced }: Task): Promise<Figures> {
  const counts = { seeds: 0, events: 0, fenced: 0 };
  const figures: Figures = { ...counts, faults: {}, ends: {}, changes: {}, violations: [], trace: [] };
  for (let n = 0, seed = from; n < count; n++, seed += stride) {
    add(figures, await playedSafely(seed, traced));
    if (figures.violations.length > (untilCaught ? 0 : MOST_VIOLATIONS)) break;
  }
  return figures;
}

function add(figures: Figures, { seed, violations, events, fenced, faults, ends, changes, trace = [] }: Verdict): void {
  figures.trace.push(...trace);
  figures.seeds++;
  figures.events += events;
  figures.fenced += fenced;
  for (const kind of Object.keys(faults) as FaultKind[])
    figures.faults[kind] = (figures.faults[kind] ?? 0) + faults[kind]!;
  for (const end of ends) figures.ends[end] = (figures.ends[end] ?? 0) + 1;
  for (const [name, times] of Object.entries(changes)) figures.changes[name] = (figures.changes[name] ?? 0) + times;
  if (violations.length > 0) figures.violations.push({ seed, what: violations });
}

/** Errors that nobody caught are violations too. */
async function playedSafely(seed: number, traced: boolean): Promise<Verdict> {
  const uncaught: string[] = [];
  const note = (error: unknown): void => void uncaught.push(`nobody caught ${String(error)}`);
  process.on("unhandledRejection", note);
  try {
    const verdict = await playSeed(seed, traced);
    // Rejections are told when no tick is left.
    await new Promise((resolve) => setImmediate(resolve));
    return uncaught.length === 0 ? verdict : { ...verdict, violations: [...verdict.violations, ...uncaught] };
  } catch (error) {
    const violations = [`the world broke: ${String(error)}`];
    return { seed, violations, faults: {}, events: 0, fenced: 0, happenings: 0, ends: ["open"], changes: {} };
  } finally {
    process.off("unhandledRejection", note);
  }
}

if (parentPort !== null) parentPort.postMessage(await play(workerData as Task));
