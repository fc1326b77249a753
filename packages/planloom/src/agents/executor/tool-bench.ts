// The state of the tool calls over all turns of one attempt. In: the tools and rules of a step. Out: types, and the
// tally of identical calls.
import type { Tool } from "../../tools/tool.js";
import { canonicalJson, type JsonObject } from "../../plan/json.js";
import type { Step } from "../../plan/plan.js";
import { leavesOut } from "../../plan/step-kind.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { Usage } from "../../plan/usage.js";
import type { CallEdits, CallGuard } from "../checkpoint.js";
import type { Previews } from "../preview.js";
import type { Turns } from "./repetition.js";

/** Names a call. The same tool, arguments and number of earlier identical calls give the same key in every attempt. */
export type KeyOf = (tool: string, args: JsonObject, occurrence: number) => string;

/** The built-in tool that reads the rest of a cut value. */
export const READ_RESULT = "read_result";

/** State over all turns of one attempt. */
export interface ToolBench {
  readonly step: Step;
  readonly tools: readonly Tool[];
  readonly keyOf: KeyOf;
  readonly guard: CallGuard;
  readonly edits: CallEdits;
  readonly previews: Previews;
  /** Per tool and arguments. */
  readonly tallies: Map<string, Tally>;
  /** Names of the tools that were called. */
  readonly called: Set<string>;
  /** Counts the usage of models that a tool reports. */
  readonly spend: (usage: Usage) => void;
  readonly turns: Turns;
  /** Number of calls so far, for the names of cut results. */
  count: number;
}

/**
 * Number of identical calls so far, how many of them have a known ending, and whether the current key may have acted
 * without a known ending. `acted`: such a call acted with an unusable output, so no further one is made.
 */
export interface Tally {
  made: number;
  settled: number;
  doubtful: boolean;
  acted: boolean;
}

/** The definitions of the tools that the model of an agent step may call. */
export const offeredSpecs = ({ tools, step }: Pick<ToolBench, "tools" | "step">): readonly ToolSpec[] =>
  tools.map(({ spec }) => spec).filter((spec) => !leavesOut(step, spec));

export function tallyOf(bench: ToolBench, name: string, args: JsonObject): Tally {
  const like = `${name} ${canonicalJson(args)}`;
  const tally = bench.tallies.get(like) ?? { made: 0, settled: 0, doubtful: false, acted: false };
  bench.tallies.set(like, tally);
  return tally;
}
