// Drives the child runs of one run: a sub-plan is a run of its own. In: the start of a child, and the signal of its step.
// Out: the child run when it has ended. It starts a child once, also after a crash, and hands a cancel on to it.
import type { Clock } from "../clock.js";
import { Stopped } from "../deadline.js";
import { LIMITS } from "../limits.js";
import type { Command } from "../run/command.js";
import { childWaitOf } from "../run/child-run.js";
import type { ChildWait } from "../run/event/child.js";
import type { Run } from "../run/state.js";
import { isEnded, isWaiting } from "../run/status.js";
import { hasCode } from "../words/planloom-error.js";
import type { Engine, StartRequest } from "./engine.js";
import { pause } from "./log.js";

/** What a step needs of the engine to be a run of its own. */
export interface ChildRuns {
  /**
   * Starts the child run if the store does not have it, and drives it to its end. Resolves with the ended run. Rejects
   * with the reason of the signal if this process may not drive the step any more; the child run can go on later.
   */
  follow(child: FollowedChild): Promise<Run>;
}

export interface FollowedChild {
  readonly start: StartRequest & { readonly runId: string };
  /** Aborted for the run: the child is cancelled, and its end is awaited. Aborted for this process: it is left. */
  readonly signal: AbortSignal;
  /** Sent once if the child has ended before: it goes on. The id names it in the child's log. */
  readonly again?: { readonly inputId: string; readonly command: Command };
  /** Called when the child has begun, waits for a person, and goes on. Resolves once that is durable. */
  told(run: Run, waits: ChildWait | undefined): Promise<void>;
}

/** The sender of what a run orders its child runs. */
const PARENT = "parent run";

/** The parts of the local engine that drive a child run. */
interface Driver extends Pick<Engine, "start" | "drive" | "stopped" | "send" | "load" | "listen"> {
  isDriven(runId: string): boolean;
}

export class LocalChildren implements ChildRuns {
  constructor(
    private readonly engine: Driver,
    private readonly clock: Clock,
  ) {}

  async follow(child: FollowedChild): Promise<Run> {
    const { start, signal } = child;
    const known = await this.#known(start.runId);
    if (known === undefined && signal.aborted) throw signal.reason;
    if (known === undefined) await this.engine.start(start);
    else await this.#goOn(known, child);
    let leave: (reason: unknown) => void = () => undefined;
    const left = new Promise<never>((_, reject) => (leave = reject));
    left.catch(() => undefined);
    const onAbort = (): void => {
      if (isForTheRun(signal.reason)) this.#cancel(start.runId).catch(leave);
      else leave(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.#toEnd(child, left);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #known(runId: string): Promise<Run | undefined> {
    try {
      return await this.engine.load(runId);
    } catch (thrown) {
      if (hasCode(thrown, "RUN_UNKNOWN")) return undefined;
      throw thrown;
    }
  }

  /** An ended child goes on once for each attempt of its step. */
  async #goOn(run: Run, { again }: FollowedChild): Promise<void> {
    if (!isEnded(run) || again === undefined || run.log.applied.has(again.inputId)) return;
    await this.engine.send(run.id, again.command, { by: PARENT, inputId: again.inputId });
  }

  async #toEnd(child: FollowedChild, left: Promise<never>): Promise<Run> {
    const { runId } = child.start;
    let waited: ChildWait | undefined;
    for (let isNew = true; ; isNew = false) {
      const event = this.#nextEvent(runId);
      try {
        await this.#drive(runId);
        if (isNew) await child.told(await this.engine.load(runId), undefined);
        const run = await Promise.race([this.#stopped(runId), left]);
        if (isEnded(run)) return run;
        const waits = isWaiting(run) ? childWaitOf(run) : undefined;
        if (waits !== waited) await child.told(run, (waited = waits));
        await Promise.race([this.#change(runId, event.next), left]);
      } finally {
        event.stop();
      }
    }
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
    if (!this.engine.isDriven(runId)) return pause(this.clock, LIMITS.followMs);
    const over = this.engine.stopped(runId, { untilEnd: true }).then(
      () => undefined,
      () => undefined,
    );
    return Promise.race([next, over]);
  }

  #nextEvent(runId: string): { readonly next: Promise<void>; stop(): void } {
    let heard: () => void = () => undefined;
    const next = new Promise<void>((resolve) => (heard = resolve));
    return { next, stop: this.engine.listen(runId, { event: () => heard() }) };
  }

  /** The step is stopped for the run. The end of the child is still awaited. */
  async #cancel(runId: string): Promise<void> {
    const inputId = `${runId}/stop`;
    await this.engine.send(runId, { type: "cancel", reason: "" }, { by: PARENT, inputId });
  }
}

/** The reasons of a signal that end the step, and not only this process's part in it. */
const FOR_THE_RUN: ReadonlySet<string> = new Set(["RUN_CANCELLING", "NOT_OWED", "OUT_OF_TIME", "TIMEOUT", "RUN_ENDED"]);

const isForTheRun = (reason: unknown): boolean => reason instanceof Stopped && FOR_THE_RUN.has(reason.code);
