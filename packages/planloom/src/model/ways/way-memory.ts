// Remembers the request form that one model at one endpoint accepts. In: the results of requests, and the time. Out:
// the form of the next request. Entries expire, because servers are replaced behind their address.
import { LIMITS } from "../../limits.js";
import type { BodyRule } from "../request/body-rules.js";
import type { InputCut } from "../cut-input.js";
import type { Way } from "../request/ladder.js";

/** A request form, and when it was found, in ms since 1970. */
export interface KeptWay extends Way {
  readonly at: number;
  /** Changes of the body that the server asked for. Absent: none. */
  readonly rules?: readonly BodyRule[];
  /** The last request that the server read in part only. Absent: none was noticed. */
  readonly cut?: InputCut;
}

/** Keeps request forms for other processes. Never throws: a form that cannot be kept is found again. */
export interface WayKeeper {
  recall(key: string): KeptWay | undefined;
  keep(key: string, way: KeptWay): void;
  forget(key: string): void;
}

export interface Memory {
  way: Way;
  /** When the form was found, ms since 1970. Absent if nothing has been refused yet. */
  learntAt?: number;
  /** Changes of the body that the server asked for. */
  readonly rules: Set<BodyRule>;
  cut?: InputCut;
}

const TOP: Way = { rung: "json_schema", temperature: true };

export const newMemory = (): Memory => ({ way: TOP, rules: new Set() });

/** The form that another process has stored. */
export function adopt(memory: Memory, kept: KeptWay | undefined): void {
  if (kept === undefined) return;
  const { at, rules = [], cut, ...way } = kept;
  if (cut !== undefined) memory.cut = cut;
  for (const rule of rules) memory.rules.add(rule);
  memory.way = way;
  memory.learntAt = at;
}

/** What is known, for other processes. undefined if nothing was learnt. */
export function keptOf({ way, learntAt: at, rules, cut }: Memory): KeptWay | undefined {
  if (at === undefined) return undefined;
  return { ...way, at, ...(rules.size === 0 ? {} : { rules: [...rules] }), ...(cut === undefined ? {} : { cut }) };
}

/** Everything is found out again. */
export function forget(memory: Memory): void {
  memory.way = TOP;
  memory.rules.clear();
  delete memory.learntAt;
  delete memory.cut;
}

/** Whether it is new that the server reads a request only in part, or no longer does. */
export function learnCut(memory: Memory, cut: InputCut | undefined, reported: number | null, now: number): boolean {
  const { cut: before } = memory;
  if (cut === undefined && (before === undefined || reported === null || reported <= before.reported)) return false;
  if (cut !== undefined && before !== undefined && before.reported >= cut.reported) return false;
  if (cut === undefined) delete memory.cut;
  else memory.cut = cut;
  memory.learntAt ??= now;
  return true;
}

/** The form of the first request: that of the last accepted one, and after a while the strictest again. */
export function beginningOf({ way, rules, learntAt }: Memory, now: number): Way {
  const isStale = learntAt !== undefined && Math.abs(now - learntAt) > LIMITS.wayMs;
  if (isStale) rules.clear();
  return isStale ? TOP : way;
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
