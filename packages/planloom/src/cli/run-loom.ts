// Opens a loom for a command about one run. In: the name of a run, and flags. Out: the loom and the id of the run. A run
// of the demo gets the tools and the scripted model of the demo, which no configuration has.
import type { LoomConfig } from "../loom/config.js";
import type { Loom } from "../loom/loom.js";
import { portsOf, type ModelFlags } from "./flags.js";
import { withLoom, type StoreFlags } from "./open-loom.js";
import { runNamed } from "./run-name.js";

/** Throws RUN_UNKNOWN, RUN_AMBIGUOUS, and the errors of opening a loom. */
export async function withRunLoom(
  name: string,
  flags: StoreFlags & ModelFlags,
  change: (config: LoomConfig) => LoomConfig,
  work: (loom: Loom, runId: string) => Promise<number>,
): Promise<number> {
  const { DEMO_MODELS } = await import("./demo/models.js");
  const open = async (loom: Loom) => {
    const runId = await runNamed(loom.store, name);
    const { planner, executor, synthesizer } = (await loom.engine.load(runId)).request.models;
    const used = [planner, executor, synthesizer];
    const isDemo = [DEMO_MODELS.planner, DEMO_MODELS.executor, DEMO_MODELS.synthesizer].every(
      (model, at) => model === used[at],
    );
    return isDemo ? { runId } : work(loom, runId);
  };
  const ended = await withLoom(flags, change, open, portsOf(flags));
  if (typeof ended === "number") return ended;
  const { withDemo } = await import("./demo/demo.js");
  return withDemo(flags, change, (loom) => work(loom, ended.runId));
}
