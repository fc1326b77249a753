// A toy engine: it drives runs in one process, and takes for granted that no other process does. In: the ports of a
// loom. Out: an Engine. docs/engines-and-stores.md describes it.
import { PlanloomError, type Json } from "planloom";
import {
  emptyRun,
  Inbox,
  isWaiting,
  loadRun,
  isRetry,
  readCommand,
  readEvents,
  RunLoop,
  Senders,
  type Command,
  type Engine,
  type FirstInput,
  type EnginePorts,
  type Listener,
  type Reply,
  type Run,
  type StartRequest,
  type RunStop,
} from "planloom/engine";

/** Why a run is driven. */
type Reason = Parameters<Engine["drive"]>[1];

/** A run that this engine drives. */
interface Driven {
  readonly loop: RunLoop;
  readonly inbox: Inbox;
}

export function toyEngine(ports: EnginePorts): Engine {
  return new ToyEngine(ports);
}

class ToyEngine implements Engine {
  readonly #driven = new Map<string, Driven>();
  readonly #senders = new Senders();
  /** Runs that are being opened. */
  readonly #openings = new Map<string, Promise<void>>();
  /** Why a run is not driven here any more. */
  readonly #failures = new Map<string, Error>();

  constructor(private readonly ports: EnginePorts) {}

  async start({ runId = this.ports.newId("run"), ...facts }: StartRequest, listener?: Listener): Promise<string> {
    const epoch = await this.#claim(runId, 0);
    if (epoch === undefined) throw new PlanloomError("RUN_EXISTS", { runId });
    await this.#begin(emptyRun(runId), epoch, { type: "start", ...facts }, listener);
    return runId;
  }

  async drive(runId: string, reason: Reason, listener?: Listener): Promise<void> {
    const opening = this.#openings.get(runId);
    if (opening !== undefined) await opening;
    const driven = this.#driven.get(runId);
    if (driven !== undefined) return void (listener && driven.loop.listeners.add(listener));
    const opened = this.#open(runId, reason, listener).finally(() => this.#openings.delete(runId));
    this.#openings.set(runId, opened);
    return opened;
  }

