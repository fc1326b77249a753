// The local engine: starts, takes over and closes the drives of this process. In: starts, commands, and the contents of
// inboxes. Out: drives, each the loop of one run with its lease and inbox (drive.ts).
import { isEnded, isWaiting } from "../run/status.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import type { PresentOwner } from "../words/errors/runs.js";
import type { RunEvent } from "../run/event.js";
import type { ResumeReason } from "../run/reason.js";
import { isForEnded, type Command } from "../run/command.js";
import { isRetry, readCommand } from "../run/log/read-command.js";
import { whyRefused } from "../run/decide/command.js";
import { emptyRun, type Run } from "../run/state.js";
import { LocalChildren } from "./children.js";
import { Drive } from "./drive.js";
import type { Engine, Listener, Reply, StartRequest, RunStop } from "./engine.js";
import { commandInvalid, notAnswered, runEnded, runOwned } from "./engine-error.js";
import { closeHolder, livenessOf, newHolder, readHolder, type Liveness } from "./holder.js";
import { Inbox } from "./inbox.js";
import { Leases, type Claim } from "./lease.js";
import { childrenOf, deleteRun, endedAfter, loadRun, pause, readEvents, readLog } from "./log.js";
import type { DeleteOptions, Owner } from "../store/event-store.js";
import type { EnginePorts } from "./open-engine.js";
import type { LoopPorts } from "./run-loop.js";
import { commandReply, isReply, Senders } from "./senders.js";

export interface LocalEngineOptions extends EnginePorts {
  /** This process as an owner, and whether another one is known to live. Default: asks the operating system. */
  readonly holder?: string;
  readonly livenessOf?: (holder: string) => Liveness;
}

export function localEngine(options: LocalEngineOptions): Engine {
  return new LocalEngine(options);
}

class LocalEngine implements Engine {
  readonly #ports: LocalEngineOptions;
  readonly #loopPorts: LoopPorts;
  readonly #children: LocalChildren;
  readonly #leases: Leases;
  readonly #drives = new Map<string, Drive>();
  /** Runs that are being taken over. */
  readonly #openings = new Map<string, Promise<void>>();
  /** The errors of runs that this engine has given up. */
  readonly #failures = new Map<string, Error>();
  readonly #senders = new Senders();
  /** Epochs of runs that could not be released. */
  readonly #unreleased = new Map<string, number>();
  readonly #holder: string;
  #cancelPoll: (() => void) | undefined;
  #renewedAt = 0;

  constructor(ports: LocalEngineOptions) {
    this.#ports = ports;
    this.#children = new LocalChildren(this, ports.clock);
    this.#loopPorts = { ...ports, children: this.#children };
    this.#holder = ports.holder ?? newHolder();
    this.#leases = new Leases({ livenessOf, ...ports, holder: this.#holder });
  }

