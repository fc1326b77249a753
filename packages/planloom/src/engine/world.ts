// What a run may touch outside of its log: store, clock, tools, models, and what an effect is performed with. In: nothing. Out: types.
// Separate because whoever performs effects (perform.ts, role-effects.ts, step-effects.ts) and whoever drives runs share them.
import type { DraftedStep } from "../agents/checkpoint.js";
import type { Planner } from "../agents/planner.js";
import type { Model } from "../model/port.js";
import type { Effect } from "../run/effect.js";
import type { Outcome } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import type { ToolInventory } from "../tools/inventory.js";
import type { Appraise } from "./appraisal.js";
import type { Clock } from "./clock.js";
import type { EffectBudget, ReservePart } from "./effect-budget.js";
import type { Progress } from "./engine.js";

/** Everything outside of Planloom that a run may touch. */
export interface World {
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

export interface PerformContext {
  readonly signal: AbortSignal;
  /** The writer's, for the journal. */
  readonly epoch: number;
  /** Resolves at once while the run is this process's; to be asked after each durable intent. Rejects with STORE_FENCED. */
  stillOwned(): Promise<void>;
  readonly reserve: ReservePart;
  /** Tells of a step of a plan that is still being written. */
  drafted(step: DraftedStep): void;
  progress(progress: Progress): void;
}

/** An effect as it is performed: with its use of the budget, where model calls are limited. */
export type Performing = PerformContext & { readonly budget?: EffectBudget };

/** undefined for effects that are waited for and not performed. */
export type Perform = (effect: Effect, run: Run, context: PerformContext) => Promise<Outcome | undefined>;
