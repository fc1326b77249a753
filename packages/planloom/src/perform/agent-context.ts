// What an agent works with: its signal, its journal, its part of the budget, its progress. In: the world, the run, and which request
// or attempt it is. Out: an AgentContext. Separate because every role and every agent step has one.
import type { AgentContext, CheckpointOptions } from "../agents/checkpoint.js";
import { messageOf, PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import type { Run, Work } from "../run/state.js";
import type { EffectBudget } from "./effect-budget.js";
import { openJournal } from "./journal.js";
import type { Performing, Services } from "./services.js";

interface Place {
  readonly stepId: string;
  readonly item: number | null;
  readonly attempt: number;
  readonly settled?: Work["settled"] | undefined;
}

export async function agentContext(
  world: Services,
  run: Run,
  context: Performing,
  place: Place,
): Promise<AgentContext> {
  const journal = await storeErrorsMarked(() =>
    openJournal(
      world.store,
      { runId: run.id, epoch: context.epoch, stillOwned: () => context.stillOwned(), ...place },
      () => world.clock.now(),
    ),
  );
  const { stepId, item, attempt } = place;
  return {
    signal: context.signal,
    runId: run.id,
    stepId,
    item,
    attempt,
    checkpoint: (name, options, work) =>
      storeErrorsMarked(() => journal(name, options, allowed(work, options, context.budget))),
    ...(context.budget === undefined ? {} : { budget: context.budget }),
    progress: (value) => context.progress({ type: "step", step: stepId, item, value: shownProgress(value) }),
  };
}

/** What came of a tool without effects that was not allowed to ask its model is no outcome: it is called again when it may. */
function allowed<T extends Json>(
  work: (again?: boolean) => Promise<T>,
  { effects }: CheckpointOptions,
  budget: EffectBudget | undefined,
) {
  return async (again?: boolean): Promise<T> => {
    const outcome = await work(again);
    if (effects === "none") budget?.throwIfRefused();
    return outcome;
  };
}

/** A journal that could not be read or written: the run is lost or the disk full, which is no failure of the step. */
export class JournalLost extends Error {}

async function storeErrorsMarked<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (thrown) {
    if (thrown instanceof PlanloomError && thrown.kind === "store")
      throw new JournalLost(thrown.message, { cause: thrown });
    throw thrown;
  }
}

/** It comes from tools, and is shown while they work. */
export function shownProgress(value: number | string): number | string {
  return typeof value === "number" ? value : messageOf(value).slice(0, LIMITS.progressChars);
}

/** Planning outside of a run keeps no journal: nothing is resumed. */
export function unjournaled(): AgentContext {
  return {
    signal: new AbortController().signal,
    runId: "",
    stepId: "#planner",
    item: null,
    attempt: 1,
    checkpoint: async (_name, _options, run) => run(),
    progress: () => undefined,
  };
}
