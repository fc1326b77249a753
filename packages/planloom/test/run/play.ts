// A run that is played move by move beside a second one, which only reads the log. In: a beginning and moves. Out:
// every event, checked as it comes. Separate from any-plan.ts, which draws them, and from the properties, which say
// what must hold.
import { needsOf } from "../../src/plan/graph.js";
import type { Usage } from "../../src/plan/usage.js";
import type { Effect } from "../../src/run/effect.js";
import { eventHash, type EventData, type RunEvent, type StepRef } from "../../src/run/event.js";
import { callKey } from "../../src/run/keys.js";
import { foldNext } from "../../src/run/log/chain.js";
import { isCommand, type Input } from "../../src/run/input.js";
import { UNDOING_VERDICTS, type CheckedPlan } from "../../src/run/command.js";
import { findWork, reviewOf, workOf } from "../../src/run/lookup.js";
import { isEnded } from "../../src/run/status.js";
import { next, transition } from "../../src/run/log/transition.js";
import { carriedFacts } from "../../src/run/decide/fork.js";
import { failedUndoing, undoingListHash } from "../../src/run/decide/compensation.js";
import { partsOf } from "../../src/run/decide/retry.js";
import { emptyRun, type Run } from "../../src/run/state.js";
import type { LooseInput } from "../../src/testing/given-when-then.js";
import { anotherPlan } from "./another-plan.js";
import type { Beginning, Move } from "./any-plan.js";
import { Agreements } from "./agreements.js";
import { choices, OUTPUTS, outcomeOf } from "./outcome-of.js";
import { picture } from "./picture.js";
import { Purse } from "./purse.js";
import { checkState, ENDED, must } from "./sound-state.js";
import { RoundRules } from "./round-rules.js";
import { Undoings } from "./undoings.js";

const VERDICTS = ["happened", "not-happened", "abort"] as const;
const DECISIONS = ["use", "skip", "fail", "again"] as const;
/** More would only make courses long. */
const MOST_RETRIES = 6;

/** A step that is kept as a whole is kept with its items. */
function keptNames(kept: readonly StepRef[]): (name: string) => boolean {
  const names = new Set(kept.map(nameOf));
  return (name) => names.has(name) || names.has(`${name.split("/")[0]}/`);
}

const nameOf = ({ step, item }: StepRef) => `${step}/${item ?? ""}`;

/** What a person may say to a run at any time. */
function changeOf(of: (among: number) => number): LooseInput {
  if (of(3) === 2) return { type: "goal", goal: `goal ${of(3)}`, reason: "" };
  return { type: of(4) === 0 ? "pause" : "unpause", reason: "" };
}

export class Play {
  readonly run: Run = emptyRun("play");
  readonly log: RunEvent[] = [];
  /** Those that the log answers, as they were given. */
  readonly inputs: Input[] = [];
  private readonly read: Run = emptyRun("play");
  private readonly outcomes: LooseInput[] = [];
  private at = 1_000;
  private count = 0;
  private epoch = 1;
  /** By work: calls in doubt; ended for good. */
  private readonly doubted = new Set<string>();
  private readonly over = new Set<string>();
  /** By work: given up while in doubt. */
  private readonly givenUp = new Set<string>();
  /** By effect key: calls that acted once, and those that may have. */
  private readonly acted = new Set<string>();
  private readonly uncertain = new Set<string>();
  /** Keys of calls that acted with an unusable output, and that nobody ordered again. */
  private readonly unusable = new Set<string>();
  private approvedPlan = true;
  private retries = 0;
  /** Patches and replans since it was started or reopened. */
  private replans = 0;
  private readonly agreements: Agreements;
  private readonly undoings = new Undoings();
  private readonly rounds = new RoundRules();
  private readonly purse = new Purse();

  constructor(
    private readonly beginning: Beginning,
    /** What is done to the state after each crash: a bug, planted to see whether it is found. */
    private readonly plant: (run: Run) => void = () => undefined,
    parent?: Agreements,
  ) {
    this.agreements = new Agreements(() => parent);
    this.input(beginning.start);
  }

