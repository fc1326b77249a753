// Which run a command means. In: an id, the beginning of one (with or without `run_`), or `last`. Out: the id.
// Separate because every command that names a run takes the same words.
import { PlanloomError } from "../error.js";
import type { EventStore, RunHead } from "../store/event-store.js";
import { usageError } from "./error-text.js";

/** Throws RUN_UNKNOWN or RUN_AMBIGUOUS, both of kind usage. */
export async function runNamed(store: EventStore, name: string, place = store.name): Promise<string> {
  const runs = await store.list();
  if (name === "last" || name === "") return newest(runs, place);
  const exact = runs.find((run) => run.runId === name);
  if (exact !== undefined) return exact.runId;
  const fitting = runs.filter(({ runId }) => runId.startsWith(name) || runId.startsWith(`run_${name}`));
  if (fitting.length === 1) return fitting[0]!.runId;
  if (fitting.length === 0) {
    const next = "See `planloom runs` for those that are there, and PLANLOOM_STORE or --store for the place.";
    throw usageError("RUN_UNKNOWN", `There is no run ${name} in the store (${place}).`, next);
  }
  const some = fitting.slice(0, 5).map(({ runId }) => runId);
  throw usageError(
    "RUN_AMBIGUOUS",
    `${fitting.length} runs begin with ${name}: ${some.join(", ")}.`,
    "Write more of the id.",
  );
}

function newest(runs: readonly RunHead[], place: string): string {
  const started = runs.reduce<RunHead | undefined>(
    (a, b) => (a === undefined || b.startedAt > a.startedAt ? b : a),
    undefined,
  );
  if (started !== undefined) return started.runId;
  throw new PlanloomError("RUN_UNKNOWN", `There is no run in the store (${place}) yet.`, {
    kind: "usage",
    next: 'Start one: planloom run "your goal".',
  });
}
