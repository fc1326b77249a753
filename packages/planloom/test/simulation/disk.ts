// The simulated store: transactions over one disk that all processes share. In: calls of the store's contract, by a
// process. Out: their results, delayed, made durable at a time of their own, and with faults of disks and processes.
// The simulation is about two questions: when a write becomes durable, and whether its writer is still alive then.
import { PlanloomError } from "../../src/words/planloom-error.js";
import type { RunEvent } from "../../src/run/event.js";
import type { RunHead } from "../../src/run/view/head.js";
import type { EventStore, InboxEntry, JournalRow, JournalScope, ListQuery } from "../../src/store/event-store.js";
import { memoryStore } from "../../src/store/memory.js";
import type { Dice } from "./dice.js";
import type { Ledger } from "./ledger.js";
import { never, type Owner, type Timeline } from "./timeline.js";

/** The fate of the next write. */
export type WriteFault = "none" | "busy" | "full" | "kill before" | "tear" | "kill after" | "pause after";

export interface Weather {
  /** Asked once for every transaction. */
  faultOf(who: Writer, write: boolean): WriteFault;
  kill(who: Writer): void;
  pause(who: Writer): void;
  /** `by` claimed the run from `former`. */
  taken(by: Writer, runId: string, former: string | null | undefined): void;
}

export interface Writer extends Owner {
  readonly name: string;
}

/** The bytes on the disk. The next reader finds a tail that was half written. */
export class Disk {
  readonly #durable = memoryStore();
  #torn: (() => void) | undefined;

  constructor(
    readonly time: Timeline,
    readonly ledger: Ledger,
    readonly weather: Weather,
    private readonly dice: Dice,
  ) {}

  /** The store as one process sees it. */
  opened(by: Writer): EventStore {
    const read = <T>(run: () => Promise<T>) => this.#transaction(by, false, run);
    const write = <T>(run: () => Promise<T>, tear?: () => void) => this.#transaction(by, true, run, tear);
    const { ledger } = this;
    const durable = this.#durable;
    const append = (
      runId: string,
      at: { expectedSeq: number; epoch: number },
      events: readonly RunEvent[],
      head?: RunHead,
    ) =>
      durable.append(runId, at, events, head).then(
        () => ledger.appended(runId, at.epoch, events, head),
        (error: unknown) => {
          if (error instanceof PlanloomError && error.code === "STORE_FENCED") ledger.fenced++;
          throw error;
        },
      );
    return {
      name: "simulated",
      append: async (runId, at, events, head) => {
        const half = (): void =>
          void append(runId, at, events.slice(0, Math.ceil(events.length / 2))).catch(() => undefined);
        await write(() => append(runId, at, events, head), half);
        ledger.promised.push(...events);
      },
      read: (runId: string, fromSeq?: number, limit?: number) => read(() => durable.read(runId, fromSeq, limit)),
      list: (query?: ListQuery) => read(() => durable.list(query)),
      writeJournal: (row: JournalRow, epoch: number) =>
        write(() => durable.writeJournal(row, epoch).then(() => ledger.journaled(row, epoch))),
      readJournal: (scope: JournalScope) => read(() => durable.readJournal(scope)),
      readRunJournal: (runId: string) => read(() => durable.readRunJournal(runId)),
      owner: (runId: string) => read(() => durable.owner(runId)),
      claim: (runId: string, after: number, holder: string, leaseUntil: number) =>
        write(async () => {
          const former = (await durable.owner(runId))?.holder;
          const epoch = await durable.claim(runId, after, holder, leaseUntil);
          if (epoch !== undefined) this.weather.taken(by, runId, former);
          if (epoch !== undefined) ledger.owned(runId, epoch);
          if (epoch !== undefined) ledger.say(by.name, `owns ${runId} under epoch ${epoch}`);
          return epoch;
        }),
      renew: (holder: string, leaseUntil: number) => write(() => durable.renew(holder, leaseUntil)),
      release: (runId: string, epoch: number) => write(() => durable.release(runId, epoch)),
      put: (runId: string, entry: Omit<InboxEntry, "cursor">) => {
        ledger.named(entry.payload, entry.inputId);
        return write(async () => {
          const fresh = await durable.put(runId, entry);
          if (fresh) ledger.put(runId, entry.inputId);
          return fresh;
        });
      },
      take: (runId: string, cursor: number) => read(() => durable.take(runId, cursor)),
      delete: (runId: string, epoch: number) =>
        write(async () => {
          const former = (await durable.owner(runId))?.holder;
          const isDeleted = await durable.delete(runId, epoch);
          if (!isDeleted) return false;
          this.weather.taken(by, runId, former);
          ledger.say(by.name, `deletes ${runId}`);
          ledger.deleted(runId);
          return true;
        }),
      close: async () => undefined,
    };
  }

  /** Waits for its turn, is made or not, and is answered: three moments, between which a process can end. */
  #transaction<T>(by: Writer, isWrite: boolean, run: () => Promise<T>, tear?: () => void): Promise<T> {
    if (!by.alive) return never();
    return new Promise((resolve, reject) => {
      const answer = (how: () => void): void => void this.time.after(this.#latency(isWrite), how, by);
      const commit = (): void => {
        this.#mendTail();
        const fault = this.weather.faultOf(by, isWrite);
        if (fault === "busy" || fault === "full") return answer(() => reject(refusal(fault)));
        if (fault === "kill before") return this.weather.kill(by);
        if (fault === "tear") {
          this.#torn = tear;
          return this.weather.kill(by);
        }
        const made = run();
        made.catch(() => undefined);
        if (fault === "kill after") return this.weather.kill(by);
        if (fault === "pause after") this.weather.pause(by);
        answer(() => resolve(made));
      };
      this.time.after(this.#latency(isWrite), commit, by);
    });
  }

  /** A record without its checksum is not there: what was half written is cut. */
  #mendTail(): void {
    this.#torn = undefined;
  }

  #latency(isWrite: boolean): number {
    if (this.dice.chance(0.01)) return this.dice.int(20, 400);
    return isWrite ? this.dice.int(0, 4) : this.dice.int(0, 1);
  }
}

function refusal(fault: "busy" | "full"): PlanloomError {
  return new PlanloomError(fault === "busy" ? "STORE_BUSY" : "STORE_FULL", { path: "simulated" });
}
