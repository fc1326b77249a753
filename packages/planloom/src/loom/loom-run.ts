// One run, as the library shows it. In: an engine and a run's id. Out: its events, its result, and the commands of a
// person. The engine does the work.
import { currentPlan, findWork } from "../run/lookup.js";
import { failedUndoing } from "../run/decide/compensation.js";
import { compensatingOf, isEnded } from "../run/status.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { Previewer } from "../perform/preview-call.js";
import type { RebuildPrompts } from "../perform/prompts.js";
import type { Json, JsonObject } from "../plan/json.js";
import { checkedListener, typedDocument, type AnswerSchema } from "./answer-schema.js";
import { documentOf, type RunDocument } from "./document.js";
import type { RunEvent } from "../run/event.js";
import type { Command, CallVerdict, RestOfStep } from "../run/command.js";
import { refusal } from "../run/refusal.js";
import type { Difference } from "../run/log/decisions.js";
import { replay } from "../run/log/replay.js";
import type { EventStore, JournalRow } from "../store/event-store.js";
import type { RetryPreview } from "../run/decide/retry.js";
import { forkOf, forkPreviewOf, previewOf, retryOf, type ForkOptions, type Home, type RetryOptions } from "./retry.js";
import type { OnceSender } from "./sent-once.js";
import type { Playbooks, SavedPlaybook, SaveOptions } from "./playbooks/playbooks.js";
import { knownOptions, soundOptions } from "./known-options.js";
import { soundFeed, soundValue } from "./start-options.js";
import type { Engine, Listener, Progress } from "../engine/engine.js";
import { progressOfRun } from "./run-progress.js";
import { readLog } from "../engine/log.js";
import { callReview, type CallReview } from "./review/call-review.js";
import { planReview, type PlanReview } from "./review/plan-review.js";
import { withPreviews } from "./review/previews.js";
import type { EvidenceCard, EvidenceOptions } from "./evidence/card.js";
import { readEvidence } from "./evidence/evidence.js";
import { revisionDiff, revisionsIn, type RevisionDiff } from "./revision-diff.js";
import { contextAt, type ContextThen } from "./step-context.js";
import { undoingPreview, type UndoingPreview } from "./undoing.js";
import { traceOf } from "./trace.js";
import type { TraceEntry } from "./trace-entry.js";
import { readPrompts, type PromptsQuery } from "./view/prompts.js";
import type { PromptsView, RunView, StepView } from "./view/run-view.js";
import { besideOf } from "./view/beside.js";
import { readStepView } from "./view/read-step-view.js";
import { timelineOf, viewOf } from "./view/view.js";
import type { AgUiEvent } from "../streams/ag-ui-event.js";
import { agUiStream, agUiStreamResponse, type AgUiOptions } from "../streams/ag-ui-stream.js";
import type { FeedOptions } from "../streams/feed.js";
import { Moments } from "../streams/moments.js";
import {
  agUiReplies,
  isStale,
  uiReplies,
  type AgUiReply,
  type RepliedMessage,
  type ReplyCommand,
} from "../streams/replies.js";
import type { UIMessageChunk } from "../streams/ui-message-chunk.js";
import { uiMessageStream, uiMessageStreamResponse } from "../streams/ui-message-stream.js";
import { wordedRefusal, wordedReply, type WordedRefusal, type WordedReply } from "./worded-reply.js";
import { exportRun } from "../engine/export.js";
import type { RunExport } from "../store/run-export.js";
import { recordingOf, type Recording } from "../engine/recording.js";

export interface SendOptions {
  /** The author of the command, for the log. Default: the user of this process. */
  readonly by?: string;
  /** Only records the command. The next owner of the run performs it. */
  readonly record?: "only";
  /** Called with the later events, if this process drives the run from here on. */
  readonly listener?: Listener;
  /**
   * An id of the sender's own. The same command of the same author with the same id is obeyed once, and gets the same
   * reply. Rejects with INPUT_REUSED if the id was used for another command.
   */
  readonly inputId?: string;
}

const SEND_KEYS = ["by", "record", "listener", "inputId"];
const CHANGE_KEYS = ["inputs", "trust", "plan"];
const FORK_KEYS = [...CHANGE_KEYS, "at", "runId", "context", "stored"];
const FOREIGN_ARGS = { arguments: "args", input: "args", editedArgs: "args" };

