// Takes up runs that nobody drives, after a restart. In: a store and an engine. Out: the runs that were taken, and
// those that were left, each with its reason.
import type { Engine, Listener } from "../engine/engine.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { EventStore, StatusFilter } from "../store/event-store.js";
import type { Run } from "../run/state.js";
import { isWaiting } from "../run/status.js";
import type { RunHead } from "../run/view/head.js";
import { unreadableError } from "./unreadable-run.js";

/** A run that was not taken. Without `error`, it waits for a person. */
export interface LeftRun {
  readonly runId: string;
  readonly status: RunHead["status"] | "unreadable";
  /** RUN_OWNED: a live process drives it. PROCESS_LACKS, CONTEXT_NEEDED: this process cannot. Or a damaged log. */
  readonly error?: PlanloomError;
}

export interface Recovery {
  /** Ids of the runs that this process drives from now on. */
  readonly taken: readonly string[];
  readonly left: readonly LeftRun[];
}

const OPEN = [
  "planning",
  "running",
  "answering",
  "paused",
  "awaiting-approval",
  "needs-attention",
  "unreadable",
] as const satisfies readonly StatusFilter[];

export async function recoverRuns(store: EventStore, engine: Engine, listener?: Listener): Promise<Recovery> {
  const taken: string[] = [];
  const left: LeftRun[] = [];
  // The oldest first. A list that is read at once is not changed by what is taken.
  for (const head of (await store.list({ status: OPEN })).runs.toReversed()) {
    const { runId } = head;
    if (head.unreadable !== undefined) left.push({ runId, status: "unreadable", error: unreadableError(head) });
    else {
      const reason = await takenUp(head, store, engine, listener);
      if (reason === "taken") taken.push(runId);
      else left.push(reason);
    }
  }
  return { taken, left };
}

async function takenUp(
  { runId, status }: RunHead,
  store: EventStore,
  engine: Engine,
  listener: Listener | undefined,
): Promise<"taken" | LeftRun> {
  try {
    const run = await engine.load(runId);
    if (isWaiting(run) && !(await hasCommand(run, store))) return { runId, status };
    await engine.drive(runId, "RESUMED", listener);
    return "taken";
  } catch (error) {
    // What stops one run must not keep the others from going on. A store that fails stops all of them.
    if (!(error instanceof PlanloomError) || isOfStore(error)) throw error;
    return { runId, status, error };
  }
}

const isOfStore = (error: PlanloomError): boolean =>
  error.kind === "store" && !hasCode(error, "RUN_DAMAGED") && !hasCode(error, "STORE_FENCED");

/** Whether a person has sent a command that no process has decided yet. */
async function hasCommand({ id, log: { applied } }: Run, store: EventStore): Promise<boolean> {
  return (await store.take(id, 0)).some(({ inputId }) => !applied.has(inputId));
}