  /** Whether the move could be made. */
  move({ what, which, how }: Move): void {
    const owed = [...next(this.run)];
    const pick = <T>(list: readonly T[]): T | undefined => list[which % Math.max(1, list.length)];
    if (what === "clock") return this.clock(how % 4 === 3 ? how % 30_000 : 0);
    if (what === "recovered") return this.recover(how % 2 === 0);
    if (what === "cancel")
      return this.input({ type: "cancel", reason: "enough", ...(how % 3 === 0 ? {} : { compensate: how % 3 === 1 }) });
    if (what === "retry") return this.retry(which, how);
    if (what === "zombie") return void (this.outcomes.length > 0 && this.input(pick(this.outcomes)!));
    if (what === "person") return this.command(pick(owed.filter(({ kind }) => kind === "person")), how);
    const effect = pick(owed.filter((one) => this.outcomeOf(one, 0) !== undefined));
    if (effect !== undefined) this.outcome(effect, how);
  }

  /**
   * Everything that is owed is given, and people say yes, until the run has ended. Throws when it does not come to
   * that.
   */
  finish(): void {
    for (let i = 0; i < 1_000 && !isEnded(this.run); i++) {
      if (this.run.paused) this.input({ type: "unpause", reason: "" });
      const owed = [...next(this.run)];
      const effect = owed.find((one) => this.outcomeOf(one, 0) !== undefined);
      const person = owed.find(({ kind }) => kind === "person");
      if (effect !== undefined) this.outcome(effect, 0);
      else if (person !== undefined) this.command(person, 0);
      else this.clock(0);
    }
    must(isEnded(this.run), "the run comes to an end");
  }

  /** The run that begins where this one, which has ended, comes to a step; undefined where it cannot. */
  fork(which: number): Play | undefined {
    const given = this.present();
    const at = [...this.run.execution.steps.keys()][which % Math.max(1, this.run.execution.steps.size)];
    if (given === undefined || at === undefined) return undefined;
    const parts = partsOf(this.run, { from: at, plan: given });
    if (!parts.ok || parts.unknown.length > 0) return undefined;
    const parent = { runId: "play", seq: this.run.log.seq, at };
    const { start } = this.beginning;
    if (start.type !== "start") return undefined;
    const started = { ...start.started, planGiven: true, parent };
    const carried = carriedFacts(this.run, parts.kept);
    return new Play(
      { ...this.beginning, start: { type: "start", started, given, carried } },
      this.plant,
      this.agreements,
    );
  }

  private present(): CheckedPlan | undefined {
    const event = this.log.findLast((one) => one.type === "plan.proposed");
    if (event === undefined) return undefined;
    const { plan, hash, inputs, tools, findings, mustApprove = [] } = event.data;
    return { plan, hash, inputs, tools, findings, mustApprove };
  }

  /** Another process goes on with it. */
  private recover(lastIsKept: boolean): void {
    const {
      execution: { steps },
    } = this.run;
    const hasJournal = (key: string) =>
      !key.startsWith("call/") || steps.get(key.split("/")[1]!)?.spec.kind === "agent";
    this.purse.crash(lastIsKept, hasJournal);
    this.input({ type: "recovered", epoch: ++this.epoch, reason: { code: "RESUMED" } });
    [this.run, this.read].forEach(this.plant);
  }

  /** A person has the run go on: as it is, from a step, or with another plan. */
  private retry(which: number, how: number): void {
    if (++this.retries > MOST_RETRIES) return;
    const of = choices(how);
    const {
      request: { settings, models },
    } = this.run;
    const other = of(6);
    if (other === 5) return this.input({ type: "answer", settings, models });
    if (other >= 3) return this.compensate(of);
    const written = this.beginning.plans[which % this.beginning.plans.length]!.given!;
    const plan =
      of(2) === 0 ? ((of(2) === 0 ? anotherPlan(this.run, which, this.log.length) : undefined) ?? written) : undefined;
    const from = of(3) === 0 ? `s${of(8)}` : undefined;
    this.input({
      type: "retry",
      settings: { ...settings, concurrency: 1 + of(3), approval: "never" },
      models: of(5) === 0 ? { ...models, planner: null } : models,
      ...(plan === undefined ? {} : { plan }),
      ...(from === undefined ? {} : { from }),
    });
  }

  private compensate(of: (among: number) => number): void {
    const seen =
      of(3) === 0 ? {} : { hash: undoingListHash(this.run), ...(of(2) === 0 ? {} : { unseen: true as const }) };
    this.input({ type: "compensate", ...seen });
  }

