// One run as the library shows it. In: an engine and a run's id. Out: its events, its result, and what a person may say to it.
// Separate from the engine because it only names the engine's few verbs.
import { currentPlan, findWork } from "../run/lookup.js";
import { isEnded } from "../run/status.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { Json } from "../plan/json.js";
import { documentOf, type RunDocument } from "./document.js";
import type { RunEvent } from "../run/event.js";
import type { Command } from "../run/command.js";
import type { Difference } from "../run/log/decisions.js";
import { replay } from "../run/log/replay.js";
import type { EventStore, JournalRow } from "../store/event-store.js";
import type { Reopening } from "../run/decide/retry.js";
import {
  forkOf,
  forkPreviewOf,
  previewOf,
  retryOf,
  type ForkOptions,
  type Home,
  type RefusedPreview,
  type RetryOptions,
} from "./retry.js";
import type { Engine, Listener, Reply } from "../engine/engine.js";
import { recordingOf, type Recording } from "../engine/recording.js";

export interface SendOptions {
  /** Who says it, for the log. Default: the user of this process. */
  readonly by?: string;
  /** Only record it: whoever owns the run next obeys it. */
  readonly record?: "only";
  /** Hears what follows, where this process drives the run from here on. */
  readonly listener?: Listener;
}

export class LoomRun {
  constructor(
    readonly id: string,
    private readonly engine: Engine,
    private readonly store: EventStore,
    private readonly home: Home,
  ) {}

  /** The run as it stands in the log. */
  async document(): Promise<RunDocument> {
    return documentOf(await this.engine.load(this.id));
  }