  async #open(runId: string, reason: Reason, listener?: Listener): Promise<void> {
    const { store } = this.ports;
    const run = await loadRun(store, runId);
    const waiting = await this.#waitingFor(run);
    if (run.mode.phase === "ended" && !waiting.some(isRetry)) return;
    await this.#assertAble(run, waiting);
    const owner = await store.owner(runId);
    // An owner that did not give the run up has crashed: there is only one process.
    const released = owner === undefined || owner.holder === null;
    const epoch = await this.#claim(runId, owner?.epoch ?? 0);
    if (epoch === undefined) throw new PlanloomError("RUN_OWNED", { runId });
    const recovered = { type: "recovered", epoch, reason: { code: reason }, ...(released && { released }) } as const;
    await this.#begin(run, epoch, recovered, listener);
  }

  /** The commands in the inbox that are not in the log. */
  async #waitingFor({ id, log: { applied } }: Run): Promise<readonly Json[]> {
    const entries = await this.ports.store.take(id, 0);
    return entries.flatMap(({ inputId, payload }) => (applied.has(inputId) ? [] : [payload]));
  }

  async #assertAble(run: Run, commands: readonly Json[]): Promise<void> {
    await this.ports.assertAble?.(
      run,
      commands.flatMap((payload) => readCommand(payload) ?? []),
    );
  }

  #claim(runId: string, after: number): Promise<number | undefined> {
    return this.ports.store.claim(runId, after, "toy", Number.MAX_SAFE_INTEGER);
  }

  async #begin(run: Run, epoch: number, first: FirstInput, listener?: Listener): Promise<void> {
    const { store, clock } = this.ports;
    const inbox = new Inbox(run, store, clock);
    const commands = await inbox.take();
    const loop: RunLoop = new RunLoop(run, epoch, this.ports, {
      stillOwned: async () => undefined,
      over: (reason) => this.#over(run, epoch, reason),
    });
    loop.listeners.add({ event: (event) => this.#senders.heard(event) });
    if (listener !== undefined) loop.listeners.add(listener);
    this.#driven.set(run.id, { loop, inbox });
    this.#failures.delete(run.id);
    await loop.begin(first, commands);
  }

  /** The loop has stopped: the run is given up, and callers that still wait are answered. */
  async #over(run: Run, epoch: number, reason: Error | undefined): Promise<void> {
    this.#driven.delete(run.id);
    if (reason !== undefined) this.#failures.set(run.id, reason);
    const waiting = this.#senders.of(run.id);
    await this.ports.store.release(run.id, epoch).catch(() => undefined);
    for (const inputId of waiting) this.#senders.reply(inputId, unanswered(run, reason));
  }

  async stopped(runId: string, { untilEnd = false }: { readonly untilEnd?: boolean } = {}): Promise<RunStop> {
    const driven = this.#driven.get(runId);
    if (driven !== undefined) return driven.loop.stopped(untilEnd);
    const run = await this.load(runId);
    if (run.mode.phase === "ended") return { run, why: "ended" };
    const failure = this.#failures.get(runId);
    if (failure !== undefined && !isWaiting(run)) throw failure;
    return { run, why: "waiting" };
  }

  async send(
    runId: string,
    command: Command,
    { by, record, listener, inputId = this.ports.newId("input") }: Parameters<Engine["send"]>[2],
  ): Promise<Reply> {
    const { store, clock } = this.ports;
    const run = this.#driven.get(runId)?.loop.run ?? (await this.load(runId));
    if (readCommand(command) === undefined || by === "engine")
      throw new PlanloomError("COMMAND_INVALID", { problem: "field", type: command.type });
    if (run.mode.phase === "ended" && !isRetry(command)) return unanswered(run);
    const entry = { inputId, at: clock.now(), by, payload: command as unknown as Json };
    if (record === "only") return store.put(runId, entry).then(() => ({ ok: true }));
    if (!this.#driven.has(runId)) await this.#assertAble(run, [...(await this.#waitingFor(run)), entry.payload]);
    const reply = this.#senders.wait(inputId, runId);
    await store.put(runId, entry);
    await this.drive(runId, "COMMAND_ARRIVED", listener);
    const driven = this.#driven.get(runId);
    if (driven !== undefined) driven.loop.feed(await driven.inbox.take());
    // The run has ended meanwhile.
    else if (this.#senders.has(inputId)) this.#senders.reply(inputId, unanswered(await this.load(runId)));
    return reply;
  }

  load(runId: string): Promise<Run> {
    return loadRun(this.ports.store, runId);
  }

  events(runId: string, options: Parameters<Engine["events"]>[1] = {}): ReturnType<Engine["events"]> {
    return readEvents(this.ports.store, this.ports.clock, runId, options);
  }

  listen(runId: string, listener: Listener): () => void {
    const listeners = this.#driven.get(runId)?.loop.listeners;
    listeners?.add(listener);
    return () => void listeners?.delete(listener);
  }

  async delete(runId: string): Promise<void> {
    await this.#openings.get(runId)?.catch(() => undefined);
    if (this.#driven.has(runId)) throw new PlanloomError("RUN_OWNED", { runId });
    const { store } = this.ports;
    const owner = await store.owner(runId);
    if (!(await store.delete(runId, owner?.epoch ?? 0)))
      throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#openings.values());
    const closed = (runId: string) => new PlanloomError("ENGINE_CLOSED", { runId });
    await Promise.all([...this.#driven].map(([runId, { loop }]) => loop.stop(closed(runId))));
  }
}

/** The answer to a command that the run did not decide. */
function unanswered({ mode }: Run, reason?: Error): Reply {
  if (mode.phase === "ended") return { ok: false, code: "RUN_ENDED", params: { ended: mode.how } };
  return { ok: false, code: "NOT_ANSWERED", ...(reason && { params: { stopped: { text: reason.message } } }) };
}