  private clock(ms: number): void {
    const due = [...next(this.run)].flatMap((one) =>
      one.kind === "wait" ? [one.until] : one.kind === "person" ? [one.until ?? Infinity] : [one.notBefore ?? Infinity],
    );
    const first = Math.min(...due);
    this.at = ms > 0 || first === Infinity ? this.at + ms + 1 : Math.max(this.at, first);
    this.input({ type: "clock" });
  }

  private outcome(effect: Effect, how: number): void {
    this.at = Math.max(this.at, effect.notBefore ?? 0);
    const outcome = this.paid(effect.key, this.outcomeOf(effect, how)!, how);
    // Its model call is under way, or what it asked for has ended the run.
    if (outcome === undefined || !this.run.owed.has(effect.key)) return;
    this.outcomes.push(outcome);
    const before = this.log.length;
    this.input(outcome);
    must(this.log.length > before, `the outcome of ${effect.key} is recorded`);
  }

  private outcomeOf(effect: Effect, how: number): LooseInput | undefined {
    const serial = this.log.length;
    return outcomeOf(effect, how, { run: this.run, plans: this.beginning.plans, serial });
  }

  /** What a person says to what waits, or (seldom, or where nothing does) something out of place. */
  private command(owed: Effect | undefined, how: number): void {
    const [kind, ...rest] = (owed?.key ?? "").split("/");
    const [step = "s0", item = ""] = rest;
    const ref = { step, ...(item === "" ? {} : { item: Number(item) }) };
    const of = choices(how);
    const strange = of(10);
    const value = OUTPUTS[of(OUTPUTS.length)]!;
    if (strange === 7) this.input(changeOf(of));
    else if (strange === 9) this.input({ type: "respond", step: "s0", item: 7, value });
    else if (strange === 8) this.input({ type: "settle", step: "s1", verdict: "happened" });
    else if (kind === "approval" && of(5) === 4)
      this.input({ type: "reject", comment: "not so", ...(of(2) === 0 ? {} : { hash: rest[0]! }) });
    else if (kind === "approval" && of(5) === 3) this.edit(rest[0]!, of);
    else if (kind === "approval")
      this.input({ type: "approve", hash: rest[0]!, ...(of(3) === 1 ? { calls: true } : {}) });
    else if (kind === "undoing") this.settleUndoing(of);
    else if (kind === "ask") this.input({ type: "respond", ...ref, value });
    else if (kind === "unknown" && findWork(this.run, ref)?.status === "unusable")
      this.input({ type: "settle", ...ref, verdict: DECISIONS[of(4)]!, ...(of(3) === 0 ? {} : { output: value }) });
    else if (kind === "unknown")
      this.input({ type: "settle", ...ref, verdict: VERDICTS[of(3)]!, ...(of(3) === 0 ? {} : { output: value }) });
    else this.input({ type: "approve", hash: "0".repeat(64) });
  }

  private settleUndoing(of: (among: number) => number): void {
    const { ref } = failedUndoing(this.run)!;
    this.input({ type: "settle", ...ref, verdict: UNDOING_VERDICTS[of(3)]! });
  }

  private edit(hash: string, of: (among: number) => number): void {
    const plan = anotherPlan(this.run, of(11), this.log.length);
    this.input(plan === undefined ? { type: "approve", hash } : { type: "edit", hash, plan });
  }

  /** The outcome with what its model calls used, each asked for before; undefined where they are under way. */
  private paid(key: string, outcome: LooseInput, how: number): LooseInput | undefined {
    const { budget } = this.run.request.settings;
    if (!("usage" in outcome) || (budget.modelCalls === null && budget.tokens === null)) return outcome;
    const of = choices(Math.floor(how / 7));
    for (let turn = of(3); turn > 0 && this.run.owed.has(key); turn--) this.reserve(key, of);
    if (of(3) === 1) return undefined;
    const usage = this.purse.spent(key);
    return { ...outcome, usage: of(5) === 1 && usage.calls > 0 ? { ...usage, inputTokens: null } : usage };
  }

