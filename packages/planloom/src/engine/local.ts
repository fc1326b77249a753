// The local engine: who drives which run in this process. In: starts, commands, and what the inboxes hold. Out: drives, each the
// loop of one run (drive.ts). Separate from that loop, which knows nothing of owners, leases and other processes.
import { messageOf, PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import type { Command } from "../run/command.js";
import { readCommand } from "../run/read-command.js";
import { reopening } from "../run/decide/retry.js";
import { emptyRun, isWaiting, type Run } from "../run/state.js";
import { checkEpoch } from "../store/store-error.js";
import { Drive, type DrivePorts } from "./drive.js";
import type { Engine, Listener, Reply, StartRequest, Stop } from "./engine.js";
import { livenessOf, newHolder } from "./holder.js";
import { loadRun, pause, readEvents } from "./log.js";

export interface LocalEngineOptions extends DrivePorts {
  /** Unique ids of runs and commands. */
  readonly newId: (of: "run" | "input") => string;
  /** This process as an owner, and whether another one is known to be gone. Default: as the operating system says. */
  readonly holder?: string;
  readonly livenessOf?: (holder: string) => "dead" | "unknown";
}

export function localEngine(options: LocalEngineOptions): Engine {
  return new LocalEngine(options);
}

class LocalEngine implements Engine {
  readonly #ports: LocalEngineOptions;
  readonly #holder: string;
  readonly #livenessOf: (holder: string) => "dead" | "unknown";
  readonly #drives = new Map<string, Drive>();
  /** Runs that are being taken over. */
  readonly #openings = new Map<string, Promise<void>>();
  /** Why runs that nobody drives here any more were given up. */
  readonly #failures = new Map<string, Error>();
  /** Senders of this process that wait for an answer, by the id of their command. */
  readonly #asked = new Map<string, { readonly runId: string; reply(reply: Reply): void }>();
  #cancelPoll: (() => void) | undefined;
  #renewedAt = 0;

  constructor(ports: LocalEngineOptions) {
    this.#ports = ports;
    this.#holder = ports.holder ?? newHolder();
    this.#livenessOf = ports.livenessOf ?? livenessOf;
  }

  async start(request: StartRequest, listener?: Listener): Promise<string> {
    const runId = request.runId ?? this.#ports.newId("run");
    const leaseUntil = this.#leaseEnd();
    const epoch = await this.#claimNew(runId, leaseUntil);
    if (epoch === undefined)
      throw new PlanloomError("RUN_EXISTS", `There is a run ${runId} already.`, {
        kind: "usage",
        next: "Choose another id.",
      });
    const drive = this.#newDrive(emptyRun(runId), epoch, leaseUntil, listener);
    const started = drive.durable();
    const { given, carried } = request;
    drive.feed({
      type: "start",
      by: "engine",
      started: request.started,
      ...(given === undefined ? {} : { given }),
      ...(carried === undefined ? {} : { carried }),
    });
    await started;
    return runId;
  }

  /** An owner that ended between its claim and the first event has left an id without a run: that is free. */
  async #claimNew(runId: string, leaseUntil: number): Promise<number | undefined> {
    const { store } = this.#ports;
    const epoch = await store.claim(runId, 0, this.#holder, leaseUntil);
    if (epoch !== undefined) return epoch;
    const owner = await store.owner(runId);
    // This very engine may be about to write it.
    if (owner === undefined || owner.holder === this.#holder || this.#isAlive(owner)) return undefined;
    if ((await store.read(runId, 1, 1)).length > 0) return undefined;
    return store.claim(runId, owner.epoch, this.#holder, leaseUntil);
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
    const first = await loadRun(this.#ports.store, runId);
    if (first.ended !== undefined && !(await this.#toGoOn(first))) return;
    const owner = await this.#ports.store.owner(runId);
    if (owner !== undefined && this.#isAlive(owner)) throw runOwned(runId, owner.holder ?? "");
    // One that gave the run up, or is this very process, did not die of it.
    const released = owner?.holder === null || owner?.holder === this.#holder;
    const leaseUntil = this.#leaseEnd();
    const epoch = await this.#ports.store.claim(runId, owner?.epoch ?? 0, this.#holder, leaseUntil);
    if (epoch === undefined) throw runOwned(runId, "another process");
    // Read again: the former owner may have appended until the claim.
    const run = await loadRun(this.#ports.store, runId);
    const inbox = await this.#ports.store.take(runId, 0);
    const drive = this.#newDrive(run, epoch, leaseUntil, listener);
    const durable = drive.durable();
    drive.takeOver({ type: "recovered", by: "engine", epoch, reason, ...(released && { released }) }, inbox);
    await durable;
  }

  /** Whether somebody wants an ended run to go on. */
  async #toGoOn({ id, applied }: Run): Promise<boolean> {
    const inbox = await this.#ports.store.take(id, 0);
    return inbox.some(({ inputId, payload }) => !applied.has(inputId) && readCommand(payload)?.type === "retry");
  }

  stopped(runId: string, { untilEnd = false }: { readonly untilEnd?: boolean } = {}): Promise<Stop> {
    const drive = this.#drives.get(runId);
    if (drive === undefined) return this.#stoppedBefore(runId);
    return drive.stopped(untilEnd);
  }

  async #stoppedBefore(runId: string): Promise<Stop> {
    const run = await this.load(runId);
    if (run.ended !== undefined) return { run, why: "ended" };
    const failure = this.#failures.get(runId);
    if (failure !== undefined && !isWaiting(run)) throw failure;
    return { run, why: "waiting" };
  }

  async send(
    runId: string,
    command: Command,
    { by, record, listener }: { readonly by: string; readonly record?: "only"; readonly listener?: Listener },
  ): Promise<Reply> {
    const driven = this.#drives.get(runId)?.run;
    const before = driven ?? (await this.load(runId));
    if (readCommand(command) === undefined || by === "engine" || by.length > LIMITS.nameChars)
      throw commandInvalid(command);
    const { ended } = before;
    if (driven === undefined && ended !== undefined && command.type !== "retry") return runEnded(runId, ended);
    const refusal = command.type === "retry" ? reopening(before, command) : undefined;
    if (refusal?.ok === false) return refusal;
    const inputId = this.#ports.newId("input");
    const fromSeq = before.seq + 1;
    const entry = { inputId, at: this.#ports.clock.now(), by, payload: command as unknown as Json };
    if (record === "only") return this.#ports.store.put(runId, entry).then(() => ({ ok: true }));
    // Asked before the command can be seen: whoever drives the run here may obey it at once.
    const reply = new Promise<Reply>((resolve) => this.#asked.set(inputId, { runId, reply: resolve }));
    try {
      await this.#ports.store.put(runId, entry);
      const deadline = this.#ports.clock.now() + LIMITS.replyMs;
      for (;;) {
        if (await this.#mayTakeOver(runId)) await this.#takeOver(runId, listener);
        const drive = this.#drives.get(runId);
        if (drive !== undefined) await drive.takeInbox();
        if (drive !== undefined || !this.#asked.has(inputId)) return await reply;
        const found = await this.#replyInLog(runId, inputId, fromSeq, deadline);
        // Who has ended a run lets go of it a moment later: then it may go on here.
        const over = !found.ok && found.code === "RUN_ENDED" && command.type === "retry";
        if (!over || this.#ports.clock.now() >= deadline) return found;
        await pause(this.#ports.clock, LIMITS.inboxPollMs);
      }
    } finally {
      this.#asked.delete(inputId);
    }
  }

  async #mayTakeOver(runId: string): Promise<boolean> {
    const owner = await this.#ports.store.owner(runId);
    return !this.#drives.has(runId) && (owner === undefined || !this.#isAlive(owner));
  }

  async #takeOver(runId: string, listener?: Listener): Promise<void> {
    try {
      await this.drive(runId, "a command arrived", listener);
    } catch (error) {
      // Somebody else was faster: that process finds the command in the inbox.
      if (!(error instanceof PlanloomError) || error.code !== "RUN_OWNED") throw error;
    }
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
    const drive = this.#drives.get(runId);
    drive?.listeners.add(listener);
    return () => void drive?.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#openings.values());
    await Promise.all([...this.#drives.values()].map((drive) => drive.stop(engineClosed(drive.run.id))));
    this.#stopPolling();
  }

  // The life of a drive

  #newDrive(run: Run, epoch: number, leaseUntil: number, listener?: Listener): Drive {
    const over = (error: Error | undefined) => this.#over(drive, error);
    const drive: Drive = new Drive(run, epoch, leaseUntil, this.#ports, (late) => this.#renewLate(late), over);
    // First of all, so that a sender hears of its command even where another listener takes long.
    drive.listeners.add({
      event: (event) => void (event.by !== "engine" && this.#reply(event.inputId, replyOf(event))),
    });
    if (listener !== undefined) drive.listeners.add(listener);
    this.#drives.set(run.id, drive);
    this.#failures.delete(run.id);
    this.#renewedAt ||= this.#ports.clock.now();
    this.#schedulePoll();
    return drive;
  }

  async #over(drive: Drive, error: Error | undefined): Promise<void> {
    const { id, ended } = drive.run;
    if (this.#drives.get(id) === drive) this.#drives.delete(id);
    if (error !== undefined) this.#failures.set(id, error);
    if (this.#drives.size === 0) this.#stopPolling();
    // Those that ask from here on are told by whoever drives the run then.
    const asked = [...this.#asked].filter(([, { runId }]) => runId === id).map(([inputId]) => inputId);
    // Where that cannot be written, the lease runs out by itself.
    await this.#ports.store.release(id, drive.epoch).catch(() => undefined);
    const reply: Reply =
      error === undefined && ended !== undefined
        ? runEnded(id, ended)
        : { ok: false, code: "NOT_ANSWERED", message: messageOf(error) };
    for (const inputId of asked) this.#reply(inputId, reply);
  }

  #reply(inputId: string, reply: Reply): void {
    this.#asked.get(inputId)?.reply(reply);
    this.#asked.delete(inputId);
  }

  // Owners and inboxes

  #leaseEnd(): number {
    return this.#ports.clock.now() + LIMITS.leaseMs;
  }

  #isAlive(owner: { readonly holder: string | null; readonly leaseUntil: number }): boolean {
    // A run that this engine owns and does not drive was given up, though that could not be written.
    if (owner.holder === null || owner.holder === this.#holder || this.#livenessOf(owner.holder) === "dead")
      return false;
    return owner.leaseUntil > this.#ports.clock.now();
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
      await drive.takeInbox().catch((error: unknown) => drive.stop(error));
    if (this.#drives.size === 0) return;
    this.#schedulePoll();
    const now = this.#ports.clock.now();
    if (now - this.#renewedAt < LIMITS.leaseMs / 3) return;
    this.#renewedAt = now;
    // A lease that could not be renewed costs the run at the next append at worst, and says so there.
    await this.#renewAll().catch(() => undefined);
  }

  /** Only a lease that has not run out meanwhile is surely extended: the others may be somebody else's by now. */
  async #renewAll(): Promise<void> {
    const drives = [...this.#drives.values()];
    const leaseUntil = this.#leaseEnd();
    await this.#ports.store.renew(this.#holder, leaseUntil);
    const now = this.#ports.clock.now();
    for (const drive of drives) if (now < drive.leaseUntil) drive.leaseUntil = leaseUntil;
  }

  async #renewLate({ run, epoch }: Drive): Promise<number> {
    const leaseUntil = this.#leaseEnd();
    await this.#ports.store.renew(this.#holder, leaseUntil);
    const owner = await this.#ports.store.owner(run.id);
    checkEpoch(run.id, epoch, owner?.epoch ?? 0);
    return leaseUntil;
  }

  /** The answer to a command that another process obeys. */
  async #replyInLog(runId: string, inputId: string, fromSeq: number, deadline: number): Promise<Reply> {
    const until = new AbortController();
    const cancel = this.#ports.clock.setTimer(deadline - this.#ports.clock.now(), () => until.abort());
    try {
      const { store, clock } = this.#ports;
      const options = { fromSeq, follow: true, signal: until.signal };
      for await (const event of readEvents(store, clock, runId, options)) {
        // What had expired by then is the engine's word, not the answer.
        if (event.inputId === inputId && event.by !== "engine") return replyOf(event);
      }
      const { ended } = await this.load(runId);
      if (ended !== undefined) return runEnded(runId, ended);
      const message = `The command is recorded; the owner of run ${runId} has not answered it.`;
      return { ok: false, code: "NOT_ANSWERED", message };
    } finally {
      cancel();
    }
  }
}

function replyOf(event: RunEvent): Reply {
  return event.type === "input.refused"
    ? { ok: false, code: event.data.code, message: event.data.message }
    : { ok: true };
}

function runEnded(runId: string, ended: string): Reply {
  return { ok: false, code: "RUN_ENDED", message: `Run ${runId} is ${ended} already.` };
}

function runOwned(runId: string, holder: string): PlanloomError {
  const [host, pid] = holder.split("/");
  const who = pid === undefined ? holder : `process ${pid} on ${host}`;
  return new PlanloomError("RUN_OWNED", `Run ${runId} is driven by ${who}.`, {
    kind: "refused",
    next: `Follow it with \`planloom watch ${runId}\`, or end that process first.`,
  });
}

function commandInvalid(command: unknown): PlanloomError {
  const shown = JSON.stringify(command)?.slice(0, 200);
  return new PlanloomError("COMMAND_INVALID", `This is no command that a person can give to a run: ${shown}.`, {
    kind: "usage",
    next: "Give texts where texts are asked for, values that are JSON, and another sender than `engine`.",
  });
}

function engineClosed(runId: string): PlanloomError {
  return new PlanloomError("ENGINE_CLOSED", `The engine was closed while it drove run ${runId}.`, {
    kind: "interrupted",
    next: `Go on with \`planloom resume ${runId}\`.`,
  });
}
