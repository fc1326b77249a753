// Everything outside of its log that a run can touch: store, clock, tools, models, secrets. In: nothing. Out: types.
import type { Planner } from "../agents/planner.js";
import type { Model } from "../model/port.js";
import type { EventStore } from "../store/event-store.js";
import type { ToolInventory } from "../tools/inventory.js";
import type { Appraise } from "./appraisal.js";
import type { Clock } from "../clock.js";
import type { PerformContext } from "../engine/perform-port.js";
import type { EffectBudget } from "./effect-budget.js";

/** Everything outside of Planloom that a run may touch. */
export interface Services {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly inventory: ToolInventory;
  readonly planner: Planner | null;
  readonly executor: Model | null;
  readonly synthesizer: Model | null;
  /** For steps that name a model of their own. */
  readonly modelNamed: (name: string) => Model;
  readonly instructions: { readonly planner?: string; readonly executor?: string; readonly synthesizer?: string };
  readonly secrets: { readonly [name: string]: string };
  readonly limits: { readonly steps: number; readonly planBytes: number; readonly offeredTools: number };
  /** What is said of a plan before it is proposed. Default: nothing. */
  readonly appraise?: Appraise;
}

/** An effect as it is performed: with its use of the budget, where model calls are limited. */
export type Performing = PerformContext & { readonly budget?: EffectBudget };
