// One run as it is driven: a loop of inputs, events and effects. In: inputs, one batch at a time. Out: appended events, started
// and stopped effects. Separate from local.ts, which decides who drives what. It keeps only the run's state, the owner's epoch,
// the calls in flight, one timer and the inbox cursor; everything else is in the log.
import type { DraftedStep } from "../agents/checkpoint.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { NO_USAGE } from "../plan/usage.js";
import { outOfTime } from "../run/decide/budget.js";
import type { Effect } from "../run/effect.js";
import type { Input, Outcome } from "../run/input.js";
import { readCommand } from "../run/read-command.js";
import { next } from "../run/next.js";
import { HELD, isWaiting, type Run } from "../run/state.js";
import { transition } from "../run/transition.js";
import type { EventStore, InboxEntry } from "../store/event-store.js";
import type { Clock } from "./clock.js";
import type { Listener, Progress, Stop } from "./engine.js";
import type { Perform, ReservePart } from "./perform-port.js";
import { Reservations } from "./reservations.js";
import { isConversation } from "../plan/step-kind.js";

export interface DrivePorts {
  readonly store: EventStore;
  readonly perform: Perform;
  readonly clock: Clock;
  /** Resolves in a later event-loop turn. */
  readonly defer: () => Promise<void>;
}

/** Extends the lease and returns its new end (ms since 1970); rejects with STORE_FENCED where the run is somebody else's. */
export type Renew = (drive: Drive) => Promise<number>;

/** Called once, when the run has ended (no error) or cannot be driven any more; resolves when others may drive it. */
export type Over = (error: Error | undefined) => Promise<void>;

type Unstamped = Input extends infer I ? (I extends Input ? Omit<I, "id" | "at"> : never) : never;

interface Waiter {
  readonly untilEnd: boolean;
  resolve(stop: Stop): void;
  reject(error: Error): void;
}

export class Drive {
  readonly listeners = new Set<Listener>();
  readonly #ports: DrivePorts;
  readonly #renew: Renew;
  readonly #onOver: Over;
  readonly #queue: Input[] = [];
  /** From launch until the outcome is decided: while that waits for its turn, the call is still owed. */
  readonly #inFlight = new Map<string, AbortController>();
  readonly #waiters = new Set<Waiter>();
  /** What was owed when this process took the run over: it may have been begun by another one. */
  readonly #inherited = new Set<string>();
  readonly #reservations: Reservations;
  #pumping = false;
  #over = false;
  #cursor = 0;
  #cancelTimer: (() => void) | undefined;
  #inputs = 0;
  /** When the last input was decided, ms since 1970. */
  #decidedAt = 0;

  constructor(
    readonly run: Run,
    readonly epoch: number,
    /** ms since 1970 until which nobody may take the run over from a process that lives. */
    public leaseUntil: number,
    ports: DrivePorts,
    renew: Renew,
    onOver: Over,
  ) {
    this.#ports = ports;
    this.#renew = renew;
    this.#onOver = onOver;
    this.#reservations = new Reservations(run, (call) => this.feed({ ...call, by: "engine" }));
  }

  // The loop

