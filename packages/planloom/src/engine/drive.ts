// One run that the local engine drives: its loop, its lease and its inbox. In: entries of the inbox, and the lease as it is
// extended. Out: commands for the loop. The loop itself (run-loop.ts) knows none of them.
import { readCommand } from "../run/read-command.js";
import type { Input } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { InboxEntry } from "../store/event-store.js";
import { RunLoop, type LoopOwner, type LoopPorts } from "./run-loop.js";

/** What a drive asks of its engine. */
export interface DriveOwner extends Pick<LoopOwner, "over"> {
  /** Extends the lease and returns its new end (ms since 1970); rejects with STORE_FENCED where another process owns the run. */
  renew(): Promise<number>;
}

export class Drive {
  readonly loop: RunLoop;
  readonly #ports: LoopPorts;
  readonly #owner: DriveOwner;
  #cursor = 0;

  constructor(
    run: Run,
    epoch: number,
    /** ms since 1970 until which no process may take the run over from one that lives. */
    public leaseUntil: number,
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

  /** See RunLoop.begin. Commands of the inbox are decided together with `first`. */
  begin(first: Parameters<RunLoop["begin"]>[0], inbox: readonly InboxEntry[] = []): Promise<void> {
    return this.loop.begin(first, this.#new(inbox));
  }

  /** Decides the commands that the inbox holds and the log does not. */
  async takeInbox(): Promise<void> {
    this.loop.feed(this.#new(await this.#ports.store.take(this.run.id, this.#cursor)));
  }

  /** The commands of these entries that were not taken yet. An entry that cannot be read was written by another version. */
  #new(entries: readonly InboxEntry[]): Input[] {
    const at = this.#ports.clock.now();
    return entries.flatMap(({ cursor, inputId, by, payload }) => {
      if (cursor <= this.#cursor) return [];
      this.#cursor = cursor;
      const command = this.run.applied.has(inputId) ? undefined : readCommand(payload);
      return command === undefined ? [] : [{ ...command, id: inputId, at, by }];
    });
  }

  /**
   * A process that was stopped for longer than its lease may have lost the run between an append and its answer: it renews the
   * lease before it acts.
   */
  async #stillOwned(): Promise<void> {
    while (this.#ports.clock.now() >= this.leaseUntil) this.leaseUntil = await this.#owner.renew();
  }
}
