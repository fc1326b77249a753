// Removes old runs while a server runs. In: a loom, and how long ended runs are kept. Out: runs that are gone, at the
// start and once a day. A person said so in the configuration of the server.
import { LIMITS } from "../limits.js";
import type { Loom } from "../loom/loom.js";
import type { PruneQuery, Pruned } from "../loom/maintenance.js";

/** `told` hears of each removal, `failed` of each that could not be made: it is tried again a day later. */
export interface PruningListener {
  readonly told: (pruned: Pruned) => void;
  readonly failed: (error: unknown) => void;
}

/** The returned function ends it. */
export function keepPruning(loom: Loom, query: PruneQuery, { told, failed }: PruningListener): () => void {
  const prune = (): void =>
    void loom.maintenance.prune(query).then((pruned) => {
      if (pruned.removed.length > 0) told(pruned);
    }, failed);
  const timer = setInterval(prune, LIMITS.pruneEveryMs).unref();
  prune();
  return () => clearInterval(timer);
}
