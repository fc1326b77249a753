// What is known of one model at one endpoint: the way in which it takes requests. In: what requests found out, and the time. Out: how the
// next one begins. Separate because a memory has to heal: servers are replaced behind their address.
import { LIMITS } from "../limits.js";
import type { Way } from "./ladder.js";

/** A way, and when it was found out, in ms since 1970. */
export interface KeptWay extends Way {
  readonly at: number;
}

/** Keeps ways for other processes. Never throws: what cannot be kept is found out again. */
export interface WayKeeper {
  recall(key: string): KeptWay | undefined;
  keep(key: string, way: KeptWay): void;
}

export interface Memory {
  way: Way;
  /** When it was found out, ms since 1970; absent where nothing was refused yet. */
  learntAt?: number;
  /** Whether the server has answered this process at all. */
  reached: boolean;
}

const TOP: Way = { rung: "json_schema", temperature: true };

export const newMemory = (): Memory => ({ way: TOP, reached: false });

/** What another process has found out. */
export function adopt(memory: Memory, kept: KeptWay | undefined): void {
  if (kept === undefined) return;
  const { rung, temperature, at } = kept;
  memory.way = { rung, temperature };
  memory.learntAt = at;
}

/** How a request begins: as the last one was taken, and after a while from the top again. */
export function beginningOf({ way, learntAt }: Memory, now: number): Way {
  return learntAt !== undefined && Math.abs(now - learntAt) > LIMITS.wayMs ? TOP : way;
}

/** Whether that is news, which is to be kept. */
export function learn(memory: Memory, { rung, temperature }: Way, now: number): boolean {
  const { way, learntAt } = memory;
  const isStale = learntAt !== undefined && Math.abs(now - learntAt) > LIMITS.wayMs;
  if (!isStale && way.rung === rung && way.temperature === temperature) return false;
  memory.way = { rung, temperature };
  memory.learntAt = now;
  return true;
}
