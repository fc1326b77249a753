// The contract of an engine: what drives runs. In: starts and commands. Out: events, progress and ends.
// Library, command line and server know only this. Every engine passes `engineConformance` of planloom/testing.
import type { ResumeReason } from "../run/reason.js";
import type { EventData, Fact, RunEvent } from "../run/event.js";
import type { CheckedPlan, Command } from "../run/command.js";
import type { Refusal } from "../run/refusal.js";
import type { Run } from "../run/state.js";
import type { DeleteOptions } from "../store/event-store.js";
import type { WaitParams } from "../words/waits.js";

export interface StartRequest {
  /** Absent: a new one is made. */
  readonly runId?: string;
  readonly started: EventData["run.started"];
  readonly given?: CheckedPlan;
  /** See Start. */
  readonly carried?: readonly Fact[];
}

/** Progress that is shown while it happens and never stored. */
export type Progress =
  /** What a tool at work, or an agent step, reports: a share from 0 to 1, or words. With a share, `text` has words. */
  | {
      readonly type: "step";
      readonly step: string;
      readonly item: number | null;
      readonly value: number | string;
      readonly text?: string;
    }
  /** A model call of a step or a role waits for its endpoint. */
  | ({ readonly type: "wait"; readonly step: string; readonly item: number | null } & WaitParams)
  /** A model turn or a tool call inside a step is in the journal. `n` is its number in the attempt. */
  | {
      readonly type: "turn";
      readonly step: string;
      readonly item: number | null;
      readonly attempt: number;
      readonly n: number;
      readonly name: string;
    }
  /** A piece of the answer while it is being written. */
  | { readonly type: "answer"; readonly delta: string };

export interface Listener {
  /** After the events are durable. */
  event?(event: RunEvent): void;
  progress?(progress: Progress): void;
}

/** The result of a command: accepted, or refused with a code and its parameters. The surfaces word it. */
export type Reply = { readonly ok: true } | ({ readonly ok: false } & Refusal);

/** Why driving a run stopped: it ended, it waits for a person, or (with `untilEnd`) neither. */
export type RunStop = { readonly run: Run; readonly why: "ended" | "waiting" };

export interface Engine {
  /**
   * Starts a run and drives it. Resolves with its id once the first events are durable.
   */
  start(request: StartRequest, listener?: Listener): Promise<string>;
  /**
   * Becomes the owner of a run, and drives it. Does nothing if this engine drives it already. Rejects with RUN_UNKNOWN,
   * with RUN_OWNED if a live process owns it, or with PROCESS_LACKS before anything is recorded. The reason TAKEN_OVER
   * takes the run also from a live owner. An owner that does not hold the run any more makes it RESUMED.
   */
  drive(runId: string, reason: ResumeReason["code"], listener?: Listener): Promise<void>;
  /**
   * Resolves when the run that this engine drives ends, or (unless `untilEnd`) when it cannot continue without a
   * person. Rejects with the error that stopped the engine (a store that failed, a run that was taken over).
   */
  stopped(runId: string, options?: { readonly untilEnd?: boolean }): Promise<RunStop>;
  /**
   * Records a command in the run's inbox. If nobody owns the run, this engine drives it from then on, and `listener` is
   * called; not if `record` is "only". Rejects with PROCESS_LACKS before the command is recorded, if it cannot drive
   * it. Resolves once the log holds the answer (with "only": once the command is recorded). `inputId` is the id of the
   * command in the inbox and in the log; absent: a new one.
   */
  send(
    runId: string,
    command: Command,
    options: {
      readonly by: string;
      readonly record?: "only";
      readonly listener?: Listener;
      readonly inputId?: string;
    },
  ): Promise<Reply>;
  /** The current state of the run, from its log. Rejects with RUN_UNKNOWN. */
  load(runId: string): Promise<Run>;
  /** Events from `fromSeq` (default 1). With `follow`, until the run has ended, whoever drives it. */
  events(
    runId: string,
    options?: { readonly fromSeq?: number; readonly follow?: boolean; readonly signal?: AbortSignal },
  ): AsyncIterable<RunEvent>;
  /** Calls the listener while this engine drives the run, from now on. The returned function ends that. */
  listen(runId: string, listener: Listener): () => void;
  /**
   * Deletes a run that no live process drives, with all that the store has of it. Rejects with RUN_UNKNOWN, and with
   * RUN_OWNED if this engine or a live process drives it.
   */
  delete(runId: string, options?: DeleteOptions): Promise<void>;
  /** Stops driving. Calls are aborted, and their runs are released, to be resumed later. */
  close(): Promise<void>;
}
