// How a call of a tool ended. Types only.
import type { Json } from "../plan/json.js";
import type { Ending, ToolQuestion } from "../run/event.js";
import type { Failure } from "../run/failure.js";
import type { RawOutput } from "../tools/raw-output.js";

export type CallEnd<T = Json> =
  | { readonly ok: true; readonly output: T }
  | { readonly ok: false; readonly ending: Exclude<Ending, "unusable">; readonly error: Failure }
  /** The tool acted as far as it acts at all. `raw` is what it returned. */
  | { readonly ok: false; readonly ending: "unusable"; readonly error: Failure; readonly raw: RawOutput };

/** The tool asks a person. Its call has ended for now. */
export interface CallAsking {
  readonly ok: false;
  readonly ending: "asked";
  readonly question: ToolQuestion;
}
