// The local engine: drives runs in this process, each as one loop of inputs, events and effects. In: starts, commands and
// outcomes. Out: appended events. Separate from perform.ts, which calls the world. Per run it keeps only the state, the
// owner's epoch, the calls in flight, one timer and the inbox cursor; everything else is in the log.
import { messageOf, PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import { NO_USAGE } from "../plan/usage.js";
import type { Effect } from "../run/effect.js";
import type { RunEvent } from "../run/event.js";
import { COMMANDS, type Command, type Input } from "../run/input.js";
import { next } from "../run/next.js";
import { emptyRun, isWaiting, type Run } from "../run/state.js";
import { transition } from "../run/transition.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "./clock.js";
import type { Engine, Listener, Reply, StartRequest, Stop } from "./engine.js";
import { livenessOf, newHolder } from "./holder.js";
import { loadRun, readEvents } from "./log.js";
import type { Perform } from "./perform.js";

export interface LocalEngineOptions {
  readonly store: EventStore;
  readonly perform: Perform;
  readonly clock: Clock;
  /** Unique ids of runs and commands. */
  readonly newId: (of: "run" | "input") => string;
  /** Resolves in a later event-loop turn. */
  readonly defer: () => Promise<void>;
}

type Unstamped = Input extends infer I ? (I extends Input ? Omit<I, "id" | "at"> : never) : never;

interface Drive {
  readonly run: Run;
  readonly epoch: number;
  readonly queue: Input[];
  readonly inFlight: Map<string, AbortController>;
  readonly listeners: Set<Listener>;
  readonly waiters: Set<{ readonly untilEnd: boolean; resolve(stop: Stop): void; reject(error: Error): void }>;
  pumping: boolean;
  over: boolean;
  cursor: number;
  cancelTimer: (() => void) | undefined;
  inputs: number;
  /** When the last input was decided, ms since 1970. */
  decidedAt: number;
}

export function localEngine(options: LocalEngineOptions): Engine {
  return new LocalEngine(options);
}

class LocalEngine implements Engine {
  readonly #store: EventStore;
  readonly #perform: Perform;
  readonly #clock: Clock;
  readonly #newId: LocalEngineOptions["newId"];
  readonly #defer: () => Promise<void>;
  readonly #holder = newHolder();
  readonly #drives = new Map<string, Drive>();
  /** Runs that are being taken over. */
  readonly #openings = new Map<string, Promise<void>>();
  /** Why runs that nobody drives here any more were given up. */
  readonly #failures = new Map<string, unknown>();
  /** Senders of this process that wait for an answer, by the id of their command. */
  readonly #asked = new Map<string, { readonly runId: string; reply(reply: Reply): void }>();
  #cancelPoll: (() => void) | undefined;
  #renewedAt = 0;

  constructor(options: LocalEngineOptions) {
    this.#store = options.store;
    this.#perform = options.perform;
    this.#clock = options.clock;
    this.#newId = options.newId;
    this.#defer = options.defer;
  }

  async start(request: StartRequest, listener?: Listener): Promise<string> {
    const runId = request.runId ?? this.#newId("run");
    const epoch = await this.#store.claim(runId, 0, this.#holder, this.#leaseEnd());
    if (epoch === undefined)
      throw new PlanloomError("RUN_EXISTS", `There is a run ${runId} already.`, {
        kind: "usage",
        next: "Choose another id.",
      });
    const drive = this.#newDrive(emptyRun(runId), epoch, listener);
    const started = this.#durable(drive);
    const { given } = request;
    this.#feed(drive, {
      type: "start",
      by: "engine",
      started: request.started,
      ...(given === undefined ? {} : { given }),
    });
    await started;
    return runId;
  }

  async drive(runId: string, reason: string, listener?: Listener): Promise<void> {
    const active = this.#drives.get(runId);
    if (active !== undefined) {
      if (listener !== undefined) active.listeners.add(listener);
      return;
    }
    const opening = this.#openings.get(runId);
    if (opening !== undefined) return opening.then(() => this.drive(runId, reason, listener));
    const opened = this.#open(runId, reason, listener).finally(() => this.#openings.delete(runId));
    this.#openings.set(runId, opened);
    return opened;
  }

  async #open(runId: string, reason: string, listener?: Listener): Promise<void> {
    const first = await loadRun(this.#store, runId);
    if (first.ended !== undefined) return;
    const owner = await this.#store.owner(runId);
    if (owner !== undefined && this.#isAlive(owner)) throw runOwned(runId, owner.holder ?? "");
    const epoch = await this.#store.claim(runId, owner?.epoch ?? 0, this.#holder, this.#leaseEnd());
    if (epoch === undefined) throw runOwned(runId, "another process");
    // Read again: the former owner may have appended until the claim.
    const drive = this.#newDrive(await loadRun(this.#store, runId), epoch, listener);
    const durable = this.#durable(drive);
    this.#feed(drive, { type: "recovered", by: "engine", epoch, reason });
    await durable;
    await this.#takeInbox(drive);
  }

  stopped(runId: string, { untilEnd = false }: { readonly untilEnd?: boolean } = {}): Promise<Stop> {
    const drive = this.#drives.get(runId);
    if (drive === undefined) return this.#stoppedBefore(runId);
    return new Promise((resolve, reject) => {
      drive.waiters.add({ untilEnd, resolve, reject });
      this.#answerWaiters(drive);
    });
  }

  async #stoppedBefore(runId: string): Promise<Stop> {
    const run = await this.load(runId);
    if (run.ended !== undefined) return { run, why: "ended" };
    if (this.#failures.has(runId) && !isWaiting(run)) throw this.#failures.get(runId);
    return { run, why: "waiting" };
  }

  async send(
    runId: string,
    command: Command,
    { by, record }: { readonly by: string; readonly record?: "only" },
  ): Promise<Reply> {
    const driven = this.#drives.get(runId)?.run;
    const before = driven ?? (await this.load(runId));
    if (driven === undefined && before.ended !== undefined)
      return { ok: false, code: "RUN_ENDED", message: `Run ${runId} is ${before.ended} already.` };
    const inputId = this.#newId("input");
    const fromSeq = before.seq + 1;
    const entry = { inputId, at: this.#clock.now(), by, payload: command };
    if (record === "only") return this.#store.put(runId, entry).then(() => ({ ok: true }));
    // Asked before the command can be seen: whoever drives the run here may obey it at once.
    const reply = new Promise<Reply>((resolve) => this.#asked.set(inputId, { runId, reply: resolve }));
    try {
      await this.#store.put(runId, entry);
      if (await this.#mayTakeOver(runId)) await this.#takeOver(runId);
      const drive = this.#drives.get(runId);
      if (drive !== undefined) await this.#takeInbox(drive);
      else if (this.#asked.has(inputId)) return await this.#replyInLog(runId, inputId, fromSeq);
      return await reply;
    } finally {
      this.#asked.delete(inputId);
    }
  }

  async #mayTakeOver(runId: string): Promise<boolean> {
    const owner = await this.#store.owner(runId);
    return !this.#drives.has(runId) && (owner === undefined || !this.#isAlive(owner));
  }

  async #takeOver(runId: string): Promise<void> {
    try {
      await this.drive(runId, "a command arrived");
    } catch (error) {
      // Somebody else was faster: that process finds the command in the inbox.
      if (!(error instanceof PlanloomError) || error.code !== "RUN_OWNED") throw error;
    }
  }

  async load(runId: string): Promise<Run> {
    return loadRun(this.#store, runId);
  }

  events(
    runId: string,
    options: { readonly fromSeq?: number; readonly follow?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<RunEvent> {
    return readEvents(this.#store, this.#clock, runId, options);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#openings.values());
    await Promise.all([...this.#drives.values()].map((drive) => this.#giveUp(drive, engineClosed(drive.run.id))));
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }

  // The loop

  /** Queues an input; one pump per run decides, appends and acts, in this order and for whole batches. */
  #feed(drive: Drive, input: Unstamped): void {
    if (drive.over) return;
    const id = `${drive.epoch}.${++drive.inputs}`;
    drive.queue.push({ ...input, id, at: this.#clock.now() });
    if (!drive.pumping) void this.#pump(drive);
  }

  async #pump(drive: Drive): Promise<void> {
    drive.pumping = true;
    try {
      let turn = performance.now();
      while (drive.queue.length > 0 && !drive.over) {
        const expectedSeq = drive.run.seq;
        const inputs = drive.queue.splice(0);
        const events = inputs.flatMap((input) => transition(drive.run, input));
        for (const input of inputs) if ("key" in input) drive.inFlight.delete(input.key);
        drive.decidedAt = inputs[inputs.length - 1]!.at;
        if (events.length > 0) await this.#store.append(drive.run.id, { expectedSeq, epoch: drive.epoch }, events);
        if (drive.over) return;
        this.#publish(drive, events);
        this.#act(drive);
        if (performance.now() - turn > LIMITS.turnMs) turn = (await this.#defer(), performance.now());
      }
    } catch (error) {
      // The state in memory is ahead of the log now, so it is of no use: whoever drives the run next reads the log.
      this.#stopDriving(drive, error);
    } finally {
      drive.pumping = false;
      this.#answerWaiters(drive);
    }
  }

  #act(drive: Drive): void {
    let wakeAt = Infinity;
    const now = this.#clock.now();
    for (const effect of next(drive.run)) {
      if (effect.kind === "stop") drive.inFlight.get(effect.target)?.abort(new Error("the run is being cancelled"));
      else if (effect.kind === "wait" || effect.kind === "person")
        wakeAt = Math.min(wakeAt, this.#dueAt(drive, effect.until));
      else if ((effect.notBefore ?? 0) > now) wakeAt = Math.min(wakeAt, effect.notBefore!);
      else if (drive.inFlight.has(effect.key)) continue;
      else if (drive.run.cancelling === undefined) this.#launch(drive, effect);
      else this.#feed(drive, notBegun(effect));
    }
    for (const [key, controller] of drive.inFlight)
      if (!drive.run.owed.has(key)) controller.abort(new Error("no longer owed"));
    drive.cancelTimer?.();
    drive.cancelTimer = wakeAt === Infinity ? undefined : this.#clock.setTimer(wakeAt - now, () => this.#wake(drive));
    if (drive.run.ended !== undefined) this.#finish(drive);
  }

  /** A time that the kernel has seen pass already (a retry that waits for a free place) needs no timer. */
  #dueAt(drive: Drive, until = Infinity): number {
    return until > drive.decidedAt ? until : Infinity;
  }

  /** A due time has come. A clock input that decides nothing still acts, for effects that were not to begin before now. */
  #wake(drive: Drive): void {
    this.#feed(drive, { type: "clock", by: "engine" });
  }

  #launch(drive: Drive, effect: Effect): void {
    const controller = new AbortController();
    drive.inFlight.set(effect.key, controller);
    const progress = (value: Parameters<NonNullable<Listener["progress"]>>[0]) => {
      for (const listener of drive.listeners) listener.progress?.(value);
    };
    this.#perform(effect, drive.run, { signal: controller.signal, epoch: drive.epoch, progress }).then(
      // In flight until its outcome is decided: while that waits for its turn, the call is still owed.
      (outcome) => {
        if (outcome !== undefined) this.#feed(drive, { ...outcome, by: "engine" });
      },
      (error: unknown) => this.#stopDriving(drive, error),
    );
  }

  #publish(drive: Drive, events: readonly RunEvent[]): void {
    for (const event of events) {
      for (const listener of drive.listeners) listener.event?.(event);
      if (event.by !== "engine") this.#reply(event.inputId, replyOf(event));
    }
  }

  #reply(inputId: string, reply: Reply): void {
    this.#asked.get(inputId)?.reply(reply);
    this.#asked.delete(inputId);
  }

  /** Answers all senders whose commands to this run will not be obeyed here. */
  #replyToAll(runId: string, reply: Reply): void {
    for (const [inputId, asked] of this.#asked) if (asked.runId === runId) this.#reply(inputId, reply);
  }

  // The life of a drive

  #newDrive(run: Run, epoch: number, listener?: Listener): Drive {
    const drive: Drive = {
      run,
      epoch,
      queue: [],
      inFlight: new Map(),
      listeners: new Set(listener === undefined ? [] : [listener]),
      waiters: new Set(),
      pumping: false,
      over: false,
      cursor: 0,
      cancelTimer: undefined,
      inputs: 0,
      decidedAt: 0,
    };
    this.#drives.set(run.id, drive);
    this.#failures.delete(run.id);
    this.#renewedAt ||= this.#clock.now();
    this.#schedulePoll();
    return drive;
  }

  /** Resolves with the first events that this drive appends; rejects when they could not be. */
  #durable(drive: Drive): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (how: () => void) => {
        drive.listeners.delete(listener);
        drive.waiters.delete(waiter);
        how();
      };
      const listener: Listener = { event: () => done(resolve) };
      const waiter = {
        untilEnd: true,
        resolve: () => done(resolve),
        reject: (error: Error) => done(() => reject(error)),
      };
      drive.listeners.add(listener);
      drive.waiters.add(waiter);
    });
  }

  /** Tells who waits for it that only a person can go on. What is still being appended has not happened yet. */
  #answerWaiters(drive: Drive): void {
    const idle = !drive.over && !drive.pumping && drive.queue.length === 0 && drive.inFlight.size === 0;
    if (drive.waiters.size === 0 || !idle || !isWaiting(drive.run)) return;
    for (const waiter of drive.waiters) {
      if (waiter.untilEnd) continue;
      drive.waiters.delete(waiter);
      waiter.resolve({ run: drive.run, why: "waiting" });
    }
  }

  #finish(drive: Drive): void {
    this.#forget(drive, engineClosed(drive.run.id));
    void this.#release(drive);
    for (const waiter of drive.waiters) waiter.resolve({ run: drive.run, why: "ended" });
    const { id, ended } = drive.run;
    this.#replyToAll(id, { ok: false, code: "RUN_ENDED", message: `Run ${id} is ${ended} already.` });
  }

  #stopDriving(drive: Drive, error: unknown): void {
    if (!drive.over) void this.#giveUp(drive, error);
  }

  /** Resolves when anybody may go on with the run. */
  async #giveUp(drive: Drive, error: unknown): Promise<void> {
    this.#forget(drive, error);
    this.#failures.set(drive.run.id, error);
    // Released first: whoever is told may go on with the run at once.
    await this.#release(drive);
    const cause = error instanceof Error ? error : new Error(messageOf(error));
    for (const waiter of drive.waiters) waiter.reject(cause);
    this.#replyToAll(drive.run.id, { ok: false, code: "NOT_ANSWERED", message: messageOf(error) });
  }

  /** Where that cannot be written, the lease runs out by itself. */
  #release(drive: Drive): Promise<void> {
    return this.#store.release(drive.run.id, drive.epoch).catch(() => undefined);
  }

  #forget(drive: Drive, reason: unknown): void {
    drive.over = true;
    drive.cancelTimer?.();
    if (this.#drives.get(drive.run.id) === drive) this.#drives.delete(drive.run.id);
    for (const controller of drive.inFlight.values()) controller.abort(reason);
    if (this.#drives.size > 0) return;
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }

  // Owners and inboxes

  #leaseEnd(): number {
    return this.#clock.now() + LIMITS.leaseMs;
  }

  #isAlive(owner: { readonly holder: string | null; readonly leaseUntil: number }): boolean {
    // A run that this engine owns and does not drive was given up, though that could not be written.
    if (owner.holder === null || owner.holder === this.#holder || livenessOf(owner.holder) === "dead") return false;
    return owner.leaseUntil > this.#clock.now();
  }

  #schedulePoll(): void {
    this.#cancelPoll ??= this.#clock.setTimer(LIMITS.inboxPollMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    this.#cancelPoll = undefined;
    for (const drive of [...this.#drives.values()]) {
      await this.#takeInbox(drive).catch((error: unknown) => this.#stopDriving(drive, error));
    }
    if (this.#drives.size === 0) return;
    this.#schedulePoll();
    const now = this.#clock.now();
    if (now - this.#renewedAt < LIMITS.leaseMs / 3) return;
    this.#renewedAt = now;
    // A lease that could not be renewed costs the run at the next append at worst, and says so there.
    await this.#store.renew(this.#holder, this.#leaseEnd()).catch(() => undefined);
  }

  async #takeInbox(drive: Drive): Promise<void> {
    const entries = await this.#store.take(drive.run.id, drive.cursor);
    for (const entry of entries) {
      if (drive.over || entry.cursor <= drive.cursor) continue;
      drive.cursor = entry.cursor;
      const command = entry.payload as Command;
      if (drive.run.applied.has(entry.inputId) || !COMMANDS.includes(command.type)) continue;
      drive.queue.push({ ...command, id: entry.inputId, at: this.#clock.now(), by: entry.by });
      if (!drive.pumping) void this.#pump(drive);
    }
  }

  /** The answer to a command that another process obeys. */
  async #replyInLog(runId: string, inputId: string, fromSeq: number): Promise<Reply> {
    const deadline = this.#clock.now() + LIMITS.replyMs;
    const until = new AbortController();
    const cancel = this.#clock.setTimer(deadline - this.#clock.now(), () => until.abort());
    try {
      for await (const event of this.events(runId, { fromSeq, follow: true, signal: until.signal })) {
        if (event.inputId === inputId) return replyOf(event);
      }
      const message = `The command is recorded; the owner of run ${runId} has not answered it.`;
      return { ok: false, code: "NOT_ANSWERED", message };
    } finally {
      cancel();
    }
  }
}

/** A call that was decided together with the cancel of its run: it has not begun, and does not. */
function notBegun(effect: Effect): Unstamped {
  const ending = effect.kind === "call" && effect.effects !== "none" ? "tool-error" : "abort";
  const error = { code: "ABORTED", message: "the run was cancelled before the call", retryable: false };
  return { type: "ended", by: "engine", key: effect.key, ending, error, usage: NO_USAGE };
}

function replyOf(event: RunEvent): Reply {
  return event.type === "input.refused"
    ? { ok: false, code: event.data.code, message: event.data.message }
    : { ok: true };
}

function runOwned(runId: string, holder: string): PlanloomError {
  const [host, pid] = holder.split("/");
  const who = pid === undefined ? holder : `process ${pid} on ${host}`;
  return new PlanloomError("RUN_OWNED", `Run ${runId} is driven by ${who}.`, {
    kind: "refused",
    next: `Follow it with \`planloom watch ${runId}\`, or end that process first.`,
  });
}

function engineClosed(runId: string): PlanloomError {
  return new PlanloomError("ENGINE_CLOSED", `The engine was closed while it drove run ${runId}.`, {
    kind: "interrupted",
    next: `Go on with \`planloom resume ${runId}\`.`,
  });
}
