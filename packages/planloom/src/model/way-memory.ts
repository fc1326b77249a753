// Remembers the request form that one model at one endpoint accepts. In: the results of requests, and the time. Out:
// the form of the next request. Entries expire, because servers are replaced behind their address.
import { LIMITS } from "../limits.js";
import type { BodyRule } from "./body-rules.js";
import type { Way } from "./ladder.js";

/** A request form, and when it was found, in ms since 1970. */
export interface KeptWay extends Way {
  readonly at: number;
  /** Changes of the body that the server asked for. Absent: none. */
  readonly rules?: readonly BodyRule[];
}

/** Keeps request forms for other processes. Never throws: a form that cannot be kept is found again. */
export interface WayKeeper {
  recall(key: string): KeptWay | undefined;
  keep(key: string, way: KeptWay): void;
}

export interface Memory {
  way: Way;
  /** When the form was found, ms since 1970. Absent if nothing has been refused yet. */
  learntAt?: number;
  /** Changes of the body that the server asked for. */
  readonly rules: Set<BodyRule>;
}

const TOP: Way = { rung: "json_schema", temperature: true };

export const newMemory = (): Memory => ({ way: TOP, rules: new Set() });

/** The form that another process has stored. */
export function adopt(memory: Memory, kept: KeptWay | undefined): void {
  if (kept === undefined) return;
  const { at, rules = [], ...way } = kept;
  for (const rule of rules) memory.rules.add(rule);
  memory.way = way;
  memory.learntAt = at;
}

/** The form of the first request: that of the last accepted one, and after a while the strictest again. */
export function beginningOf({ way, rules, learntAt }: Memory, now: number): Way {
  if (learntAt !== undefined && Math.abs(now - learntAt) > LIMITS.wayMs) rules.clear();
  return learntAt !== undefined && Math.abs(now - learntAt) > LIMITS.wayMs ? TOP : way;
}

/** Whether the form is new and must be stored. */
export function learn(memory: Memory, taken: Way, now: number): boolean {
  const { way, learntAt } = memory;
  const isStale = learntAt !== undefined && Math.abs(now - learntAt) > LIMITS.wayMs;
  if (!isStale && isSame(way, taken)) return false;
  memory.way = taken;
  memory.learntAt = now;
  return true;
}

const isSame = (one: Way, other: Way): boolean =>
  one.rung === other.rung && one.temperature === other.temperature && (one.tools ?? "auto") === (other.tools ?? "auto");
