// Drives the child runs of runs: a sub-plan is a run of its own. In: the start of a child, and the signal of its step.
// Out: the child run when it has ended. It starts a child once, also after a crash, and hands cancel and pause on to it.
import type { Clock } from "../clock.js";
import { Stopped } from "../deadline.js";
import { LIMITS } from "../limits.js";
import type { Command } from "../run/command.js";
import { canUndo } from "../run/acted-calls.js";
import { childWaitOf, isStartedAs, runningChildren } from "../run/child-run.js";
import { undoingListHash } from "../run/decide/compensation.js";
import type { RunEvent } from "../run/event.js";
import type { ChildWait } from "../run/event/child.js";
import type { Run } from "../run/state.js";
import { isEnded, isWaiting } from "../run/status.js";
import { hasCode } from "../words/planloom-error.js";
import type { Engine, StartRequest } from "./engine.js";
import { pause } from "./log.js";

/** Another run was started under the id of the child. It is neither driven nor read. */
export class IdTaken extends Error {
  constructor(readonly runId: string) {
    super(runId);
  }
}

/** What a step needs of the engine to be a run of its own. */
export interface ChildRuns {
  /**
   * Starts the child run if it has not begun, and drives it to its end. Resolves with the ended run. Rejects with the
   * reason of the signal if this process may not drive the step any more; the child run can go on later. Rejects with
   * RUN_UNKNOWN if the child was deleted, with IdTaken, and with what stopped it here.
   */
  follow(child: FollowedChild): Promise<Run>;
  /**
   * Has the calls of an ended child run undone. Resolves with the child when it has ended again, or when its undoing
   * waits for a person. Rejects as `follow`.
   */
  undo(child: UndoneChild): Promise<Run>;
  /** Whether this child run still waits for a person. Until then its run above waits, too. */
  stillWaits(runId: string): boolean;
}

export interface FollowedChild {
  readonly start: StartRequest & { readonly runId: string };
  /** The run above has recorded that the child has begun. */
  readonly isBegun: boolean;
  /** Names what this attempt of the step asks of the child, so that it is asked once, also after a crash. */
  readonly name: string;
  /** Aborted for the run: the child is cancelled, and its end is awaited. Aborted for this process: it is left. */
  readonly signal: AbortSignal;
  /** The command for a child that has ended before; undefined: its end counts as it is. */
  readonly again: (ended: Run) => Command | undefined;
  /** Whether the run above is paused. */
  readonly isPaused: () => boolean;
  /** Called when the child has begun, waits for a person, and goes on. Resolves once that is durable. */
  readonly told: (run: Run, waits: ChildWait | undefined) => Promise<void>;
}

export interface UndoneChild extends Pick<FollowedChild, "name" | "signal"> {
  readonly runId: string;
  /** A rule approves the undoings; false: a person has. */
  readonly unseen: boolean;
}

/** The sender of what a run orders its child runs. */
const PARENT = "parent run";

/** The parts of the local engine that drive a child run. */
interface Driver extends Pick<Engine, "start" | "drive" | "stopped" | "send" | "load" | "listen" | "events"> {
  /** The live state of a run that is driven here. */
  driven(runId: string): Run | undefined;
}

export class LocalChildren implements ChildRuns {
  /** The children that are followed here and wait for a person. */
  readonly #waiting = new Map<string, ChildWait>();
  /** Pauses that are being handed on, by child. One after the other. */
  readonly #pausing = new Map<string, Promise<void>>();

  constructor(
    private readonly engine: Driver,
    private readonly clock: Clock,
  ) {}