  /** Queues an input of the engine, and gives its id. */
  feed(input: Unstamped): string {
    const stamped = this.#stamped(input);
    if (!this.#over) this.#enqueue(stamped);
    return stamped.id;
  }

  #stamped(input: Unstamped): Input {
    return { ...input, id: `${this.epoch}.${++this.#inputs}`, at: this.#ports.clock.now() };
  }

  /** Goes on with a run of another owner. Commands that wait are decided together with that, before anything begins. */
  takeOver(input: Unstamped & { readonly type: "recovered" }, inbox: readonly InboxEntry[]): void {
    for (const key of this.run.owed.keys()) this.#inherited.add(key);
    this.#enqueue(this.#stamped(input), ...this.#new(inbox));
  }

  #enqueue(...inputs: readonly Input[]): void {
    if (inputs.length === 0) return;
    this.#queue.push(...inputs);
    if (!this.#pumping) void this.#pump();
  }

  /** Decides, appends and acts, in this order and for whole batches; one pump at a time. */
  async #pump(): Promise<void> {
    const { run, epoch } = this;
    const { store, defer } = this.#ports;
    this.#pumping = true;
    try {
      let turn = performance.now();
      while (this.#queue.length > 0 && !this.#over) {
        const expectedSeq = run.seq;
        const inputs = this.#queue.splice(0);
        const events = inputs.flatMap((input) => transition(run, input));
        for (const input of inputs) if (isOutcome(input)) this.#inFlight.delete(input.key);
        this.#decidedAt = inputs[inputs.length - 1]!.at;
        if (events.length > 0) await store.append(run.id, { expectedSeq, epoch }, events);
        if (this.#over) return;
        for (const event of events) this.#tell((listener) => listener.event?.(event));
        await this.#stillOwned();
        if (this.#over) return;
        this.#reservations.decided(inputs, events);
        this.#act();
        if (performance.now() - turn > LIMITS.turnMs) turn = (await defer(), performance.now());
      }
    } catch (error) {
      // The state in memory is ahead of the log now, so it is of no use: whoever drives the run next reads the log.
      void this.stop(error);
    } finally {
      this.#pumping = false;
      this.#answerWaiters();
    }
  }

  /**
   * A process that was stopped for longer than its lease may have lost the run between an append and its answer, and what it
   * was about to begin may be settled: it asks before it acts. Rejects with STORE_FENCED.
   */
  async #stillOwned(): Promise<void> {
    while (this.#ports.clock.now() >= this.leaseUntil) this.leaseUntil = await this.#renew(this);
  }

  #act(): void {
    const { clock } = this.#ports;
    let wakeAt = Infinity;
    const now = clock.now();
    for (const effect of next(this.run)) {
      if (effect.kind === "stop") this.#inFlight.get(effect.target)?.abort(new Error(this.#whyStopped()));
      else if (effect.kind === "wait" || effect.kind === "person") wakeAt = Math.min(wakeAt, this.#dueAt(effect.until));
      else if ((effect.notBefore ?? 0) > now) wakeAt = Math.min(wakeAt, effect.notBefore!);
      else if (this.#inFlight.has(effect.key)) continue;
      else if (this.run.paused && HELD.has(effect.kind)) continue;
      else if (this.run.cancelling === undefined && !this.run.owed.has(`stop/${effect.key}`)) this.#launch(effect);
      else this.#decline(effect);
    }
    for (const [key, controller] of this.#inFlight)
      if (!this.run.owed.has(key)) controller.abort(new Error("no longer owed"));
    this.#cancelTimer?.();
    this.#cancelTimer =
      wakeAt === Infinity ? undefined : clock.setTimer(wakeAt - now, () => this.feed({ type: "clock", by: "engine" }));
    if (this.run.ended !== undefined) void this.#finish();
  }

  #whyStopped(): string {
    return outOfTime(this.run) ?? "the run is being cancelled";
  }

  /** A time that the kernel has seen pass already (a retry that waits for a free place) needs no timer. */
  #dueAt(until = Infinity): number {
    return until > this.#decidedAt ? until : Infinity;
  }

  #launch(effect: Effect, stopped?: Error): void {
    const controller = this.#launched(effect.key);
    const { signal } = controller;
    if (stopped !== undefined) controller.abort(stopped);
    const progress = (value: Progress) => this.#tell((listener) => listener.progress?.(value));
    const stillOwned = () => this.#stillOwned();
    const reserve: ReservePart = (call, until) => this.#reservations.ask({ key: effect.key, ...call }, until);
    const drafted = (step: DraftedStep) => void this.feed({ type: "drafted", by: "engine", key: effect.key, ...step });
    const context = { signal, epoch: this.epoch, stillOwned, reserve, drafted, progress };
    this.#ports.perform(effect, this.run, context).then(
      (outcome) => {
        if (outcome !== undefined) this.feed({ ...outcome, by: "engine" });
      },
      (error: unknown) => void this.stop(error),
    );
  }

  /** An agent step that was begun elsewhere may have called something, which its journal tells: it is begun and stopped at once. */
  #decline(effect: Effect): void {
    const inherited = this.#inherited.has(effect.key);
    const spec = effect.kind === "call" ? this.run.steps.get(effect.step)?.spec : undefined;
    const mayHaveCalled = inherited && spec !== undefined && isConversation(spec);
    if (mayHaveCalled) this.#launch(effect, new Error(this.#whyStopped()));
    else this.feed(notPerformed(effect, inherited, this.#whyStopped()));
  }

  #launched(key: string): AbortController {
    const controller = new AbortController();
    this.#inFlight.set(key, controller);
    return controller;
  }

