// The services of a run: store, clock, tools, models, secrets. Types only. They are all that a run can use outside of
// its log.
import type { Planner } from "../agents/planner/planner.js";
import type { Model } from "../model/port.js";
import type { ListedSettings } from "../model/settings/role.js";
import type { SpecialistFacts } from "../plan/specialist.js";
import type { EventStore } from "../store/event-store.js";
import type { ToolInventory } from "../tools/inventory.js";
import type { ReadSchema } from "../tools/schema.js";
import type { Secrets } from "../tools/secret-filter.js";
import type { EffectClass } from "../plan/tool-spec.js";
import type { Json } from "../plan/json.js";
import type { CallAsking, CallEnd } from "./call-end.js";
import type { Strategy } from "../plan/strategy.js";
import type { Appraise } from "./appraisal.js";
import type { Clock } from "../clock.js";
import type { Deadline } from "../deadline.js";
import type { Limiter } from "../model/limiter.js";
import type { PerformContext } from "../engine/perform-port.js";
import type { EffectBudget } from "./effect-budget.js";
import type { RunContexts } from "./run-contexts.js";

/** A named executor, with its model. */
export interface SpecialistService {
  readonly facts: SpecialistFacts;
  readonly model: Model | null;
  readonly settings: ListedSettings;
}

/** All that a run can use outside of Planloom. */
export interface Services {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly inventory: ToolInventory;
  /** Planloom's own files, which no tool opens: see FenceOptions. Default: none. */
  readonly ownFiles?: readonly string[];
  readonly planner: Planner | null;
  readonly executor: Model | null;
  readonly synthesizer: Model | null;
  /** The named executors of the configuration. Absent: none. */
  readonly specialists?: ReadonlyMap<string, SpecialistService>;
  /** The playbook that fits a goal in words, by a rule. Absent: there are none. */
  readonly fittingPlaybook?: (goal: string) => string | undefined;
  /** Opens the model for steps that name their own. */
  readonly modelNamed: (name: string) => Model;
  /** Says when models may send their requests. Absent: at once. */
  readonly limiter?: Limiter;
  readonly instructions: { readonly planner?: string; readonly executor?: string; readonly synthesizer?: string };
  readonly secrets: Secrets;
  /** The configuration file that was loaded, null if there is none. Absent: the program gave the configuration. */
  readonly configFile?: string | null;
  readonly limits: {
    readonly steps: number;
    readonly planBytes: number;
    readonly offeredTools: number;
    /** Of an agent step. A run may have a smaller limit. */
    readonly turns?: number;
  };
  /** The strategies that are allowed. Absent: all. */
  readonly strategies?: readonly Strategy[];
  /** The contexts of runs. Absent: no run has one. */
  readonly contexts?: RunContexts;
  /** The schemas of programs for the answers of their runs, by run id. Filled when a run starts or is opened. */
  readonly answerChecks?: Map<string, Pick<ReadSchema, "check">>;
  /** Appraises a plan before it is proposed. Default: no appraisal. */
  readonly appraise?: Appraise;
  /** Absent: nobody watches calls. */
  readonly watch?: CallWatch;
}

/** Watches calls, and changes none of them. */
export interface CallWatch {
  /** The same model, watched. */
  model(model: Model): Model;
  /** Makes the call of a tool by `call`, once, and resolves with its end. `call` never rejects. */
  tool<T extends CallEnd | CallAsking>(seen: SeenCall, call: () => Promise<T>): Promise<T>;
}

export interface SeenCall {
  readonly tool: string;
  readonly effects: EffectClass;
  /** With the values of secrets. */
  readonly args: { readonly [name: string]: Json };
  readonly key: string;
  readonly attempt: number;
}

/** An effect to perform, with its use of the budget if model calls are limited. */
export type Performing = PerformContext & {
  /** The context of the run, for tools. */
  readonly runContext: unknown;
  readonly budget?: EffectBudget;
  /** Stops the time limit of the effect while a model call waits for its endpoint. */
  readonly hold?: Deadline["hold"];
};
