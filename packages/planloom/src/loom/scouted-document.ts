// What a planner looked up before its first plan, for readers. In: a run. Out: plain data; the results are in the log.
import type { Run } from "../run/state.js";

export interface ScoutedDocument {
  /** Number of tool calls. */
  readonly calls: number;
  readonly tools: readonly string[];
  /** Number of replies of the planner's model. */
  readonly turns: number;
  /** Some of what was read is untrusted. */
  readonly untrusted?: true;
}

export function scoutedDocument({ planning }: Run): { readonly scouted?: ScoutedDocument } {
  const { scouted } = planning;
  if (scouted === undefined) return {};
  const { calls, tools, turns, untrusted } = scouted;
  return { scouted: { calls: calls.length, tools, turns, ...(untrusted && { untrusted }) } };
}