/** What a run needs of its loom. */
export interface RunHome extends Home {
  /** Sends commands that have an id of their sender. */
  readonly once: OnceSender;
  /** Writes the requests of an effect again. Never rejects. */
  readonly rebuildPrompts: RebuildPrompts;
  readonly previewer: Previewer;
  readonly playbooks: Playbooks;
}

/** `Document` is the result: typed if the run was started, or opened, with the schema of its answer. */
export class LoomRun<Document = RunDocument> {
  constructor(
    readonly id: string,
    private readonly engine: Engine,
    private readonly store: EventStore,
    private readonly home: RunHome,
    private readonly answer?: AnswerSchema,
  ) {}

  /** The current state of the run, from its log. */
  async document(): Promise<RunDocument> {
    return documentOf(await this.engine.load(this.id));
  }

  /** Events from `fromSeq` on. With `follow`, until the run has ended. */
  events(
    options: { readonly fromSeq?: number; readonly follow?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<RunEvent> {
    return this.engine.events(this.id, options);
  }

  /** The journal: model turns and tool calls inside steps; with `step` and `item`, only theirs. */
  async journal({ step, item }: { readonly step?: string; readonly item?: number } = {}): Promise<
    readonly JournalRow[]
  > {
    const rows = await this.store.readRunJournal(this.id);
    return rows.filter(
      (row) => (step === undefined || row.stepId === step) && (item === undefined || row.item === item),
    );
  }

  /** What each step read, was given and wrote, with its attempts and turns, in the order of their start. */
  async trace(): Promise<readonly TraceEntry[]> {
    await this.engine.load(this.id);
    return traceOf(await readLog(this.store, this.id), await this.journal());
  }

  /**
   * The run for people, as data: rows with bars in time, facts and waits, all in words. A page renders it and computes
   * nothing. It stays under 1 MB for a run of 2,000 steps.
   */
  async view(): Promise<RunView> {
    const timeline = timelineOf(await readLog(this.store, this.id));
    return viewOf(timeline, await besideOf(timeline.run, this.store, this.home));
  }

  /**
   * One row of the view in full, by its key: what it got and where that came from, what it gave, its conversation, its
   * attempts with their errors, its calls and its events. A step that has not begun has no attempts. With `item`, one
   * item of a fan-out. Rejects with NO_SUCH_STEP.
   */
  stepView(step: string, { item }: { readonly item?: number } = {}): Promise<StepView> {
    return readStepView(this.id, { step, ...(item === undefined ? {} : { item }) }, this.store, this.home);
  }

  /**
   * What the models of a row were sent: the system text and messages of each request, rebuilt from the log by this
   * version. It is no record; `rebuilt` says so, and `gaps` says what cannot be rebuilt. `step` is the key of a row, or
   * `#review` for the reviews between steps. Rejects with NO_SUCH_STEP.
   */
  prompts(step: string, options: Omit<PromptsQuery, "step"> = {}): Promise<PromptsView> {
    knownOptions(options, ["item", "attempt"]);
    return readPrompts(this.id, { step, ...options }, this.store, this.home);
  }

  /**
   * The evidence card of the run: plan, trace, what changed after each action, and failure checks from the log alone.
   * With `expected` (a JSON value or a text), the answer is compared with it. Rejects with VALUE_NOT_JSON.
   */
  async evidence(options: EvidenceOptions = {}): Promise<EvidenceCard> {
    knownOptions(options, ["expected"]);
    const { expected } = options;
    return readEvidence(
      this.store,
      this.id,
      expected === undefined ? {} : { expected: soundValue(expected, "expected") },
    );
  }

  /**
   * What changed between two revisions of the plan, step by step and field by field. By default: the last one against
   * the one before. Rejects with NO_REVISION.
   */
  async diff(from?: number, to?: number): Promise<RevisionDiff> {
    const log = await readLog(this.store, this.id);
    const text = (revision: number | undefined) => (revision === undefined ? undefined : String(revision));
    return revisionDiff(revisionsIn(log, { from: text(from), to: text(to) }));
  }

  /**
   * The context of a step or item when it last started: the values that its references read, the outputs that its model
   * got, and its arguments. A step that waits for approval, an answer or its arguments has started. Rejects with
   * STEP_NOT_BEGUN.
   */
  async context(step: string, { item }: { readonly item?: number } = {}): Promise<ContextThen> {
    await this.engine.load(this.id);
    const ref = item === undefined ? { step } : { step, item };
    const then = contextAt(await readLog(this.store, this.id), ref);
    if (then !== undefined) return then;
    const named = item === undefined ? step : `${step}[${item}]`;
    throw new PlanloomError("STEP_NOT_BEGUN", { runId: this.id, step: named });
  }

  /**
   * What was asked under a hash, for the person who decides: a plan or one call, in sentences, and what became of it.
   * While it waits, its calls have a preview of what they would change, if their tools give one. `against`: the hash of
   * the plan to compare with; default: the plan before. Rejects with APPROVAL_UNKNOWN.
   */
  async review(hash: string, { against }: { readonly against?: string } = {}): Promise<PlanReview | CallReview> {
    const log = await readLog(this.store, this.id);
    const { run } = timelineOf(log);
    const found = planReview(run, log, hash, against) ?? callReview(run, log, hash);
    if (found !== undefined) return withPreviews(found, run, this.home.previewer);
    throw new PlanloomError("APPROVAL_UNKNOWN", { runId: this.id, hash });
  }

  /**
   * The run, rebuilt from its log without calling anything. With `strict`, the kernel repeats every decision in the
   * log. Rejects with REPLAY_DIFFERS if a decision differs or the log was changed. A decision of another kernel version
   * that this one would not make is not an error: it is in `policyDifferences`, if there is any.
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

  /**
   * All that the store holds of the run, as one JSON document: openExport opens it. The values of the configuration's
   * secrets and of the models' keys are replaced. Private values stay. The run need not have ended. Rejects with
   * EXPORT_NOT_POSSIBLE.
   */
  async export(): Promise<RunExport> {
    return exportRun(this.store, this.id, this.home.secrets);
  }

  /** The run as a document that replayRecording can run. Rejects with RUN_NOT_STOPPED while calls are open. */
  async recording(): Promise<Recording> {
    return recordingOf(this.store, this.id);
  }

  /**
   * Calls the function with events (once durable) and progress (never stored) while this process drives the run. The
   * returned function ends that. To follow a run of another process, use `events({ follow: true })`.
   */
  on(listener: Listener): () => void {
    return this.engine.listen(this.id, listener);
  }

  /**
   * What tools at work, agent steps and the answer report, until the run ends or the signal is aborted. Only while this
   * process drives the run; never stored. A slow reader gets the newest report of each step.
   */
  progress(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<Progress> {
    return progressOfRun(this.engine, this.id, options.signal);
  }

  /**
   * Resolves when the run ends, or (unless `untilEnd`) when it needs a person: see `status` and `waiting`. Rejects with
   * the error that stopped the engine; with ANSWER_REFUSED if the answer fits its JSON Schema, and the program's own
   * schema refuses it.
   */
  async result(options: { readonly untilEnd?: boolean } = {}): Promise<Document> {
    const document = documentOf((await this.engine.stopped(this.id, options)).run);
    return (this.answer === undefined ? document : await typedDocument(document, this.answer)) as Document;
  }

  /**
   * Drives the run in this process from here on. A paused run starts new steps again. Rejects with RUN_OWNED if a live
   * process drives the run; a run that is paused there continues there. With `takeOver`, takes the run also from a live
   * process: its open calls with effects are then in doubt, and it stops at its next event.
   */
  async resume(listener?: Listener, options: SendOptions & { readonly takeOver?: boolean } = {}): Promise<void> {
    const run = await this.engine.load(this.id);
    const reason = options.takeOver === true ? "TAKEN_OVER" : "RESUMED";
    this.keepCheck();
    if (!run.paused || isEnded(run)) return this.engine.drive(this.id, reason, listener);
    await this.engine.drive(this.id, reason, listener).catch(unlessOwned);
    await this.send({ type: "unpause", reason: "" }, options);
  }

  /** Pauses the run: nothing new starts, and running calls finish. Refused with ALREADY_PAUSED, RUN_CANCELLING. */
  pause(reason = "", options: SendOptions = {}): Promise<WordedReply> {
    return this.send({ type: "pause", reason }, options);
  }

  /**
   * Gives the run another goal. Running calls finish, finished steps are kept if they are still useful, and the planner
   * writes the rest. Refused with SAME_GOAL, GOAL_INVALID, NO_PLANNER, RUN_FAILING, RUN_CANCELLING.
   */
  changeGoal(goal: string, options: SendOptions & { readonly reason?: string } = {}): Promise<WordedReply> {
    return this.send({ type: "goal", goal, reason: options.reason ?? "" }, options);
  }

  /**
   * Approves what waits under `hash`: the plan, or one call. With `calls`, also approves those calls of the plan whose
   * arguments are written in it. `unseen`: a rule gives the approval, and no person saw what it covers; calls that
   * untrusted data chose still wait. `args`: all arguments that the call gets instead of those that wait.
   * `rest`: for a call inside an agent step, also approves later calls of its tool in this step, with the same control
   * arguments (`values`) or with addresses of the same host (`host`). Refused with ARGS_INVALID, ARGS_NOT_EDITABLE,
   * REST_NOT_POSSIBLE; and with CLOCK_BEHIND if the clock is behind the last event of the run.
   */
  async approve(
    hash: string,
    options: SendOptions & {
      readonly comment?: string;
      readonly calls?: boolean;
      readonly unseen?: boolean;
      readonly args?: JsonObject;
      readonly rest?: RestOfStep;
    } = {},
  ): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "comment", "calls", "unseen", "args", "rest"], FOREIGN_ARGS);
    const calls = options.calls === true ? { calls: true as const } : {};
    const unseen = options.unseen === true ? { unseen: true as const } : {};
    const args = options.args === undefined ? {} : { args: options.args };
    const rest = options.rest === undefined ? {} : { rest: options.rest };
    const more = { ...calls, ...unseen, ...args, ...rest };
    return this.send({ type: "approve", hash, ...commentOf(options), ...more }, options);
  }

