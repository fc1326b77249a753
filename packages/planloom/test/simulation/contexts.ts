// The contexts of simulated runs: one part is stored, the other is looked up by each process that takes a run over. A
// look-up takes time, and may fail. In: a process. Out: its contexts, and what is wrong with those that tools get.
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../src/plan/json.js";
import type { RecordedContext } from "../../src/run/context.js";
import { RunContexts } from "../../src/perform/run-contexts.js";
import { dice } from "./dice.js";
import { never, type Owner } from "./timeline.js";
import type { SimulatedWorld } from "./world.js";

/** The stored part is that of the run that was started first: a fork has it of its parent. */
export const recordedContext = (runId: string): RecordedContext => ({
  stored: { tenant: `tenant of ${runId}` },
  lookedUp: ["session"],
});

const wholeOf = (stored: JsonObject): JsonObject => ({ ...stored, session: ["session", stored["tenant"] ?? null] });

/** The contexts of one process. */
export function contextsIn(world: SimulatedWorld, caller: Owner & { readonly name: string }): RunContexts {
  let count = 0;
  const resolve = (runId: string, stored: JsonObject): Promise<JsonObject> => {
    if (!caller.alive) return never();
    const { time, ledger, scenario, storming } = world;
    const chance = dice(scenario.seed, `context ${caller.name} ${runId} ${++count}`);
    const fails = storming && chance.chance(0.2);
    if (fails) ledger.fault("failed look-up of a context", caller.name);
    ledger.say(caller.name, `looks up the context of ${runId}, which will ${fails ? "fail" : "be found"}`);
    return new Promise((found, lost) => {
      const ms = chance.chance(0.3) ? chance.int(1_000, 8_000) : chance.int(1, 400);
      const answer = () => (fails ? lost(new Error("the directory is closed")) : found(wholeOf(stored)));
      time.after(ms, answer, caller);
    });
  };
  return new RunContexts(resolve, undefined);
}

/** What is wrong with the context that a tool was given; undefined where it is that of the run. */
export function contextFault(recorded: RecordedContext | undefined, context: unknown): string | undefined {
  const wanted = recorded === undefined ? undefined : wholeOf(recorded.stored);
  return isDeepStrictEqual(context, wanted) ? undefined : `the context ${JSON.stringify(context) ?? "none"}`;
}

/** The whole context, for the process that starts the run. */
export const givenContext = (runId: string): JsonObject => wholeOf(recordedContext(runId).stored);