  /** A listener that throws is at fault itself; the run must not be. */
  #tell(say: (listener: Listener) => void): void {
    for (const listener of this.listeners) {
      try {
        say(listener);
      } catch (error) {
        process.emitWarning(`a listener of run ${this.run.id} threw: ${messageOf(error)}`);
      }
    }
  }

  // What others want of it

  /** Queues commands that are not in the log yet. */
  async takeInbox(): Promise<void> {
    const entries = await this.#ports.store.take(this.run.id, this.#cursor);
    if (!this.#over) this.#enqueue(...this.#new(entries));
  }

  /** The commands of these entries that were not taken yet. One that cannot be read was written by another version. */
  #new(entries: readonly InboxEntry[]): Input[] {
    const at = this.#ports.clock.now();
    return entries.flatMap(({ cursor, inputId, by, payload }) => {
      if (cursor <= this.#cursor) return [];
      this.#cursor = cursor;
      const command = this.run.applied.has(inputId) ? undefined : readCommand(payload);
      return command === undefined ? [] : [{ ...command, id: inputId, at, by }];
    });
  }

  /** Resolves with the first events that are appended from now on; rejects when they could not be. */
  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (how: () => void) => {
        this.listeners.delete(listener);
        this.#waiters.delete(waiter);
        how();
      };
      const listener: Listener = { event: () => done(resolve) };
      const waiter: Waiter = {
        untilEnd: true,
        resolve: () => done(resolve),
        reject: (error) => done(() => reject(error)),
      };
      this.listeners.add(listener);
      this.#waiters.add(waiter);
    });
  }

  /** See Engine.stopped. */
  stopped(untilEnd: boolean): Promise<Stop> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ untilEnd, resolve, reject });
      this.#answerWaiters();
    });
  }

  /** Tells who waits for it that only a person can go on. What is still being appended has not happened yet. */
  #answerWaiters(): void {
    const idle = !this.#over && !this.#pumping && this.#queue.length === 0 && this.#inFlight.size === 0;
    if (this.#waiters.size === 0 || !idle || !isWaiting(this.run)) return;
    for (const waiter of this.#waiters) {
      if (waiter.untilEnd) continue;
      this.#waiters.delete(waiter);
      waiter.resolve({ run: this.run, why: "waiting" });
    }
  }

  // The end of it

  async #finish(): Promise<void> {
    this.#leave(new Error("the run has ended"));
    for (const waiter of this.#waiters) waiter.resolve({ run: this.run, why: "ended" });
    await this.#onOver(undefined);
  }

  /** Drives no further, for this reason. Resolves when anybody may go on with the run. */
  async stop(error: unknown): Promise<void> {
    if (this.#over) return;
    const cause = error instanceof Error ? error : new Error(messageOf(error));
    this.#leave(cause);
    // Released first: whoever is told may go on with the run at once.
    await this.#onOver(cause);
    for (const waiter of this.#waiters) waiter.reject(cause);
  }

  #leave(reason: Error): void {
    this.#over = true;
    this.#cancelTimer?.();
    for (const controller of this.#inFlight.values()) controller.abort(reason);
  }
}

/** Of an effect, which is not in flight any more; what an effect says meanwhile has a key, too. */
const isOutcome = (input: Input): input is Input & Outcome =>
  "key" in input && input.type !== "reserve" && input.type !== "drafted";

/** A call that was decided together with the stop of its run: it has not begun (but perhaps elsewhere), and does not. */
function notPerformed(effect: Effect, inherited: boolean, why: string): Unstamped {
  const ending = effect.kind === "call" && effect.effects !== "none" && !inherited ? "tool-error" : "abort";
  const message = `${why}, so the call was not made${inherited ? " again" : ""}`;
  const error = { code: "ABORTED", message, retryable: false };
  return { type: "ended", by: "engine", key: effect.key, ending, error, usage: NO_USAGE };
}
