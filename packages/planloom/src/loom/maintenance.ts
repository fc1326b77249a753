// Maintains the store of a loom: facts, check, backup, prune, vacuum. In: a store and an engine. Out: facts. Runs are
// deleted by the engine, so that a run that somebody drives stays.
import type { Engine } from "../engine/engine.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { ENDED_STATUSES, type RunStatus } from "../run/status.js";
import type { RunHead } from "../run/view/head.js";
import type { EventStore } from "../store/event-store.js";
import type { Backup, StoreCheck, StoreInfo, StoreMaintenance } from "../store/maintenance.js";

/** Which runs are removed. */
export interface PruneQuery {
  /** ms. Removes runs whose last event is older. */
  readonly olderThan: number;
  /** Default: completed, failed, cancelled. */
  readonly status?: readonly RunStatus[];
}

export interface Pruned {
  /** Ids of the runs that were removed. Their child runs went with them. */
  readonly removed: readonly string[];
  /** Ids of runs that a live process drives now. */
  readonly kept: readonly string[];
  /** Number of large values that no run holds any more. */
  readonly values: number;
}

export class Maintenance {
  constructor(
    private readonly store: EventStore,
    private readonly engine: Engine,
    private readonly now: () => number,
  ) {}

  /** Sizes and counts; `runs` by status. Rejects with STORE_NOT_MAINTAINED for a store in memory and the like; so do the others. */
  async info(): Promise<StoreInfo & { readonly runs: { readonly [status: string]: number } }> {
    const info = await this.#of().info();
    const runs: Record<string, number> = {};
    for (const { status = "unreadable" } of (await this.store.list()).runs) runs[status] = (runs[status] ?? 0) + 1;
    return { ...info, runs };
  }

  /** See StoreMaintenance.check. */
  async check(): Promise<StoreCheck> {
    return this.#of().check();
  }

  /** See StoreMaintenance.backup. */
  async backup(file: string): Promise<Backup> {
    return this.#of().backup(file);
  }

  /** See StoreMaintenance.vacuum. */
  async vacuum(): Promise<{ readonly before: number; readonly after: number }> {
    return this.#of().vacuum();
  }

  /** The runs that `prune` would remove, the oldest last. A child run goes with the run above it, and is not listed. */
  async prunable({ olderThan, status = ENDED_STATUSES }: PruneQuery): Promise<readonly RunHead[]> {
    const before = this.now() - olderThan;
    const { runs } = await this.store.list({ status, children: false });
    return runs.flatMap((run) => (run.status !== undefined && run.updatedAt < before ? [run] : []));
  }

  /**
   * Removes runs for good: logs, journals, inboxes and large values that no other run holds. A run that a live process
   * drives stays. Forks of a removed run stay as they are. If the process dies on the way, the next call goes on.
   */
  async prune(query: PruneQuery): Promise<Pruned> {
    const removed: string[] = [];
    const kept: string[] = [];
    for (const { runId } of await this.prunable(query)) ((await this.#remove(runId)) ? removed : kept).push(runId);
    return { removed, kept, values: (await this.store.maintenance?.sweep()) ?? 0 };
  }

  async #remove(runId: string): Promise<boolean> {
    try {
      await this.engine.delete(runId, { keepValues: true });
      return true;
    } catch (error) {
      // Somebody else has removed it.
      if (hasCode(error, "RUN_UNKNOWN")) return true;
      if (hasCode(error, "RUN_OWNED")) return false;
      throw error;
    }
  }

  #of(): StoreMaintenance {
    if (this.store.maintenance !== undefined) return this.store.maintenance;
    throw new PlanloomError("STORE_NOT_MAINTAINED", { store: this.store.name });
  }
}
