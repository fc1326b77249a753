// Deletes runs of a simulated world, as people do: mostly runs that have ended, sometimes one that nobody seems to
// drive. In: runs, as people see them. Out: deletes, by a live process, each counted.
import type { Run } from "../../src/run/state.js";
import { isEnded } from "../../src/run/status.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { dice, type Dice } from "./dice.js";
import type { SimulatedWorld } from "./world.js";

/** How a delete may be refused: a live process drives the run, it is gone, or the store fails. */
const REFUSALS: readonly string[] = ["RUN_OWNED", "RUN_UNKNOWN", "STORE_BUSY", "STORE_FULL"];
const MOST_TRIES = 5;

export class Deletion {
  readonly #dice: Dice;
  /** By run. */
  readonly #tries = new Map<string, number>();
  readonly #pending = new Set<string>();

  constructor(private readonly world: SimulatedWorld) {
    this.#dice = dice(world.scenario.seed, "deletion");
  }

  get #wanted(): boolean {
    return this.world.stormy && this.world.scenario.deletes;
  }

  /** Whether people may still delete the run. */
  isOpen({ id }: Run): boolean {
    return this.#wanted && (this.#pending.has(id) || (this.#tries.get(id) ?? 0) < MOST_TRIES);
  }

  /** Called at each look of people at a run. */
  consider(run: Run): void {
    const { live, ledger } = { live: this.world.live(), ledger: this.world.ledger };
    if (!this.isOpen(run) || this.#pending.has(run.id) || live.length === 0) return;
    if (!this.#dice.chance(isEnded(run) ? 0.5 : 0.04)) return;
    const by = this.#dice.pick(live);
    this.#tries.set(run.id, (this.#tries.get(run.id) ?? 0) + 1);
    this.#pending.add(run.id);
    ledger.fault("delete of a run", by.name);
    by.engine.delete(run.id).then(
      () => this.#pending.delete(run.id),
      (error: unknown) => {
        this.#pending.delete(run.id);
        ledger.say(by.name, `cannot delete ${run.id}: ${String(error)}`);
        if (!(error instanceof PlanloomError) || !REFUSALS.includes(error.code))
          ledger.violate(`a delete of ${run.id} fails: ${String(error)}`);
      },
    );
    // A process that is killed does not answer.
    this.world.time.after(10_000, () => void this.#pending.delete(run.id));
  }
}
