// Defines a specialist: a named executor of the configuration, as data. In: nothing. Out: types, and the model that
// performs a step. The planner and check read it from the inventory; a run records it with its settings.
import type { Step } from "./plan.js";

/** What is known of a specialist beside its name. A run records it. It holds no key and no address. */
export interface SpecialistFacts {
  /** The name of its model; null if neither it nor the executor has one. */
  readonly model: string | null;
  /** What it is good at. The planner reads it. */
  readonly description?: string;
  /** The tools that its agent steps may use. Absent: all. */
  readonly tools?: readonly string[];
}

/** By name. */
export type Specialists = { readonly [name: string]: SpecialistFacts };

export interface Specialist extends SpecialistFacts {
  readonly name: string;
}

/** Names of specialists: a letter, then up to 63 letters, digits, `_` or `-`. */
export const SPECIALIST_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export const specialistList = (specialists: Specialists = {}): readonly Specialist[] =>
  Object.entries(specialists).map(([name, facts]) => ({ name, ...facts }));

/** The executor's model, and the specialists of a run. */
export interface ExecutorModels {
  readonly executor: string | null;
  readonly executors?: Specialists | undefined;
}

/** The name of the model that performs a step, or fills in its arguments: its own, its specialist's, or the executor's. */
export function modelOfStep(
  { model, executor }: Pick<Step, "model" | "executor">,
  { executor: usual, executors = {} }: ExecutorModels,
): string | null {
  if (model !== undefined) return model;
  const specialist = executor !== undefined && Object.hasOwn(executors, executor) ? executors[executor] : undefined;
  return specialist?.model ?? usual;
}
