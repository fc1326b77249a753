// What a planner looked up before its first plan, as events hold it. In: nothing. Out: types.
import type { JsonObject } from "../../plan/json.js";
import type { Usage } from "../../plan/usage.js";

/** One call of a tool, and the beginning of what it gave. */
export interface ScoutCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: string;
  readonly failed?: true;
}

export interface Scouted {
  readonly calls: readonly ScoutCall[];
  /** The last words of the planner about it. */
  readonly text?: string;
  /** Names of the called tools, in order of the first call. */
  readonly tools: readonly string[];
  /** Number of replies of the model. */
  readonly turns: number;
  /** Counted in the usage of the event whose request scouted. */
  readonly usage: Usage;
  /** Some of what was read is untrusted; some is private. */
  readonly untrusted?: true;
  readonly private?: true;
}