  async follow(child: FollowedChild): Promise<Run> {
    const { start, signal, isBegun, name, again, told } = child;
    const { runId } = start;
    const known = await this.#known(runId, isBegun);
    if (known !== undefined && !isStartedAs(known, start.started)) throw new IdTaken(runId);
    if (known === undefined && signal.aborted) throw signal.reason;
    if (known === undefined) await this.engine.start(start);
    else if (isEnded(known) && !signal.aborted) await this.#order(known, name, again(known));
    try {
      return await this.#attended(runId, `${name}/stop`, signal, async (left) => {
        await this.#drive(runId);
        await this.alignPause(runId, child.isPaused);
        const run = await this.engine.load(runId);
        if (!isEnded(run)) await this.#tell(told, run);
        return this.#toEnd(runId, told, left);
      });
    } finally {
      this.#waiting.delete(runId);
    }
  }

  async #toEnd(runId: string, told: FollowedChild["told"], left: Promise<never>): Promise<Run> {
    for (;;) {
      const event = this.#nextEvent(runId);
      try {
        const run = await Promise.race([this.#stopped(runId), left]);
        if (isEnded(run)) return run;
        // Each wait of a child that is driven here is told: somebody may wait for the run above.
        if (this.engine.driven(runId) !== undefined || waitsNow(run) !== this.#waiting.get(runId))
          await this.#tell(told, run);
        await Promise.race([this.#change(runId, event.next), left]);
        const now = this.engine.driven(runId);
        if (now !== undefined && !isEnded(now) && !isWaiting(now)) await this.#tell(told, now);
      } finally {
        event.stop();
      }
      await this.#drive(runId);
    }
  }

  async #tell(told: FollowedChild["told"], run: Run): Promise<void> {
    const waits = waitsNow(run);
    if (waits === undefined) this.#waiting.delete(run.id);
    else this.#waiting.set(run.id, waits);
    await told(run, waits);
  }

  /** Whether a child that is followed here waits for a person, as far as it is known here. */
  stillWaits(runId: string): boolean {
    const now = this.engine.driven(runId);
    return this.#waiting.has(runId) && (now === undefined || isWaiting(now));
  }

  /** An event of a run that is driven here: a pause is handed on to its child runs. */
  heard(run: Run, { type }: RunEvent): void {
    if (type !== "run.paused" && type !== "run.unpaused") return;
    for (const child of runningChildren(run)) void this.alignPause(child, () => run.paused);
  }

  async undo({ runId, name, unseen, signal }: UndoneChild): Promise<Run> {
    const run = await this.engine.load(runId);
    if (isEnded(run) && !canUndo(run)) return run;
    const rule = unseen ? { unseen: true as const } : {};
    if (isEnded(run)) await this.#order(run, name, { type: "compensate", hash: undoingListHash(run), ...rule });
    return this.#attended(runId, `${name}/stop`, signal, async (left) => {
      await this.#drive(runId);
      for (;;) {
        const now = await Promise.race([this.#stopped(runId), left]);
        if (isEnded(now) || isWaiting(now)) return now;
        await Promise.race([pause(this.clock, LIMITS.followMs), left]);
      }
    });
  }

  /**
   * Pauses a child whose run above is paused; ends a pause that the run above had ordered, and no other one. Never
   * rejects: a child that cannot be reached tells it where it is driven.
   */
  alignPause(runId: string, isPaused: () => boolean): Promise<void> {
    const before = this.#pausing.get(runId) ?? Promise.resolve();
    const aligned = before.then(() => this.#aligned(runId, isPaused)).catch(() => undefined);
    this.#pausing.set(runId, aligned);
    return aligned.finally(() => {
      if (this.#pausing.get(runId) === aligned) this.#pausing.delete(runId);
    });
  }

  async #aligned(runId: string, isPaused: () => boolean): Promise<void> {
    const run = await this.engine.load(runId);
    if (isEnded(run) || run.paused === isPaused()) return;
    if (!run.paused) return void (await this.engine.send(runId, { type: "pause", reason: "" }, { by: PARENT }));
    if ((await this.#pausedBy(runId)) !== PARENT) return;
    await this.engine.send(runId, { type: "unpause", reason: "" }, { by: PARENT });
  }

  async #pausedBy(runId: string): Promise<string | undefined> {
    let by: string | undefined;
    for await (const event of this.engine.events(runId)) if (event.type === "run.paused") by = event.by;
    return by;
  }

  /** Drives a child by `drive`. An abort of the signal for the run cancels the child; any other one leaves it. */
  async #attended(
    runId: string,
    stopId: string,
    signal: AbortSignal,
    drive: (left: Promise<never>) => Promise<Run>,
  ): Promise<Run> {
    let leave: (reason: unknown) => void = () => undefined;
    const left = new Promise<never>((_, reject) => (leave = reject));
    left.catch(() => undefined);
    const onAbort = (): void => {
      if (isForTheRun(signal.reason)) this.#cancel(runId, stopId).catch(leave);
      else leave(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await drive(left);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #known(runId: string, isBegun: boolean): Promise<Run | undefined> {
    try {
      return await this.engine.load(runId);
    } catch (thrown) {
      if (!isBegun && hasCode(thrown, "RUN_UNKNOWN")) return undefined;
      throw thrown;
    }
  }

  /** A child is ordered once to go on: the id of the order is in its log then. */
  async #order(run: Run, inputId: string, command: Command | undefined): Promise<void> {
    if (command === undefined || run.log.applied.has(inputId)) return;
    await this.engine.send(run.id, command, { by: PARENT, inputId });
  }

  /** Another process may drive the child, for example after a person resumed it there. */
  async #drive(runId: string): Promise<void> {
    try {
      await this.engine.drive(runId, "RESUMED");
    } catch (thrown) {
      if (!hasCode(thrown, "RUN_OWNED")) throw thrown;
    }
  }

  /** The child when it has ended or waits; at once if another process drives it, or took it from this one. */
  async #stopped(runId: string): Promise<Run> {
    try {
      return (await this.engine.stopped(runId)).run;
    } catch (thrown) {
      if (hasCode(thrown, "STORE_FENCED")) return this.engine.load(runId);
      throw thrown;
    }
  }

  /** Resolves when the child that waits goes on or ends here, or after a while if another process drives it. */
  async #change(runId: string, next: Promise<void>): Promise<void> {
    if (this.engine.driven(runId) === undefined) return pause(this.clock, LIMITS.followMs);
    const over = this.engine.stopped(runId, { untilEnd: true }).then(
      () => undefined,
      () => undefined,
    );
    return Promise.race([next, over]);
  }

  #nextEvent(runId: string): { readonly next: Promise<void>; stop(): void } {
    let heard: () => void = () => undefined;
    const next = new Promise<void>((resolve) => (heard = resolve));
    const event = (): void => {
      // It may go on. If it does not, it is told again.
      this.#waiting.delete(runId);
      heard();
    };
    return { next, stop: this.engine.listen(runId, { event }) };
  }

  /** The step is stopped for the run. The end of the child is still awaited. The run above says what is undone. */
  async #cancel(runId: string, inputId: string): Promise<void> {
    const command = { type: "cancel", reason: "", compensate: false } as const;
    await this.engine.send(runId, command, { by: PARENT, inputId });
  }
}

const waitsNow = (run: Run): ChildWait | undefined => (isWaiting(run) ? childWaitOf(run) : undefined);

/** The reasons of a signal that end the step, and not only this process's part in it. */
const FOR_THE_RUN: ReadonlySet<string> = new Set(["RUN_CANCELLING", "NOT_OWED", "OUT_OF_TIME", "TIMEOUT", "RUN_ENDED"]);

const isForTheRun = (reason: unknown): boolean => reason instanceof Stopped && FOR_THE_RUN.has(reason.code);
