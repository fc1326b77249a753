// The loop of one run: decide, append, act. In: inputs, in batches. Out: appended events, started and stopped effects.
// It keeps only the run's state, the calls in flight and one timer; everything else is in the log. It knows nothing of
// leases, inboxes and other processes: the engine that uses it does (local.ts).
import { Stopped } from "../deadline.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { WorkEffect } from "../run/effect.js";
import type { RunEvent } from "../run/event.js";
import { type Input, type Outcome } from "../run/input.js";
import { type Run } from "../run/state.js";
import { stopKey } from "../run/keys.js";
import { isCancelling, isEnded, childWaiting, isWaiting } from "../run/status.js";
import { PlanloomError } from "../words/planloom-error.js";
import { headOf } from "../run/view/head.js";
import { transitionParts } from "../run/log/transition.js";
import { agendaOf, type Act, type StopCause } from "./agenda.js";
import type { ChildRuns } from "./children.js";
import type { Listener, Progress, RunStop } from "./engine.js";
import { journalOf, journalAttempt } from "./journal.js";
import type { EnginePorts } from "./open-engine.js";
import type { JournalRow } from "../store/event-store.js";
import type { PerformContext } from "./perform-port.js";
import { Reservations } from "./reservations.js";
import { StopWaiters } from "./stop-waiters.js";
import { WakeUps } from "./wake-ups.js";

export type LoopPorts = Pick<EnginePorts, "store" | "perform" | "clock" | "defer" | "assertAble"> & {
  /** Absent: the engine runs no sub-plans. */
  readonly children?: ChildRuns;
};

/** The functions of the engine that owns the run. */
export interface LoopOwner {
  /** Called before anything starts. Resolves if this process owns the run; rejects with STORE_FENCED. */
  stillOwned(): Promise<void>;
  /**
   * Called once, when the run has ended (no error) or cannot be driven any more. Resolves when another process may
   * drive it.
   */
  over(error: Error | undefined): Promise<void>;
}

/** An input of the engine, without id and time. The loop adds them. */
type EngineInput = Input extends infer I ? (I extends Input ? Omit<I, "id" | "at" | "by"> : never) : never;

/** The first input of a loop: a new run starts, or its former owner is gone. */
export type FirstInput = Extract<EngineInput, { readonly type: "start" | "recovered" }>;

interface Emitted {
  resolve(events: readonly RunEvent[]): void;
  reject(error: Error): void;
}

export class RunLoop {
  readonly listeners = new Set<Listener>();
  readonly #ports: LoopPorts;
  readonly #owner: LoopOwner;
  readonly #queue: Input[] = [];
  /** From launch until the outcome is decided. An outcome in the queue leaves its call owed. */
  readonly #inFlight = new Map<string, AbortController>();
  readonly #waiters = new StopWaiters();
  /** Effects that only wait for a model server. */
  readonly #waitingEffects = new Set<string>();
  /** Those of them that were stopped for a pause, until it ends. Their outcome is not used, and they stay owed. */
  readonly #putDown = new Set<string>();
  /** Callers that wait until their input is decided and durable, by its id. */
  readonly #emitted = new Map<string, Emitted>();
  /** Keys that were owed when this process took the run over. The former owner may have started them. */
  readonly #inherited = new Set<string>();
  readonly #reservations: Reservations;
  #pumping = false;
  #over = false;
  readonly #wakeUps: WakeUps;
  #inputs = 0;
  /** When the last input was decided, ms since 1970. */
  #decidedAt = 0;

  constructor(
    readonly run: Run,
    /** The store's fencing number of this owner. */
    readonly epoch: number,
    ports: LoopPorts,
    owner: LoopOwner,
  ) {
    this.#ports = ports;
    this.#owner = owner;
    this.#reservations = new Reservations(run, (call) => this.#feed(call));
    this.#wakeUps = new WakeUps(ports.clock, run.log.updatedAt, (dueAt) => this.#wake(dueAt));
  }

  // Inputs

  /**
   * Decides the first input of this loop. Waiting `commands` are decided together with it, before anything starts.
   * Resolves once the events are durable; rejects with the error that stopped the loop.
   */
  async begin(first: FirstInput, commands: readonly Input[] = []): Promise<void> {
    for (const key of this.run.owed.keys()) this.#inherited.add(key);
    await this.#emit(first, commands);
  }

