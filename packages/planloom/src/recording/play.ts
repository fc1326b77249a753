// Plays a recorded run with the real engine. In: a recording, and the current plan and tools. Out: the run as it goes
// now, or the first difference. The recording is a script: its inputs come in their order and at their times, and calls
// wait for their recorded outcomes. The engine does not know that its calls are simulated.
import { messageOf } from "../error.js";
import { findWork } from "../run/lookup.js";
import { planHash } from "../plan/plan-hash.js";
import { asksAboutUndoing, isEnded } from "../run/status.js";
import type { ErrorParams } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { childNews } from "../run/child-use.js";
import { approvalQuestion, askQuestion } from "../run/keys.js";
import { documentOf, shownAnswer, type RunDocument } from "../loom/document.js";
import type { WorkEffect } from "../run/effect.js";
import type { EventOf, RunEvent, StepRef } from "../run/event.js";
import { evolve } from "../run/evolve/evolve.js";
import {
  isCommand,
  type Delegated,
  type Drafted,
  type Input,
  type Outcome,
  type Reserve,
  type Start,
} from "../run/input.js";
import type { CheckedPlan, Command } from "../run/command.js";
import { inputsOf, type Answered } from "../run/log/replay.js";
import { emptyRun, type Run } from "../run/state.js";
import type { StepStatus } from "../run/work.js";
import { memoryStore } from "../store/memory.js";
import { readQuestions, QuestionReader, sameQuestion } from "./questions.js";
import type { Engine, Listener, Reply } from "../engine/engine.js";
import { jumpingClock } from "./jumping-clock.js";
import { localEngine } from "../engine/local.js";
import type { Loom } from "../loom/loom.js";
import type { PerformContext } from "../engine/perform-port.js";
import { checkedBy, saidOf, startOf, unplugged, type ReplayOptions } from "./recorded-plan.js";
import { readRecording, soundRecording, type Recording } from "../engine/recording.js";

/** See replayRecording. */
export async function playRecording(given: Recording | string, options: ReplayOptions): Promise<RunDocument> {
  const recording = typeof given === "string" ? await readRecording(given) : soundRecording(given);
  const script = scriptOf(recording);
  const events = script.flatMap((turn) => turn.events);
  const plans = events.flatMap(({ type, data }) => (type === "plan.proposed" ? [data.plan] : []));
  const loom = options.config === undefined && options.plan === undefined ? undefined : await unplugged(options, plans);
  const play = new Play({ ...recording, events }, loom, options.listener);
  try {
    await play.start(startOf(script[0]!.input as Start, loom, options));
    for (const turn of script.slice(1)) await play.turn(turn);
    return await play.end();
  } finally {
    await play.close();
    await loom?.close();
  }
}

/** The inputs that the recorded events answer. Throws RECORDING_INVALID if the events fit no input. */
const scriptOf = ({ events }: Recording): readonly Answered[] => read(() => inputsOf(events));

/** Events that are sound one by one may fit no run together. Throws RECORDING_INVALID then. */
function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (cause) {
    throw new PlanloomError("RECORDING_INVALID", { problem: "unreadable", reason: messageOf(cause) }, { cause });
  }
}

/** A call that was made and waits for its outcome. */
interface OpenCall {
  give(outcome: Outcome): void;
  readonly reserve: PerformContext["reserve"];
  readonly emit: PerformContext["emit"];
}

class Play {
  readonly #runId: string;
  readonly #recorded: Run;
  readonly #store = memoryStore();
  readonly #clock: ReturnType<typeof jumpingClock>;
  readonly #listener: Listener;
  /** What the recorded run asked, by name, and what this run asks of people. */
  readonly #recordedQuestions: ReadonlyMap<string, Json>;
  readonly #questionsNow = new Map<string, Json>();
  readonly #questions = new QuestionReader();
  readonly #recordedReader: QuestionReader;
  /** By name. */
  readonly #open = new Map<string, OpenCall>();
  /** From its events. */
  readonly #run: Run;
  #engine: Engine;
  /** What is known of the engine that drove the run before. */
  #former: "dead" | "alive" = "dead";
  #failure: Error | undefined;
  #deferred = 0;
  #commands = 0;
  #engines = 0;

