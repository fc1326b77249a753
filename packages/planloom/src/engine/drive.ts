// One run that the local engine drives: its loop, its inbox and its lease. In: renewals of the lease. Out: commands for
// the loop. The loop itself (run-loop.ts) knows neither inbox nor lease.
import type { Run } from "../run/state.js";
import type { Inbox } from "./inbox.js";
import { RunLoop, type LoopOwner, type LoopPorts } from "./run-loop.js";

/** The functions of the engine that a drive uses. */
export interface DriveOwner extends Pick<LoopOwner, "over"> {
  /**
   * Extends the lease and returns its new end (ms since 1970); rejects with STORE_FENCED where another process owns the
   * run.
   */
  renew(): Promise<number>;
}

export class Drive {
  readonly loop: RunLoop;
  readonly #ports: LoopPorts;
  readonly #owner: DriveOwner;

  constructor(
    run: Run,
    epoch: number,
    /** ms since 1970. Until then another process takes the run over only if a person orders it. */
    public leaseUntil: number,
    private readonly inbox: Inbox,
    ports: LoopPorts,
    owner: DriveOwner,
  ) {
    this.#ports = ports;
    this.#owner = owner;
    const over: LoopOwner["over"] = (error) => owner.over(error);
    this.loop = new RunLoop(run, epoch, ports, { stillOwned: () => this.#stillOwned(), over });
  }

  get run(): Run {
    return this.loop.run;
  }

  get epoch(): number {
    return this.loop.epoch;
  }

  /** Decides the commands that the inbox holds and the log does not. */
  async takeInbox(): Promise<void> {
    this.loop.feed(await this.inbox.take());
  }

  /**
   * A process that was stopped for longer than its lease may have lost the run between an append and its answer: it
   * renews the lease before it acts.
   */
  async #stillOwned(): Promise<void> {
    while (this.#ports.clock.now() >= this.leaseUntil) this.leaseUntil = await this.#owner.renew();
  }
}