  private reserve(key: string, of: (among: number) => number): void {
    const most = of(150);
    const before = this.log.length;
    const spent: Usage = this.purse.spent(key);
    this.input({ type: "reserve", key, spent, model: "m", inputTokens: most, outputTokens: 0 });
    if (!this.log.slice(before).some(({ type }) => type === "budget.reserved")) return;
    this.purse.pay(key, of(most + 1));
    const { modelCalls, tokens } = this.run.request.settings.budget;
    must(this.purse.calls <= (modelCalls ?? Infinity), `${this.purse.calls} model calls are within the budget`);
    must(this.purse.tokens <= (tokens ?? Infinity), `${this.purse.tokens} tokens are within the budget`);
  }

  private input(loose: LooseInput): void {
    // An outcome out of the past comes at once, so that nothing else can follow from the time.
    if (!("key" in loose) || this.run.owed.has(loose.key)) this.at += 10;
    const engines: Input = { id: `i${++this.count}`, at: this.at, by: "engine", ...loose };
    const input = isCommand(engines) ? { ...engines, by: "ann" } : engines;
    const { by } = input;
    const owed = !("key" in input) || this.run.owed.has(input.key);
    const ended = isEnded(this.run);
    const events = transition(this.run, input);
    if (events.length > 0) this.inputs.push(input);
    const [first] = events;
    const refusals = events.every(({ type }) => type === "input.refused");
    const isUndoing = first?.type === "compensation.requested";
    must(
      !ended || refusals || first?.type === "run.reopened" || isUndoing,
      "nothing but refusals follows the end, or it goes on",
    );
    must(first?.type !== "run.reopened" || ended, "only what has ended is reopened");
    must(owed || events.length === 0, "an outcome that is not owed changes nothing");
    const answered = events.some((one) => one.by === "ann");
    must(by !== "ann" || answered || isEnded(this.run), "a command is answered");
    for (const event of events) this.check(event);
    must(picture(this.run) === picture(this.read), "the log holds the whole state");
    checkState(this.run);
  }

  private check(event: RunEvent): void {
    must(event.prev === (this.log.length === 0 ? "" : eventHash(this.log[this.log.length - 1]!)), "the chain is whole");
    // As a store gives it back.
    const stored = JSON.parse(JSON.stringify(event)) as RunEvent;
    const wrong = this.agreements.heed(this.read, stored);
    must(wrong === undefined, `${event.type} ${JSON.stringify(event.data).slice(0, 100)} ${wrong} (not so)`);
    const misdone = this.undoings.heed(stored);
    must(misdone === undefined, `${event.type} ${JSON.stringify(event.data).slice(0, 100)} ${misdone} (not so)`);
    const misled = this.rounds.heed(stored, (id) => this.read.execution.steps.get(id)?.spec);
    must(misled === undefined, `${event.type} ${JSON.stringify(event.data).slice(0, 100)} ${misled} (not so)`);
    this.checkRules(stored);
    this.log.push(stored);
    must(foldNext(this.read, stored).ok, `${event.type} is folded`);
  }

  /** Judged before the event is folded: `read` stands where the event was decided. */
  private checkRules({ type, data }: RunEvent): void {
    if (type === "approval.granted") {
      if (data.subject === "plan") this.approvedPlan = true;
    } else if (type === "approval.requested" && data.subject === "plan") this.approvedPlan = false;
    else if (type === "plan.proposed") {
      this.approvedPlan = true;
      this.checkKept(data);
    } else if (type === "run.reopened") {
      if (data.stage !== "answer") this.reopened(data.restarted);
    } else if (type === "answer.requested" || type === "answer.written") this.checkAnswer(type, data);
    else if (type === "replan.requested") this.checkReplan(data);
    else if (type === "step.unknown") {
      const key = callKey(workOf(this.read, data));
      must(this.read.owed.has(key) || this.uncertain.has(data.key), `${key} was begun, or it could not be in doubt`);
      this.doubted.add(nameOf(data));
      this.uncertain.add(data.key);
    } else if (type === "step.unusable") {
      const key = callKey(workOf(this.read, data));
      const known = data.earlier !== undefined || this.read.owed.has(key);
      must(known, `${key} was begun, or its output could not be refused`);
      this.unusable.add(data.key);
    } else if (type === "step.resolved") {
      if (data.verdict === "again") this.unusable.delete(data.key);
      this.doubted.delete(nameOf(data));
      if (data.verdict === "abort") this.givenUp.add(nameOf(data));
      else this.uncertain.delete(data.key);
    } else if (type === "step.completed" || type === "step.skipped") this.checkEnd(data);
    else if (type === "step.started" || type === "step.filling" || type === "step.suspended") this.checkBegin(data);
    if ((type === "step.completed" || type === "step.failed") && data.output !== undefined) this.noteActed(data);
    if (type !== "step.started") return;
    must(!this.acted.has(data.key), `${nameOf(data)} acts once`);
    must(!this.unusable.has(data.key), `${nameOf(data)} acted, although its output cannot be used`);
    must(!this.uncertain.has(data.key) || data.effects !== "once", `nobody knows whether ${nameOf(data)} acted`);
  }

