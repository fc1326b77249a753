// The least that a run costs: one promise for each step. Nothing is kept.
import { runTool } from "../plans.mjs";

export async function build(plan) {
  return async (ran) => {
    const results = new Map();
    for (const step of plan)
      results.set(
        step.id,
        (async () => {
          const inputs = {};
          for (const id of step.deps) inputs[id] = await results.get(id);
          return runTool(step, inputs, ran);
        })(),
      );
    await Promise.all(results.values());
  };
}