  constructor(
    { runId, events }: Recording,
    private readonly loom: Loom | undefined,
    listener: Listener = {},
  ) {
    this.#runId = runId;
    this.#clock = jumpingClock(events[0]!.at);
    this.#run = emptyRun(runId);
    const { run, asked, questions } = read(() => readQuestions(events));
    [this.#recorded, this.#recordedQuestions, this.#recordedReader] = [run, asked, questions];
    this.#listener = {
      event: (event) => {
        this.#note(event);
        listener.event?.(event);
      },
    };
    this.#engine = this.#openEngine();
  }

  /** Acts as another process, which knows what became of the previous one. */
  #openEngine(): Engine {
    return localEngine({
      holder: `play/${++this.#engines}`,
      livenessOf: () => this.#former,
      store: this.#store,
      clock: this.#clock,
      perform: async (effect, run, context) => this.#perform(effect, run, context),
      newId: (of) => `${of}_${++this.#commands}`,
      defer: () => this.#defer(),
    });
  }

  #note(event: RunEvent): void {
    evolve(this.#run, event);
    this.#questions.begunBy(this.#run, event);
    const question = this.#questions.forPerson(event);
    if (question !== undefined) this.#questionsNow.set(question.name, question.what);
  }

  /** A call. It must be in the recording, and waits until its outcome is next. */
  #perform(effect: WorkEffect, run: Run, context: PerformContext): Promise<Outcome> {
    const question = this.#questions.of(run, effect);
    this.#compare(question.name, question.what);
    return new Promise((resolve) => {
      const give = (outcome: Outcome) => resolve({ ...outcome, key: effect.key });
      this.#open.set(question.name, { give, reserve: context.reserve, emit: (input) => context.emit(input) });
    });
  }

  #gone(name: string): PlanloomError {
    return differs({ differs: "gone", name, recorded: this.#recordedQuestions.get(name) ?? null, now: null });
  }

  #compare(name: string, now: Json): void {
    const then = this.#recordedQuestions.get(name);
    if (then === undefined) throw differs({ differs: "new", name, recorded: null, now });
    if (!sameQuestion(then, now)) throw differs({ differs: "changed", name, recorded: then, now });
  }

  // The script

  async start({ type: _type, ...request }: Start): Promise<void> {
    await this.#engine.start({ runId: this.#runId, ...request }, this.#listener);
    this.#watch(this.#engine);
    await this.#settle();
  }

  async turn({ input, events }: Answered): Promise<void> {
    const { at } = events[0]!;
    this.#clock.jumpTo(at);
    await this.#settle();
    const said = events.find(({ by }) => by !== "engine");
    // A refused command changed nothing.
    if (said?.type === "input.refused" || input?.type === "clock") return;
    if (input === undefined) throw answerUnknown(said ?? events[0]!);
    if (input.type === "recovered") await this.#recover(input);
    else if (input.type === "retry") await this.#retry(input);
    else if (input.type === "answer" || input.type === "compensate") await this.#reopen(input);
    else if (isCommand(input)) await this.#obey(input, events);
    else if (input.type === "reserve") await this.#reserve(input);
    else if (input.type === "drafted") await this.#draft(input);
    else if (input.type === "delegated") await this.#delegate(input);
    else await this.#answer(input as Outcome);
    await this.#settle();
  }

  /** Another process takes over the run, as if the first had died, or had released it if the recording says so. */
  async #recover({ reason, released }: Extract<Input, { readonly type: "recovered" }>): Promise<void> {
    const former = this.#engine;
    this.#engine = this.#openEngine();
    this.#open.clear();
    this.#former = reason.code === "TAKEN_OVER" ? "alive" : "dead";
    if (released === true) await former.close();
    await this.#engine.drive(this.#runId, reason.code === "LEGACY" ? "RESUMED" : reason.code, this.#listener);
    this.#watch(this.#engine);
    await former.close();
  }

  async #openAt(key: string): Promise<OpenCall> {
    const name = this.#recordedReader.nameOf(key);
    await this.#comesTo(() => this.#open.has(name));
    const open = this.#open.get(name);
    if (open !== undefined) return open;
    throw this.#gone(name);
  }

  /** A call requests its reservation at the recorded time. A call that had to wait requests again when it did then. */
  async #reserve({ spent, model, inputTokens, outputTokens, key }: Reserve): Promise<void> {
    const { reserve } = await this.#openAt(key);
    const asking = new AbortController();
    reserve({ spent, model, inputTokens, outputTokens }, asking.signal).catch(() => undefined);
    await this.#settle();
    asking.abort();
  }

  async #draft({ key, index, step, tools }: Drafted): Promise<void> {
    await this.#tell(key, { type: "drafted", index, step, ...(tools === undefined ? {} : { tools }) });
  }

  /** What a child run told. The recording of its parent needs no child. */
  async #delegate({ key, ...said }: Delegated): Promise<void> {
    await this.#tell(key, { type: said.type, ...childNews(said) });
  }

  /** News of an open call. A run that has ended takes none. */
  async #tell(key: string, news: Parameters<PerformContext["emit"]>[0]): Promise<void> {
    const { emit } = await this.#openAt(key);
    if (isEnded(this.#run)) throw this.#gone(this.#recordedReader.nameOf(key));
    await emit(news);
  }

  async #answer(outcome: Outcome): Promise<void> {
    const open = await this.#openAt(outcome.key);
    this.#open.delete(this.#recordedReader.nameOf(outcome.key));
    if (outcome.type !== "planned") return open.give(outcome);
    open.give({ ...outcome, plan: this.#checkedToday(outcome.plan, this.#run.request.inputs) });
  }

  /** A person retries the ended run. As in the recording, a process has to drive it again. */
  async #retry({ id: _id, at: _at, by, plan, ...said }: Input & { readonly type: "retry" }): Promise<void> {
    await this.#comesTo(() => isEnded(this.#run));
    const today = plan === undefined ? {} : { plan: this.#checkedToday(plan, plan.inputs) };
    await this.#sendEnded({ ...said, ...today }, by);
  }

  /** A person asks the ended run for an answer from what is done, or wants its calls undone. */
  async #reopen({ id: _id, at: _at, by, ...said }: Input & { readonly type: "answer" | "compensate" }): Promise<void> {
    await this.#comesTo(() => isEnded(this.#run));
    await this.#sendEnded(said, by);
  }

  async #sendEnded(said: Command, by: string): Promise<void> {
    const reply = await this.#engine.send(this.#runId, said, { by, record: "only" });
    if (!reply.ok) throw commandRefused(said, reply);
    await this.#engine.drive(this.#runId, "RETRIED", this.#listener);
    this.#watch(this.#engine);
  }

  #checkedToday(recorded: CheckedPlan, inputs: CheckedPlan["inputs"]): CheckedPlan {
    const { loom } = this;
    if (loom === undefined) return withHashOfToday(recorded);
    return { ...checkedBy(loom, recorded.plan, this.#run.request.goal, inputs), ...saidOf(recorded) };
  }

  async #obey(command: Input & Command, events: readonly RunEvent[]): Promise<void> {
    const { id: _id, at: _at, by, ...said } = command;
    const reply = await this.#engine.send(this.#runId, (await this.#meant(said, events)) ?? said, { by });
    await this.#settle();
    if (!reply.ok) throw commandRefused(said, reply);
  }

  /** The recorded command, aimed at what waits now: its hash may differ. */
  async #meant(command: Command, events: readonly RunEvent[]): Promise<Command> {
    if (command.type === "approve" || command.type === "reject" || command.type === "edit") {
      const subject = command.type === "edit" ? "plan" : decisionIn(events).data.subject;
      const name = approvalQuestion(subject);
      const pending = () =>
        [...this.#run.approvals.pending.values()].find((one) => approvalQuestion(one.subject) === name);
      await this.#asks(name, () => pending() !== undefined);
      const { hash } = pending()!;
      return command.type === "edit" ? { ...command, hash, plan: withHashOfToday(command.plan) } : { ...command, hash };
    }
    if (command.type === "respond") {
      await this.#asks(askQuestion(command), () => findWork(this.#run, command)?.status === "suspended");
    } else if (command.type === "settle") {
      const isAsked = () =>
        asksAboutUndoing(this.#run) || SETTLED.has(findWork(this.#run, command)?.status ?? "pending");
      await this.#comesTo(isAsked);
    }
    return command;
  }

  /** The run asks a person the same question as in the recording. */
  async #asks(subject: string, holds: () => boolean): Promise<void> {
    await this.#comesTo(holds);
    const name = this.#questions.latest(subject);
    const now = holds() ? this.#questionsNow.get(name) : undefined;
    if (now === undefined) throw this.#gone(name);
    this.#compare(name, now);
  }

  async end(): Promise<RunDocument> {
    await this.#comesTo(() => isEnded(this.#run) || !isEnded(this.#recorded));
    const [then, now] = [documentOf(this.#recorded), documentOf(this.#run)];
    if (!sameQuestion(endOf(then), endOf(now)))
      throw differs({ differs: "end", recorded: endOf(then), now: endOf(now) });
    return now;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  // Time

  /** An error that stops the engine is the outcome of this run. An error of an earlier engine is ignored. */
  #watch(engine: Engine): void {
    engine.stopped(this.#runId, { untilEnd: true }).catch((error: unknown) => {
      if (engine === this.#engine) this.#failure ??= error as Error;
    });
  }

  /**
   * Moves time on until the condition holds, at most by the longest delay between attempts: a retry may be due later
   * than in the recording.
   */
  async #comesTo(holds: () => boolean): Promise<void> {
    const until = this.#clock.now() + LIMITS.retryDelayMaxMs;
    for (;;) {
      await this.#settle();
      const due = this.#clock.nextDue();
      if (holds() || isEnded(this.#run) || due === undefined || due > until) return;
      this.#clock.jumpTo(due);
    }
  }

  async #defer(): Promise<void> {
    this.#deferred++;
    await loopTurn();
    this.#deferred--;
  }

  /**
   * Waits until nothing more can happen without an outcome, a person or time. Throws the error that stopped the engine.
   */
  async #settle(): Promise<void> {
    do await loopTurn();
    while (this.#deferred > 0);
    await loopTurn();
    if (this.#failure !== undefined) throw this.#failure;
  }
}

const SETTLED: ReadonlySet<StepStatus> = new Set(["unknown", "unusable"]);

/** With a store in memory, all pending work has finished by then. */
const loopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const differs = (params: ErrorParams["RECORDING_DIFFERS"]): PlanloomError =>
  new PlanloomError("RECORDING_DIFFERS", params);

function commandRefused(said: Command, { code, params }: Reply & { readonly ok: false }): PlanloomError {
  const recorded = said as unknown as Json;
  const now = { code, ...(params === undefined ? {} : { params }) };
  return differs({ differs: "command", command: said.type, recorded, now });
}

function decisionIn(events: readonly RunEvent[]): EventOf<"approval.granted"> | EventOf<"approval.denied"> {
  const isDecision = (event: RunEvent) =>
    event.type === "approval.granted" ||
    (event.type === "approval.denied" && (event.data.cause === "rejected" || event.data.cause === "superseded"));
  return events.find(isDecision) as EventOf<"approval.granted">;
}

function endOf({ status, success, error, waiting, ...document }: RunDocument): Json {
  const ref = ({ step, item }: StepRef) => ({ step, ...(item === undefined ? {} : { item }) });
  const persons =
    waiting === undefined
      ? {}
      : {
          questions: waiting.questions,
          unknown: waiting.unknown.map((doubt) => ({ ...ref(doubt), error: doubt.error })),
          unusable: waiting.unusable.map(ref),
        };
  return { status, success, answer: shownAnswer(document), error: error?.code ?? null, ...persons };
}

function answerUnknown({ seq, type }: RunEvent): PlanloomError {
  return new PlanloomError("RECORDING_INVALID", { problem: "answer", seq, type });
}

/** An earlier build computed the hash of a plan in another way. */
function withHashOfToday({ hashVersion, ...plan }: CheckedPlan): CheckedPlan {
  return hashVersion === undefined ? plan : { ...plan, hash: planHash(plan.plan, plan.inputs, plan.tools) };
}