  /**
   * Replaces the waiting plan with another one (text or data, as for `start`), which is then approved under its own
   * hash. `hash` is that of the plan that was edited. Rejects with PLAN_INVALID; refused with STALE_HASH, NOT_A_PLAN,
   * NOTHING_CHANGED, EDIT_INVALID.
   */
  async edit(
    plan: unknown,
    options: SendOptions & { readonly hash?: string; readonly comment?: string } = {},
  ): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "hash", "comment"]);
    const run = await this.engine.load(this.id);
    const { hash = currentPlan(run)?.hash ?? "" } = options;
    const checked = await this.home.appraise(await this.home.given(plan, run), run);
    return this.send({ type: "edit", hash, plan: checked, ...commentOf(options) }, options);
  }

  /**
   * Rejects what waits. After a rejected plan, the planner writes another one with the comment, of which the first
   * 20,000 characters are kept.
   */
  async reject(comment: string, options: SendOptions & { readonly hash?: string } = {}): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "hash"]);
    const { hash } = options;
    return this.send({ type: "reject", comment, ...(hash === undefined ? {} : { hash }) }, options);
  }

  /**
   * Answers the question of an `ask` step, or of a tool during its call. `asked`: the question of a tool that is meant,
   * as `waiting.questions` of the document names it; a later one is not answered (STALE_REPLY). Without it, the question
   * that is open now is meant. Rejects with VALUE_NOT_JSON.
   */
  async respond(
    step: string,
    value: Json,
    options: SendOptions & { readonly item?: number; readonly asked?: number } = {},
  ): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "item", "asked"]);
    const ref = { step, ...itemOf(options) };
    // Two persons may answer one question. The second answer must not meet the next question of the tool.
    const asked = options.asked ?? findWork(await this.engine.load(this.id), ref)?.asking?.seq;
    const of = { ...itemOf(options), ...(asked === undefined ? {} : { asked }) };
    return this.send({ type: "respond", step, value: soundValue(value, "answer"), ...of }, options);
  }

  /**
   * Answers about a call. In doubt: it `happened` with the given output, it did `not-happened`, or `abort` the step.
   * Acted with an unusable output: `use` the given output in its place, `skip` the step, let it `fail` by its policy,
   * or make the call `again`, which acts twice. Could not be undone: try it `again`, say that it is `undone` by hand, or
   * `leave` its effect. Rejects with VALUE_NOT_JSON.
   */
  async settle(
    step: string,
    verdict: CallVerdict,
    options: SendOptions & { readonly item?: number; readonly output?: Json } = {},
  ): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "item", "output"], { value: "output", result: "output" });
    const output = options.output === undefined ? undefined : soundValue(options.output, "output");
    const of = { step, ...itemOf(options) };
    const run = await this.engine.load(this.id);
    const doubt = compensatingOf(run) === undefined ? findWork(run, of)?.doubts : failedUndoing(run)?.undoing?.attempt;
    const said = { ...(output === undefined ? {} : { output }), ...(doubt === undefined ? {} : { doubt }) };
    return this.send({ type: "settle", ...of, verdict, ...said }, options);
  }

  /**
   * Ends the run. With `hash`, only if that plan still waits for approval: refused with STALE_HASH, NOT_A_PLAN.
   * `compensate`: whether the calls that acted are undone first. Default: as the setting `onFailure` says.
   */
  async cancel(
    reason = "",
    options: SendOptions & { readonly hash?: string; readonly compensate?: boolean } = {},
  ): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "hash", "compensate"], { undo: "compensate" });
    const { hash, compensate } = options;
    const more = { ...(hash === undefined ? {} : { hash }), ...(compensate === undefined ? {} : { compensate }) };
    return this.send({ type: "cancel", reason, ...more }, options);
  }

  /**
   * Undoes the calls of an ended run that acted, the last one first: each by the `compensate` of its tool. `hash` is that
   * of `previewCompensation`: a person has seen the calls, and approves each undoing. Without it, the approval policy of
   * the run decides which of them ask. `unseen`: a rule approves them, and no person saw them. The run ends as before.
   * Its undone steps have no output any more, and a retry begins them anew. Refused with RUN_NOT_ENDED, NOTHING_TO_UNDO,
   * UNDOING_CHANGED.
   */
  async compensate(
    options: SendOptions & { readonly hash?: string; readonly unseen?: boolean; readonly reason?: string } = {},
  ): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, "hash", "unseen", "reason"]);
    const { hash, unseen, reason } = options;
    const more = {
      ...(reason === undefined ? {} : { reason }),
      ...(hash === undefined ? {} : { hash }),
      ...(unseen === true ? { unseen } : {}),
    };
    return this.send({ type: "compensate", ...more }, options);
  }

  /** The calls of the run that acted: those that `compensate` would undo, in order, and those that it cannot undo. */
  async previewCompensation(): Promise<UndoingPreview> {
    return undoingPreview(await this.engine.load(this.id));
  }

  /**
   * Retries this run after its end: unfinished steps run, and finished ones are reused. With `feedback`, the planner
   * first writes another plan, which keeps what has finished. The configuration's budget
   * covers all of the run, including what it has used already. Rejects with PLAN_INVALID, BUDGET_UNPRICED; refused with
   * RUN_NOT_ENDED, NOTHING_TO_RETRY, UNKNOWN_STEP, STEP_UNKNOWN, UNDOING_UNKNOWN.
   */
  async retry(options: RetryOptions & SendOptions = {}): Promise<WordedReply> {
    knownOptions(options, [...SEND_KEYS, ...CHANGE_KEYS, "from", "feedback"], { at: "from", step: "from" });
    return this.send(await retryOf(await this.engine.load(this.id), options, this.home), options);
  }

  /**
   * Writes an answer from what this failed run has done, with what is missing: `document().partial`. The run stays
   * failed. The configuration's budget covers all of the run. Rejects with BUDGET_UNPRICED; refused with RUN_NOT_ENDED,
   * RUN_ENDED, NO_PARTIAL_ANSWER.
   */
  async answerPartly(options: SendOptions = {}): Promise<WordedReply> {
    const run = await this.engine.load(this.id);
    const settings = this.home.settingsFor(currentPlan(run)?.plan, run.request.ownSettings);
    return this.send({ type: "answer", settings, models: this.home.models }, options);
  }

  /**
   * The run as a UI message stream, for `useChat` of the AI SDK. It ends with the run, or when the run needs a person
   * (see `until`). A reader that goes away stops nothing but its stream. Throws AFTER_INVALID.
   */
  toUIMessageStream(options: FeedOptions = {}): ReadableStream<UIMessageChunk> {
    return uiMessageStream(this.engine, this.id, soundFeed(options));
  }

  /** The same as a response of server-sent events. */
  toUIMessageStreamResponse(options: FeedOptions = {}): Response {
    return uiMessageStreamResponse(this.engine, this.id, soundFeed(options));
  }

  /** The run as a stream of AG-UI events. It ends as the UI message stream does. Throws AFTER_INVALID. */
  toAgUiStream(options: AgUiOptions = {}): ReadableStream<AgUiEvent> {
    return agUiStream(this.engine, this.id, soundFeed(options));
  }

  /** The same as a response of server-sent events. */
  toAgUiStreamResponse(options: AgUiOptions = {}): Response {
    return agUiStreamResponse(this.engine, this.id, soundFeed(options));
  }

  /**
   * Gives the run the answers that stand in a message of `useChat`: approvals, answers to questions, settled doubts. One
   * reply for each. An answer that was given before is refused, and changes nothing; also if the same is asked again
   * since (STALE_REPLY).
   */
  answerUIMessage(message: RepliedMessage, options: SendOptions = {}): Promise<readonly WordedReply[]> {
    return this.#answer(uiReplies(message), options);
  }

  /** The same for the `resume` of an AG-UI request. */
  answerAgUi(resume: readonly AgUiReply[], options: SendOptions = {}): Promise<readonly WordedReply[]> {
    return this.#answer(agUiReplies(resume), options);
  }

  async #answer(replies: readonly ReplyCommand[], options: SendOptions): Promise<readonly WordedReply[]> {
    const answered: WordedReply[] = [];
    const moments = new Moments(this.id);
    for (const reply of replies) {
      // Each answer may change what is asked.
      for await (const event of this.engine.events(this.id, { fromSeq: moments.seq + 1 })) moments.of(event);
      const stale = isStale(reply, moments.asked.values());
      answered.push(stale ? wordedRefusal(STALE_REPLY, this.id) : await this.#replied(reply, options));
    }
    return answered;
  }

  #replied({ reply: _reply, ...command }: ReplyCommand, options: SendOptions): Promise<WordedReply> {
    if (command.type === "approve" || command.type === "reject") return this.send(command, options);
    const more = { ...options, ...itemOf(command) };
    if (command.type === "respond") return this.respond(command.step, command.value, more);
    const { output } = command;
    return this.settle(command.step, command.verdict, { ...more, ...(output === undefined ? {} : { output }) });
  }

  /**
   * Saves the approved or completed plan as a playbook of the project. Each input is confirmed by the caller: see
   * `loom.playbooks.propose`. Rejects with PLAYBOOK_NAME, PLAYBOOK_NOT_SAVED, PLAYBOOK_UNCONFIRMED, PLAYBOOK_CHOICE,
   * PLAYBOOK_EXISTS, PLAYBOOK_FILE.
   */
  savePlaybook(options: SaveOptions): Promise<SavedPlaybook> {
    knownOptions(options, ["as", "inputs", "force"], { name: "as", overwrite: "force" });
    return this.home.playbooks.save(this.id, options);
  }

  /** What such a retry would reuse and run. */
  async previewRetry(options: RetryOptions = {}): Promise<RetryPreview | WordedRefusal> {
    return previewOf(await this.engine.load(this.id), options, this.home);
  }

  /**
   * A new run that starts at a step of this ended one, with the results of the steps before it. Rejects with
   * RUN_NOT_ENDED, UNKNOWN_STEP, STEP_UNKNOWN, PLAN_INVALID.
   */
  async fork(options: ForkOptions, listener?: Listener): Promise<LoomRun<Document>> {
    knownOptions(options, FORK_KEYS, { from: "at", step: "at" });
    const request = await forkOf(await this.engine.load(this.id), options, this.home);
    const checked = checkedListener(this.home.answerChecks, this.answer?.own, listener);
    const runId = await this.engine.start(request, checked);
    return new LoomRun<Document>(runId, this.engine, this.store, this.home, this.answer);
  }

  /** What such a fork would reuse and run. */
  async previewFork(options: ForkOptions): Promise<RetryPreview | WordedRefusal> {
    return forkPreviewOf(await this.engine.load(this.id), options, this.home);
  }

  /** This process may write the answer from here on. */
  private keepCheck(): void {
    if (this.answer?.own !== undefined) this.home.answerChecks.set(this.id, this.answer.own);
  }

  private async send(command: Command, options: SendOptions): Promise<WordedReply> {
    const { by = "user", record, listener, inputId } = soundOptions(options);
    this.keepCheck();
    const told = { by, ...(record === undefined ? {} : { record }), ...(listener === undefined ? {} : { listener }) };
    const reply =
      inputId === undefined
        ? this.engine.send(this.id, command, told)
        : this.home.once.send(this.id, command, { ...told, inputId });
    return wordedReply(await reply, this.id);
  }
}

const STALE_REPLY = { ok: false, ...refusal("STALE_REPLY", {}) } as const;

/** A paused run of another live process gets a resume command through its inbox. */
function unlessOwned(error: unknown): void {
  if (!hasCode(error, "RUN_OWNED")) throw error;
}

function commentOf({ comment }: { readonly comment?: string }): { readonly comment?: string } {
  return comment === undefined ? {} : { comment };
}

function itemOf({ item }: { readonly item?: number }): { readonly item?: number } {
  return item === undefined ? {} : { item };
}
