// An event as some version of Planloom wrote it. In: any value from a log. Out: whether it has the envelope that all
// versions share. The content of its data depends on the version: see upcast.ts.
import { isObject, type Json } from "../../plan/json.js";
import type { Run } from "../state.js";

export interface RecordedEvent {
  readonly v: number;
  readonly type: string;
  readonly seq: number;
  readonly at: number;
  readonly data: { readonly [field: string]: Json };
  readonly [field: string]: unknown;
}

/**
 * Takes an event from one version to the next. `run` is the run before the event: an old event may need earlier facts.
 */
export type Upcaster = (recorded: RecordedEvent, run: Run) => RecordedEvent;

/** The version of a recorded event. undefined if the value is not an event. */
export function versionOf(recorded: unknown): number | undefined {
  if (!isObject(recorded)) return undefined;
  const { v } = recorded;
  return typeof v === "number" && Number.isInteger(v) && v >= 1 ? v : undefined;
}
