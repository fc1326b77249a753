// Owners of runs, as this process sees them. In: a store, a clock and the name of this process. Out: claims, and
// whether an owner holds its run. It does while its process is known to be alive. It does not if the process is known
// to be dead. If nobody knows, it does until its lease ends.
import { LIMITS } from "../limits.js";
import type { EventStore, Owner } from "../store/event-store.js";
import { checkEpoch } from "../store/store-error.js";
import type { Clock } from "../clock.js";
import type { Liveness } from "./holder.js";

/** A run that this process owns from now on. */
export interface Claim {
  readonly epoch: number;
  /** ms since 1970. */
  readonly leaseUntil: number;
}

export interface LeasePorts {
  readonly store: EventStore;
  readonly clock: Clock;
  /** This process as an owner. */
  readonly holder: string;
  readonly livenessOf: (holder: string) => Liveness;
}

/** Whether this owner holds its run at `now`. The lease decides only if nobody knows whether the process is alive. */
export function isHeldBy(
  owner: Owner | undefined,
  livenessOf: (holder: string) => Liveness,
  now: number,
): owner is Owner & { readonly holder: string } {
  if (owner === undefined || owner.holder === null) return false;
  const liveness = livenessOf(owner.holder);
  return liveness === "alive" || (liveness === "unknown" && owner.leaseUntil > now);
}

export class Leases {
  constructor(private readonly ports: LeasePorts) {}

  /**
   * Claims the run for this process. undefined if another process was faster. `after` is the epoch of the owner before,
   * or 0.
   */
  async claim(runId: string, after: number): Promise<Claim | undefined> {
    const { store, holder } = this.ports;
    const leaseUntil = this.#end();
    const epoch = await store.claim(runId, after, holder, leaseUntil);
    return epoch === undefined ? undefined : { epoch, leaseUntil };
  }

  /**
   * A claim of a run that does not exist yet. An owner that ended between its claim and the first event left a free id.
   */
  async claimNew(runId: string): Promise<Claim | undefined> {
    const { store, holder } = this.ports;
    const claim = await this.claim(runId, 0);
    if (claim !== undefined) return claim;
    const owner = await store.owner(runId);
    // This engine may be about to write it.
    if (owner === undefined || owner.holder === holder || this.isHeld(owner)) return undefined;
    if ((await store.read(runId, 1, 1)).length > 0) return undefined;
    return this.claim(runId, owner.epoch);
  }

  /** Whether another process holds the run. A run that this process owns and does not drive was given up. */
  isHeld(owner: Owner | undefined): owner is Owner & { readonly holder: string } {
    return owner?.holder !== this.ports.holder && isHeldBy(owner, this.ports.livenessOf, this.ports.clock.now());
  }

  isKnownAlive(holder: string): boolean {
    return this.ports.livenessOf(holder) === "alive";
  }

  /** Released, or held by this process: the owner before did not crash. */
  isOwn({ holder }: Owner): boolean {
    return holder === null || holder === this.ports.holder;
  }

  /**
   * Extends the leases of these runs. A lease that has ended meanwhile stays as it is: another process may own the run.
   */
  async renew(owned: readonly { leaseUntil: number }[]): Promise<void> {
    const { store, clock, holder } = this.ports;
    const leaseUntil = this.#end();
    await store.renew(holder, leaseUntil);
    const now = clock.now();
    for (const one of owned) if (now < one.leaseUntil) one.leaseUntil = leaseUntil;
  }

  /** The new end of a lease that had ended. Rejects with STORE_FENCED if another process owns the run now. */
  async renewLate(runId: string, epoch: number): Promise<number> {
    const { store, holder } = this.ports;
    const leaseUntil = this.#end();
    await store.renew(holder, leaseUntil);
    checkEpoch(runId, epoch, (await store.owner(runId))?.epoch ?? 0);
    return leaseUntil;
  }

  #end(): number {
    return this.ports.clock.now() + LIMITS.leaseMs;
  }
}