  /** Events from `fromSeq` on; with `follow`, until the run has ended. */
  events(
    options: { readonly fromSeq?: number; readonly follow?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<RunEvent> {
    return this.engine.events(this.id, options);
  }

  /** Model turns and tool calls inside of steps. */
  async journal(): Promise<readonly JournalRow[]> {
    return this.store.readRunJournal(this.id);
  }

  /**
   * The run, rebuilt from its log with nothing called. With `strict` every decision in the log is made again by the kernel:
   * rejects with REPLAY_DIFFERS where one comes out otherwise, or the log was changed. What another version of the kernel decided,
   * and this one does not, is no fault: it stands in
   * `policyDifferences`, where there is any.
   */
  async replay(
    options: { readonly strict?: boolean } = {},
  ): Promise<RunDocument & { readonly policyDifferences?: readonly Difference[] }> {
    if (options.strict !== true) return this.document();
    await this.engine.load(this.id);
    const { run, differences, policyDifferences } = replay(await this.store.read(this.id));
    if (differences.length > 0) throw new PlanloomError("REPLAY_DIFFERS", { runId: this.id, differences });
    return { ...documentOf(run), ...(policyDifferences.length === 0 ? {} : { policyDifferences }) };
  }

  /** The run as a document that replayRecording runs again. Rejects with RUN_NOT_STOPPED while calls are open. */
  async recording(): Promise<Recording> {
    return recordingOf(this.store, this.id);
  }

  /**
   * Hears events (once durable) and progress (never stored) while this process drives the run; the returned function ends
   * that. A run that another process drives is followed with `events({ follow: true })`.
   */
  on(listener: Listener): () => void {
    return this.engine.listen(this.id, listener);
  }

  /**
   * Resolves when the run ends, or can go no further without a person (unless `untilEnd`): see `status` and `waiting`.
   * Rejects with what stopped the engine.
   */
  async result(options: { readonly untilEnd?: boolean } = {}): Promise<RunDocument> {
    return documentOf((await this.engine.stopped(this.id, options)).run);
  }

  /**
   * Drives the run in this process from here on, and has it begin things again where it was paused. Rejects with RUN_OWNED where a
   * live process drives it; one that is paused there goes on there.
   */
  async resume(listener?: Listener, options: SendOptions = {}): Promise<void> {
    const run = await this.engine.load(this.id);
    if (!run.paused || isEnded(run)) return this.engine.drive(this.id, "RESUMED", listener);
    await this.engine.drive(this.id, "RESUMED", listener).catch(unlessOwned);
    await this.send({ type: "unpause", reason: "" }, options);
  }

  /** Has the run begin nothing more; what is under way goes on. Refused with ALREADY_PAUSED, RUN_CANCELLING. */
  pause(reason = "", options: SendOptions = {}): Promise<Reply> {
    return this.send({ type: "pause", reason }, options);
  }

  /**
   * Gives the run another goal: what runs is drained, what has finished is kept where it still serves, and the planner writes the
   * rest. Refused with SAME_GOAL, GOAL_INVALID, NO_PLANNER, RUN_FAILING, RUN_CANCELLING.
   */
  changeGoal(goal: string, options: SendOptions & { readonly reason?: string } = {}): Promise<Reply> {
    return this.send({ type: "goal", goal, reason: options.reason ?? "" }, options);
  }

  /** Grants what waits under `hash`: the plan (with `calls`, also those of its calls whose arguments stand in it), or one call. */
  approve(
    hash: string,
    options: SendOptions & { readonly comment?: string; readonly calls?: boolean } = {},
  ): Promise<Reply> {
    const calls = options.calls === true ? { calls: true as const } : {};
    return this.send({ type: "approve", hash, ...commentOf(options), ...calls }, options);
  }

  /**
   * Puts another plan (text or data, as for `start`) in the place of the one that waits; it is approved under its own hash. `hash` is
   * that of the plan that was edited. Rejects with PLAN_INVALID; refused with STALE_HASH, NOT_A_PLAN, NOTHING_CHANGED, EDIT_INVALID.
   */
  async edit(
    plan: unknown,
    options: SendOptions & { readonly hash?: string; readonly comment?: string } = {},
  ): Promise<Reply> {
    const run = await this.engine.load(this.id);
    const { hash = currentPlan(run)?.hash ?? "" } = options;
    const checked = await this.home.appraise(this.home.given(plan, run.request.goal, run.request.inputs), run);
    return this.send({ type: "edit", hash, plan: checked, ...commentOf(options) }, options);
  }

  /** Refuses what waits; a rejected plan leads to another one that regards the comment, of which the first 20,000 characters count. */
  reject(comment: string, options: SendOptions & { readonly hash?: string } = {}): Promise<Reply> {
    const { hash } = options;
    return this.send({ type: "reject", comment, ...(hash === undefined ? {} : { hash }) }, options);
  }

  /** Answers the question of an `ask` step. */
  respond(step: string, value: Json, options: SendOptions & { readonly item?: number } = {}): Promise<Reply> {
    return this.send({ type: "respond", step, value, ...itemOf(options) }, options);
  }

  /** Says what became of the call whose outcome is unknown now; `output` where it happened. */
  async settle(
    step: string,
    verdict: "happened" | "not-happened" | "abort",
    options: SendOptions & { readonly item?: number; readonly output?: Json } = {},
  ): Promise<Reply> {
    const { output } = options;
    const place = { step, ...itemOf(options) };
    const doubt = findWork(await this.engine.load(this.id), place)?.doubts;
    const said = { ...(output === undefined ? {} : { output }), ...(doubt === undefined ? {} : { doubt }) };
    return this.send({ type: "settle", ...place, verdict, ...said }, options);
  }

  cancel(reason = "", options: SendOptions = {}): Promise<Reply> {
    return this.send({ type: "cancel", reason }, options);
  }

  /**
   * Has this run go on after its end: what did not finish runs, what finished is reused, and the configuration's budget is for all of it,
   * what it has used already included. Rejects with PLAN_INVALID, BUDGET_UNPRICED; refused with
   * RUN_NOT_ENDED, NOTHING_TO_RETRY, UNKNOWN_STEP, STEP_UNKNOWN.
   */
  async retry(options: RetryOptions & SendOptions = {}): Promise<Reply> {
    return this.send(await retryOf(await this.engine.load(this.id), options, this.home), options);
  }

  /** What such a retry would reuse and run. */
  async previewRetry(options: RetryOptions = {}): Promise<Reopening | RefusedPreview> {
    return previewOf(await this.engine.load(this.id), options, this.home);
  }

  /**
   * A new run that begins where this ended one comes to a step, with what it had finished before. Rejects with RUN_NOT_ENDED,
   * UNKNOWN_STEP, STEP_UNKNOWN, PLAN_INVALID.
   */
  async fork(options: ForkOptions, listener?: Listener): Promise<LoomRun> {
    const request = await forkOf(await this.engine.load(this.id), options, this.home);
    const runId = await this.engine.start(request, listener);
    return new LoomRun(runId, this.engine, this.store, this.home);
  }

  /** What such a fork would take over and run. */
  async previewFork(options: ForkOptions): Promise<Reopening | RefusedPreview> {
    return forkPreviewOf(await this.engine.load(this.id), options, this.home);
  }

  private send(command: Command, { by = "user", record, listener }: SendOptions): Promise<Reply> {
    const recorded = record === undefined ? {} : { record };
    return this.engine.send(this.id, command, { by, ...recorded, ...(listener === undefined ? {} : { listener }) });
  }
}

/** A paused run that another live process drives is told to go on through its inbox. */
function unlessOwned(error: unknown): void {
  if (!hasCode(error, "RUN_OWNED")) throw error;
}

function commentOf({ comment }: { readonly comment?: string }): { readonly comment?: string } {
  return comment === undefined ? {} : { comment };
}

function itemOf({ item }: { readonly item?: number }): { readonly item?: number } {
  return item === undefined ? {} : { item };
}
