// Why a strategy was chosen, as data. In: nothing. Out: the union of its reasons, a part of all reasons.
import type { ChoiceRuleName } from "../plan/choice-rules.js";
import type { OneStepStrategy } from "../plan/strategy.js";
import type { Failure } from "./failure.js";

/** Why a strategy was chosen. */
export type ChoiceReason =
  | { readonly code: "RULE"; readonly rule: ChoiceRuleName }
  /** No rule decided. `text` is the model's. */
  | { readonly code: "MODEL_CHOSE"; readonly text: string }
  /** No rule decided, and no model gave a readable answer. */
  | { readonly code: "MODEL_SILENT"; readonly error: Failure }
  /** Its plan of one step did not pass check. `finding` is a code. */
  | { readonly code: "STEP_UNSOUND"; readonly strategy: OneStepStrategy; readonly finding: string }
  /** The start named it. */
  | { readonly code: "STRATEGY_GIVEN" };