  /** A run answers once; and from what is done only if it fails. */
  private checkAnswer(type: string, data: EventData["answer.requested"] | EventData["answer.written"]): void {
    must(this.read.answering.answer === undefined, "a run has one answer");
    must(this.read.execution.running === 0, "what runs is drained before the answer");
    if ("partial" in data && !data.partial) {
      const { unreviewed, unwritten } = data.critique ?? {};
      // A draft that is there is given, also when the budget has no call left for its critic.
      const isCutShort = unreviewed !== undefined || unwritten !== undefined;
      must(this.read.halt === undefined || isCutShort, "a whole answer is that of a sound run");
    }
    must(type !== "answer.requested" || this.read.spending.exhausted === undefined, "no answer is paid for any more");
  }

  private checkReplan({ cause }: EventData["replan.requested"]): void {
    must(this.read.execution.running === 0, "what runs is drained before the planner is asked again");
    if (cause !== "goal") this.replans++;
    must(this.replans <= this.read.request.settings.replans, `${this.replans} replans are no more than may be`);
  }

  /**
   * What has finished, and what is in doubt, goes over to the next plan, unless a person begins an ended run with
   * another.
   */
  private checkKept({ kept = [], changed }: EventData["plan.proposed"]): void {
    const keeps = keptNames(kept);
    if (changed !== undefined) {
      for (const name of this.doubted) must(keeps(name), `the doubt about ${name} is kept`);
      for (const name of this.over) must(!name.endsWith("/") || keeps(name), `${name} has finished, and is kept`);
    }
    for (const set of [this.doubted, this.over, this.givenUp])
      for (const name of set) if (!keeps(name)) set.delete(name);
    this.doubtAgain();
  }

  /** What was begun anew has not ended; what was given up is in doubt again, unless the plan goes on without it. */
  private reopened(anew: readonly string[]): void {
    const isAnew = (name: string) => anew.includes(name.split("/")[0]!);
    for (const set of [this.over, this.givenUp]) for (const name of set) if (isAnew(name)) set.delete(name);
    this.replans = 0;
    this.doubtAgain();
  }

  /** What a person gave up while it was in doubt is so again. */
  private doubtAgain(): void {
    for (const name of this.givenUp) if (!this.over.has(name)) this.doubted.add(name);
    this.givenUp.clear();
  }

  private noteActed(ref: StepRef): void {
    const { effects, effectKey, step, item } = workOf(this.read, ref);
    const called = step.spec.kind === "tool" && (item !== null || step.fan === undefined);
    if (called && effects === "once" && effectKey !== "") this.acted.add(effectKey);
  }

  private checkBegin(ref: StepRef): void {
    const name = nameOf(ref);
    must(!this.over.has(name), `${name} has not ended`);
    must(!this.doubted.has(name), `${name} is not in doubt`);
    must(this.approvedPlan, "the plan is approved");
    const { halt, paused, mode } = this.read;
    must(halt === undefined || halt.why === "change", "nothing starts any more");
    must(!paused, "nothing starts while the run is paused");
    must(halt === undefined && mode.phase === "executing", "nothing starts while there is to be another plan");
    must(reviewOf(this.read) === undefined, "nothing starts while a review is open");
    for (const id of needsOf(this.read.execution.steps.get(ref.step)!.spec)) {
      const { status } = this.read.execution.steps.get(id)!.work;
      must(status === "completed" || status === "skipped", `${name} needs ${id}`);
    }
  }

  private checkEnd(ref: StepRef): void {
    const name = nameOf(ref);
    must(!this.over.has(name), `${name} ends once`);
    this.over.add(name);
    if (ref.item !== undefined) return;
    for (const { status, item } of this.read.execution.steps.get(ref.step)!.fan?.items ?? [])
      must(ENDED.includes(status), `item ${item} has ended before ${name}`);
  }
}