  /** Queues commands, which carry their own ids. */
  feed(commands: readonly Input[]): void {
    if (commands.length === 0 || this.#over) return;
    this.#queue.push(...commands);
    if (!this.#pumping) void this.#pump();
  }

  /** Queues an input of the engine, and returns its id. */
  #feed(input: EngineInput): string {
    const stamped = this.#stamped(input);
    this.feed([stamped]);
    return stamped.id;
  }

  #emit(input: EngineInput, more: readonly Input[] = []): Promise<readonly RunEvent[]> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(notDriven(this.run.id));
      const stamped = this.#stamped(input);
      this.#emitted.set(stamped.id, { resolve, reject });
      this.feed([stamped, ...more]);
    });
  }

  /** The timer has fired, so its time has come, also if the clock of the machine was set back. */
  #wake(dueAt: number): void {
    const input = this.#stamped({ type: "clock" });
    this.feed([{ ...input, at: Math.max(input.at, dueAt) }]);
  }

  #stamped(input: EngineInput): Input {
    return { ...input, id: `${this.epoch}.${++this.#inputs}`, at: this.#ports.clock.now(), by: "engine" };
  }

  // The loop

  /** Decides, appends and acts, in this order and for whole batches; one pump at a time. */
  async #pump(): Promise<void> {
    const { run, epoch } = this;
    const { store, defer, assertAble } = this.#ports;
    this.#pumping = true;
    try {
      let turn = performance.now();
      const isLate = () => performance.now() - turn > LIMITS.turnMs;
      while (this.#queue.length > 0 && !this.#over) {
        const expectedSeq = run.log.seq;
        const inputs = this.#queue.splice(0);
        const events: RunEvent[] = [];
        for (const part of partsOf(run, inputs)) {
          events.push(...part);
          if (isLate()) turn = (await defer(), performance.now());
        }
        if (this.#over) return;
        for (const input of inputs) if (isOutcome(input)) this.#inFlight.delete(input.key);
        this.#decidedAt = inputs[inputs.length - 1]!.at;
        const last = events.at(-1);
        if (last !== undefined) await store.append(run.id, { expectedSeq, epoch }, events, headOf(run, last));
        if (this.#over) return;
        this.#announce(inputs, events);
        // Another process wrote the plan of an edit. Nothing of it has begun: a person approves it first.
        if (events.some(({ type, data }) => type === "plan.proposed" && data.cause === "edit")) await assertAble?.(run);
        await this.#owner.stillOwned();
        if (this.#over) return;
        this.#reservations.decided(inputs, events);
        this.#act();
        if (isLate()) turn = (await defer(), performance.now());
      }
    } catch (error) {
      // The state in memory is ahead of the log now, so it must not be used. The next owner of the run reads the log.
      void this.stop(error);
    } finally {
      this.#pumping = false;
      this.#answerWaiters();
    }
  }

  #announce(inputs: readonly Input[], events: readonly RunEvent[]): void {
    for (const event of events) this.#tell((listener) => listener.event?.(event));
    for (const { id } of inputs) {
      const emitted = this.#emitted.get(id);
      this.#emitted.delete(id);
      emitted?.resolve(events.filter(({ inputId }) => inputId === id));
    }
  }

  #act(): void {
    const { clock } = this.#ports;
    const now = clock.now();
    const [inFlight, inherited] = [new Set(this.#inFlight.keys()), this.#inherited];
    if (!this.run.paused) for (const key of this.#putDown) if (!inFlight.has(key)) this.#putDown.delete(key);
    const underway = { inFlight, inherited, putDown: this.#putDown, now, decidedAt: this.#decidedAt };
    const { acts, wakeAt } = agendaOf(this.run, underway);
    for (const act of acts) this.#do(act);
    this.#wakeUps.set(wakeAt, dueTimes(this.run), this.#decidedAt);
    this.#putDownWaiting();
    if (isEnded(this.run)) void this.#finish();
  }

  /** In a pause, a call that waits for a model server would be sent later. It is stopped, and performed after the pause. */
  #putDownWaiting(): void {
    const { paused, owed } = this.run;
    if (!paused) return;
    for (const key of this.#waitingEffects) {
      const effect = owed.get(key);
      if (effect === undefined || owed.has(stopKey(key)) || this.#putDown.has(key)) continue;
      this.#putDown.add(key);
      this.#inFlight.get(key)?.abort(new Stopped("PAUSED"));
    }
  }

  /** The outcome of an effect. One that was put down has none: it is free to be performed again. */
  #ended(outcome: Outcome): void {
    this.#waitingEffects.delete(outcome.key);
    if (!this.#putDown.has(outcome.key) || isCancelling(this.run)) return void this.#feed(outcome);
    this.#inFlight.delete(outcome.key);
    this.#feed({ type: "clock" });
  }

  #do(act: Act): void {
    if (act.do === "abort") this.#inFlight.get(act.key)?.abort(stoppedFor(act.why));
    else if (act.do === "decide") this.#feed(act.outcome);
    else this.#launch(act.effect, act.stopped);
  }

  #launch(effect: WorkEffect, stopped?: StopCause): void {
    const controller = new AbortController();
    this.#inFlight.set(effect.key, controller);
    if (stopped !== undefined) controller.abort(stoppedFor(stopped));
    this.#ports.perform(effect, this.run, this.#contextOf(effect, controller.signal)).then(
      (outcome) => this.#ended(outcome),
      (error: unknown) => void this.stop(error),
    );
  }

  #contextOf(effect: WorkEffect, signal: AbortSignal): PerformContext {
    const { run, epoch } = this;
    const { store, clock } = this.#ports;
    const { key } = effect;
    const attempted = journalAttempt(run, effect);
    const progress = (value: Progress) => this.#tell((listener) => listener.progress?.(value));
    const turn = "step" in effect ? { type: "turn" as const, step: effect.step, item: effect.item } : undefined;
    const writer = {
      epoch,
      now: () => clock.now(),
      stillOwned: () => this.#owner.stillOwned(),
      ...(turn && { done: (call: Pick<JournalRow, "attempt" | "n" | "name">) => progress({ ...turn, ...call }) }),
    };
    return {
      signal,
      key,
      attempt: effect.kind === "call" ? effect.attempt : attempted.attempt,
      epoch,
      checkpoint: journalOf(store, attempted, writer),
      stillOwned: writer.stillOwned,
      ...(this.#ports.children === undefined ? {} : { children: this.#ports.children }),
      emit: async (input) => void (await this.#emit({ key, ...input })),
      reserve: (call, until) => this.#reservations.ask({ key, ...call }, until),
      waits: (isWaiting) => {
        if (!isWaiting) return void this.#waitingEffects.delete(key);
        this.#waitingEffects.add(key);
        this.#putDownWaiting();
      },
      progress,
    };
  }

  /** An error of a listener must not affect the run. */
  #tell(say: (listener: Listener) => void): void {
    for (const listener of this.listeners) {
      try {
        say(listener);
      } catch (error) {
        process.emitWarning(`a listener of run ${this.run.id} threw: ${messageOf(error)}`);
      }
    }
  }

  // The end of it

  /** See Engine.stopped. */
  stopped(untilEnd: boolean): Promise<RunStop> {
    const stop = this.#waiters.stop(untilEnd);
    this.#answerWaiters();
    return stop;
  }

  /** Events that are still being appended have not happened yet. */
  #answerWaiters(): void {
    const idle = !this.#over && !this.#pumping && this.#queue.length === 0 && this.#isQuiet;
    if (idle && this.#waiters.some && isWaiting(this.run, this.#putDown)) this.#waiters.waiting(this.run);
  }

  /** Nothing is in flight but sub-plans whose child runs wait for a person. */
  get #isQuiet(): boolean {
    if (this.#inFlight.size === 0) return true;
    if (this.run.execution.childWaits === 0) return false;
    return [...this.#inFlight.keys()].every((key) => {
      const effect = this.run.owed.get(key);
      const child = effect && childWaiting(this.run, effect);
      return child !== undefined && this.#ports.children?.stillWaits(child) === true;
    });
  }

  async #finish(): Promise<void> {
    this.#leave(new Stopped("RUN_ENDED"));
    this.#waiters.ended(this.run);
    this.#rejectEmitted(notDriven(this.run.id));
    await this.#owner.over(undefined);
  }

  /** Stops driving, for this reason. Resolves when any process may continue the run. */
  async stop(error: unknown): Promise<void> {
    if (this.#over) return;
    const cause = error instanceof Error ? error : new Error(messageOf(error));
    this.#leave(cause instanceof PlanloomError ? new Stopped(cause.code, cause.params) : cause);
    // Releases first: a caller that learns of the stop may continue the run at once.
    await this.#owner.over(cause);
    this.#waiters.reject(cause);
    this.#rejectEmitted(cause);
  }

  #leave(reason: Error): void {
    this.#over = true;
    this.#wakeUps.clear();
    for (const controller of this.#inFlight.values()) controller.abort(reason);
  }

  #rejectEmitted(reason: Error): void {
    for (const emitted of this.#emitted.values()) emitted.reject(reason);
    this.#emitted.clear();
  }
}

const dueTimes = ({ owed }: Run): ReadonlySet<number> =>
  new Set(
    [...owed.values()].flatMap((effect) => ("until" in effect && effect.until !== undefined ? [effect.until] : [])),
  );

function* partsOf(run: Run, inputs: readonly Input[]): Generator<readonly RunEvent[], void> {
  for (const input of inputs) yield* transitionParts(run, input);
}

/** The outcome of an effect that is not in flight any more. A running effect may send inputs too, with the same key. */
const isOutcome = (input: Input): input is Input & Outcome =>
  "key" in input && input.type !== "reserve" && input.type !== "drafted" && input.type !== "delegated";

const stoppedFor = ({ code, ...params }: StopCause): Stopped => new Stopped(code, params);

const notDriven = (runId: string): Error => new Error(`run ${runId} is not driven here any more`);