  async start(request: StartRequest, listener?: Listener): Promise<string> {
    const { runId = this.#ports.newId("run"), ...facts } = request;
    const claim = await this.#leases.claimNew(runId);
    if (claim === undefined) throw new PlanloomError("RUN_EXISTS", { runId });
    const run = emptyRun(runId);
    const { loop } = this.#newDrive(claim, run, this.#inboxOf(run), listener);
    await loop.begin({ type: "start", ...facts });
    return runId;
  }

  async drive(runId: string, reason: ResumeReason["code"], listener?: Listener): Promise<void> {
    const active = this.#drives.get(runId);
    if (active !== undefined) {
      if (listener !== undefined) active.loop.listeners.add(listener);
      return;
    }
    const opening = this.#openings.get(runId);
    if (opening !== undefined) return opening.then(() => this.drive(runId, reason, listener));
    const opened = this.#open(runId, reason, listener).finally(() => this.#openings.delete(runId));
    this.#openings.set(runId, opened);
    return opened;
  }

  async #open(runId: string, code: ResumeReason["code"], listener?: Listener): Promise<void> {
    const { store } = this.#ports;
    const first = await loadRun(store, runId);
    const waiting = await this.#waitingFor(first);
    if (isEnded(first) && !waiting.some(isRetry)) return;
    await this.#assertAble(first, waiting);
    const owner = await store.owner(runId);
    const isHeld = this.#leases.isHeld(owner);
    if (isHeld && code !== "TAKEN_OVER") throw runOwned(runId, await this.#present(runId, owner));
    const released = owner !== undefined && this.#leases.isOwn(owner);
    const claim = await this.#leases.claim(runId, owner?.epoch ?? 0);
    if (claim === undefined) throw runOwned(runId);
    // A stopped owner may have gone on until the claim.
    const former = released ? undefined : owner?.holder;
    const isLive = isHeld || (typeof former === "string" && this.#leases.isKnownAlive(former));
    const reason = isLive ? takenOver(former!) : { code: code === "TAKEN_OVER" ? "RESUMED" : code };
    const recovered = { type: "recovered", epoch: claim.epoch, reason, ...(released && { released }) } as const;
    try {
      // Reads again: the former owner may have appended events until the claim.
      const run = await loadRun(store, runId);
      const inbox = this.#inboxOf(run);
      const commands = await inbox.take();
      await this.#newDrive(claim, run, inbox, listener).loop.begin(recovered, commands);
      this.#driveAbove(run);
    } catch (error) {
      // The drive releases its run itself. Before it began, nobody else would.
      if (!this.#drives.has(runId)) await this.#release(runId, claim.epoch);
      throw error;
    }
  }

  /**
   * A child run that goes on here needs the runs above it, which take its answer. They follow it from any process, so it
   * is no error if another one has them, or if this one cannot drive them.
   */
  #driveAbove({ request: { within } }: Run): void {
    if (within !== undefined) this.drive(within.root, "RESUMED").catch(() => undefined);
  }

  /** What a reader is told of an owner. `since` is absent if it has recorded nothing yet. */
  async #present(runId: string, { epoch, holder, leaseUntil }: Held): Promise<PresentOwner> {
    const begun = (await readLog(this.#ports.store, runId)).findLast(
      ({ type, data }) => type === "run.started" || (type === "run.resumed" && data.epoch === epoch),
    );
    const since = begun?.type === "run.resumed" || epoch === 1 ? begun?.at : undefined;
    const lease = this.#leases.isKnownAlive(holder) ? { alive: true as const } : { leaseUntil };
    return { ...readHolder(holder), ...(since === undefined ? {} : { since }), ...lease };
  }

  #inboxOf(run: Run): Inbox {
    return new Inbox(run, this.#ports.store, this.#ports.clock);
  }

  /** The commands in the inbox that are not in the log, as they were sent. */
  async #waitingFor({ id, log: { applied } }: Run): Promise<readonly Json[]> {
    const inbox = await this.#ports.store.take(id, 0);
    return inbox.flatMap(({ inputId, payload }) => (applied.has(inputId) ? [] : [payload]));
  }

  async #assertAble(run: Run, commands: readonly Json[]): Promise<void> {
    await this.#ports.assertAble?.(
      run,
      commands.flatMap((payload) => readCommand(payload) ?? []),
    );
  }

  stopped(runId: string, { untilEnd = false }: { readonly untilEnd?: boolean } = {}): Promise<RunStop> {
    const drive = this.#drives.get(runId);
    if (drive === undefined) return this.#stoppedBefore(runId);
    return drive.loop.stopped(untilEnd);
  }

  async #stoppedBefore(runId: string): Promise<RunStop> {
    const run = await this.load(runId);
    if (isEnded(run)) return { run, why: "ended" };
    const failure = this.#failures.get(runId);
    if (failure !== undefined && !isWaiting(run)) throw failure;
    return { run, why: "waiting" };
  }

  async send(
    runId: string,
    command: Command,
    { by, record, listener, inputId = this.#ports.newId("input") }: Parameters<Engine["send"]>[2],
  ): Promise<Reply> {
    const { store, clock } = this.#ports;
    const driven = this.#drives.get(runId)?.run;
    const before = driven ?? (await this.load(runId));
    if (readCommand(command) === undefined || !isSender(by)) throw commandInvalid(command, by);
    const isOver = driven === undefined && isEnded(before) && !isForEnded(command.type);
    // A recorded retry waits: the command is for the run that goes on.
    if (isOver && !(await this.#waitingFor(before)).some(isRetry)) return runEnded(before);
    const refusal = whyRefused(before, command);
    if (refusal !== undefined) return { ok: false, ...refusal };
    const fromSeq = before.log.seq + 1;
    const entry = { inputId, at: clock.now(), by, payload: command as unknown as Json };
    const taken = record !== "only" && driven === undefined && (await this.#mayTakeOver(runId));
    if (taken) await this.#assertAble(before, [...(await this.#waitingFor(before)), entry.payload]);
    if (record === "only") return store.put(runId, entry).then(() => ({ ok: true }));
    // Registered before the command is visible: this engine may decide it at once.
    const reply = this.#senders.wait(inputId, runId);
    try {
      await store.put(runId, entry);
      const deadline = clock.now() + LIMITS.replyMs;
      for (let [next, ended] = [fromSeq, isEnded(before)]; ;) {
        // Looked at each time: the owner may release the run after its last look at the inbox.
        if (await this.#mayTakeOver(runId)) await this.#takeOver(runId, listener);
        const drive = this.#drives.get(runId);
        if (drive !== undefined) await drive.takeInbox();
        if (driven !== undefined || !this.#senders.has(inputId)) return await reply;
        for await (const event of this.events(runId, { fromSeq: next })) {
          if (isReply(event, inputId)) return commandReply(event);
          next = event.seq + 1;
          ended = endedAfter(event) ?? ended;
        }
        // The owner before did not decide it, or the log would say so.
        if (drive !== undefined) return await reply;
        const isLate = clock.now() >= deadline;
        // A process that has ended a run releases it a moment later. Then a retry may continue it here.
        if (ended && (!isForEnded(command.type) || isLate)) return runEnded(await this.load(runId));
        if (isLate) return notAnswered();
        await pause(clock, LIMITS.inboxPollMs);
      }
    } finally {
      this.#senders.forget(inputId);
    }
  }

  async #mayTakeOver(runId: string): Promise<boolean> {
    const owner = await this.#ports.store.owner(runId);
    return !this.#drives.has(runId) && !this.#leases.isHeld(owner);
  }

  async #takeOver(runId: string, listener?: Listener): Promise<void> {
    try {
      await this.drive(runId, "COMMAND_ARRIVED", listener);
    } catch (error) {
      // Another process was faster. It finds the command in the inbox.
      if (!hasCode(error, "RUN_OWNED")) throw error;
    }
  }

  driven(runId: string): Run | undefined {
    return this.#drives.get(runId)?.run;
  }

  async load(runId: string): Promise<Run> {
    return loadRun(this.#ports.store, runId);
  }

  events(
    runId: string,
    options: { readonly fromSeq?: number; readonly follow?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<RunEvent> {
    return readEvents(this.#ports.store, this.#ports.clock, runId, options);
  }

  listen(runId: string, listener: Listener): () => void {
    const listeners = this.#drives.get(runId)?.loop.listeners;
    listeners?.add(listener);
    return () => void listeners?.delete(listener);
  }

  async delete(runId: string, options?: DeleteOptions): Promise<void> {
    await this.#openings.get(runId)?.catch(() => undefined);
    const { store } = this.#ports;
    const owner = await store.owner(runId);
    if (this.#drives.has(runId)) throw runOwned(runId);
    if (this.#leases.isHeld(owner)) throw runOwned(runId, await this.#present(runId, owner));
    // A child run without the run above it would be of no use.
    for (const child of await childrenOf(store, runId)) await this.delete(child, options).catch(unlessUnknown);
    await deleteRun(store, runId, owner?.epoch ?? 0, options);
    this.#failures.delete(runId);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#openings.values());
    await Promise.all(
      [...this.#drives.values()].map(({ run, loop }) =>
        loop.stop(new PlanloomError("ENGINE_CLOSED", { runId: run.id })),
      ),
    );
    await this.#releaseLate();
    this.#unreleased.clear();
    this.#stopPolling();
    closeHolder(this.#holder);
  }

  // The life of a drive

  #newDrive({ epoch, leaseUntil }: Claim, run: Run, inbox: Inbox, listener?: Listener): Drive {
    const drive: Drive = new Drive(run, epoch, leaseUntil, inbox, this.#loopPorts, {
      renew: () => this.#leases.renewLate(run.id, epoch),
      over: (error) => this.#over(drive, error),
    });
    const { listeners } = drive.loop;
    // Called first, so that a sender gets its answer even if another listener is slow.
    listeners.add({ event: (event) => this.#senders.heard(event) });
    listeners.add({ event: (event) => this.#children.heard(run, event) });
    if (listener !== undefined) listeners.add(listener);
    this.#drives.set(run.id, drive);
    this.#failures.delete(run.id);
    this.#renewedAt ||= this.#ports.clock.now();
    this.#schedulePoll();
    return drive;
  }

  async #over(drive: Drive, error: Error | undefined): Promise<void> {
    const { id } = drive.run;
    if (this.#drives.get(id) === drive) this.#drives.delete(id);
    if (error !== undefined) this.#failures.set(id, error);
    // Callers from now on are answered by the next owner of the run.
    const senders = this.#senders.of(id);
    await this.#release(id, drive.epoch);
    if (this.#isIdle) this.#stopPolling();
    const reply = error === undefined && isEnded(drive.run) ? runEnded(drive.run) : notAnswered(error);
    for (const inputId of senders) this.#senders.reply(inputId, reply);
  }

  /** A release that cannot be written is tried again: while this process lives, nobody else takes the run. */
  async #release(runId: string, epoch: number): Promise<void> {
    try {
      await this.#ports.store.release(runId, epoch);
      if (this.#unreleased.get(runId) === epoch) this.#unreleased.delete(runId);
    } catch (error) {
      // Nobody can take a run from a store that is gone.
      if (hasCode(error, "STORE_GONE")) return void this.#unreleased.delete(runId);
      this.#unreleased.set(runId, epoch);
      this.#schedulePoll();
    }
  }

  async #releaseLate(): Promise<void> {
    for (const [runId, epoch] of this.#unreleased) await this.#release(runId, epoch);
  }

  get #isIdle(): boolean {
    return this.#drives.size === 0 && this.#unreleased.size === 0;
  }

  #schedulePoll(): void {
    this.#cancelPoll ??= this.#ports.clock.setTimer(LIMITS.inboxPollMs, () => void this.#poll());
  }

  #stopPolling(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }

  async #poll(): Promise<void> {
    this.#cancelPoll = undefined;
    for (const drive of [...this.#drives.values()])
      await drive.takeInbox().catch((error: unknown) => drive.loop.stop(error));
    await this.#releaseLate();
    if (this.#isIdle) return;
    this.#schedulePoll();
    const now = this.#ports.clock.now();
    if (now - this.#renewedAt < LIMITS.leaseMs / 3) return;
    this.#renewedAt = now;
    await this.#leases.renew([...this.#drives.values()]).catch((error: unknown) => this.#notRenewed(error));
  }

  /** Without its store no run goes on. Otherwise the next append may fail, and report the loss of its run. */
  async #notRenewed(error: unknown): Promise<void> {
    if (!hasCode(error, "STORE_GONE")) return;
    await Promise.all([...this.#drives.values()].map((drive) => drive.loop.stop(error)));
  }
}

type Held = Owner & { readonly holder: string };

function unlessUnknown(error: unknown): void {
  if (!hasCode(error, "RUN_UNKNOWN")) throw error;
}

function takenOver(holder: string): ResumeReason {
  return { code: "TAKEN_OVER", from: readHolder(holder) };
}

/** It may come from JavaScript. */
const isSender = (by: unknown): boolean => typeof by === "string" && by !== "engine" && by.length <= LIMITS.nameChars;
