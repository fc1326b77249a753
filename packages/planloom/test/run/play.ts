// A run that is played move by move beside a second one, which only reads the log. In: a beginning and moves. Out: every
// event, checked as it comes. Separate from any-plan.ts, which draws them, and from the properties, which say what must hold.
import { hashOf } from "../../src/plan/hash.js";
import { needsOf } from "../../src/plan/graph.js";
import type { Finding } from "../../src/plan/finding.js";
import type { Json } from "../../src/plan/json.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { Effect } from "../../src/run/effect.js";
import { eventHash, type Asking, type RunEvent, type StepRef } from "../../src/run/event.js";
import { evolve } from "../../src/run/evolve.js";
import { isCommand, type Input } from "../../src/run/input.js";
import { next } from "../../src/run/next.js";
import { carriedFacts } from "../../src/run/carry.js";
import { partsOf } from "../../src/run/reopen.js";
import { callKey, currentPlan, emptyRun, workOf, type Run, type Work } from "../../src/run/state.js";
import { transition } from "../../src/run/transition.js";
import type { LooseInput } from "../../src/testing/given-when-then.js";
import type { Beginning, Move } from "./any-plan.js";
import { picture } from "./picture.js";

const OUTPUTS: readonly Json[] = [1, 0, null, "text", [1, 2, 3], { y: 1 }, []];
const ENDINGS = ["tool-error", "thrown", "timeout", "abort", "in-doubt"] as const;
const VERDICTS = ["happened", "not-happened", "abort"] as const;
/** More would only make courses long. */
/** Of one draft: some of four, so that rounds of repair get somewhere or do not. */
function findingsOf(how: number): readonly Finding[] {
  const codes = ["CYCLE", "EMPTY", "TYPE", "UNUSED"].filter((_, at) => (how >> at) % 2 === 1);
  const severity = (code: string) => (code === "UNUSED" ? "warning" : "error");
  return codes.map((code) => ({
    ...{ code, severity: severity(code), where: { pointer: "/steps" }, message: "m", fix: "f" },
  }));
}

const askingOf = (how: number): { readonly asking?: Asking } =>
  how % 3 === 0 ? {} : { asking: { offered: { tools: 80, of: 500 }, wanted: [["mail"]] } };

const MOST_RETRIES = 6;

/** A step that is kept as a whole is kept with its items. */
function keptNames(kept: readonly StepRef[]): (name: string) => boolean {
  const names = new Set(kept.map(nameOf));
  return (name) => names.has(name) || names.has(`${name.split("/")[0]}/`);
}

const nameOf = ({ step, item }: StepRef) => `${step}/${item ?? ""}`;

/** Independent choices out of one number. */
function choices(how: number): (among: number) => number {
  let rest = how;
  return (among) => {
    const choice = rest % among;
    rest = Math.floor(rest / among);
    return choice;
  };
}

/** Plain, because it is asked a million times. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this should hold, and does not: ${what}`);
}

const ENDED: readonly Work["status"][] = ["completed", "failed", "skipped"];

export class Play {
  readonly run: Run = emptyRun("play");
  readonly log: RunEvent[] = [];
  private readonly read: Run = emptyRun("play");
  private readonly outcomes: LooseInput[] = [];
  private at = 1_000;
  private count = 0;
  private epoch = 1;
  /** Hashes of the calls that were granted, with their work. */
  private readonly granted = new Map<string, string>();
  /** By work: calls in doubt; ended for good. */
  private readonly doubted = new Set<string>();
  private readonly over = new Set<string>();
  /** By work: given up while in doubt. */
  private readonly givenUp = new Set<string>();
  /** By effect key: calls that acted once, and those that may have. */
  private readonly acted = new Set<string>();
  private readonly uncertain = new Set<string>();
  private approvedPlan = true;
  private retries = 0;

  constructor(private readonly beginning: Beginning) {
    this.input(beginning.start);
  }

  /** Whether the move could be made. */
  move({ what, which, how }: Move): void {
    const owed = [...next(this.run)];
    const pick = <T>(list: readonly T[]): T | undefined => list[which % Math.max(1, list.length)];
    if (what === "clock") return this.clock(how % 4 === 3 ? how % 30_000 : 0);
    if (what === "recovered") return this.input({ type: "recovered", epoch: ++this.epoch, reason: "a new owner" });
    if (what === "cancel") return this.input({ type: "cancel", reason: "enough" });
    if (what === "retry") return this.retry(which, how);
    if (what === "zombie") return void (this.outcomes.length > 0 && this.input(pick(this.outcomes)!));
    if (what === "person") return this.command(pick(owed.filter(({ kind }) => kind === "person")), how);
    const effect = pick(owed.filter((one) => this.outcomeOf(one, 0) !== undefined));
    if (effect !== undefined) this.outcome(effect, how);
  }

  /** Everything that is owed is given, and people say yes, until the run has ended. Throws when it does not come to that. */
  finish(): void {
    for (let i = 0; i < 400 && this.run.ended === undefined; i++) {
      const owed = [...next(this.run)];
      const effect = owed.find((one) => this.outcomeOf(one, 0) !== undefined);
      const person = owed.find(({ kind }) => kind === "person");
      if (effect !== undefined) this.outcome(effect, 0);
      else if (person !== undefined) this.command(person, 0);
      else this.clock(0);
    }
    must(this.run.ended !== undefined, "the run comes to an end");
  }

  /** The run that begins where this one, which has ended, comes to a step; undefined where it cannot. */
  fork(which: number): Play | undefined {
    const proposed = currentPlan(this.run);
    const given = this.beginning.plans.find((plan) => plan.given?.hash === proposed?.hash)?.given;
    const at = [...this.run.steps.keys()][which % Math.max(1, this.run.steps.size)];
    if (given === undefined || at === undefined) return undefined;
    const parts = partsOf(this.run, { from: at, plan: given });
    if (!parts.ok || parts.unknown.length > 0) return undefined;
    const parent = { runId: "play", seq: this.run.seq, at };
    const { start } = this.beginning;
    if (start.type !== "start") return undefined;
    const started = { ...start.started, planGiven: true, parent };
    const carried = carriedFacts(this.run, parts.kept);
    return new Play({ ...this.beginning, start: { type: "start", started, given, carried } });
  }

  /** A person has the run go on: as it is, from a step, or with another plan. */
  private retry(which: number, how: number): void {
    if (++this.retries > MOST_RETRIES) return;
    const of = choices(how);
    const { settings, models } = this.run;
    const plan = of(2) === 0 ? this.beginning.plans[which % this.beginning.plans.length]!.given! : undefined;
    const from = of(3) === 0 ? `s${of(8)}` : undefined;
    this.input({
      type: "retry",
      settings: { ...settings, concurrency: 1 + of(3), approval: "never" },
      models: of(5) === 0 ? { ...models, planner: null } : models,
      ...(plan === undefined ? {} : { plan }),
      ...(from === undefined ? {} : { from }),
    });
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
    const outcome = this.outcomeOf(effect, how)!;
    this.at = Math.max(this.at, effect.notBefore ?? 0);
    this.outcomes.push(outcome);
    const before = this.log.length;
    this.input(outcome);
    must(this.log.length > before, `the outcome of ${effect.key} is recorded`);
  }

  /** `how` 0 is what goes well. */
  private outcomeOf(effect: Effect, how: number): LooseInput | undefined {
    const { key } = effect;
    const of = choices(how);
    const well = of(5) < 3;
    const usage = of(3) === 0 ? NO_USAGE : { calls: 1, inputTokens: how, outputTokens: 1 };
    const error = { code: "BROKEN", message: "it broke", retryable: of(5) > 0 };
    switch (effect.kind) {
      case "plan": {
        const plan = this.beginning.plans[of(2) % this.beginning.plans.length]!.given!;
        if (well) return { type: "planned", key, plan, usage, ...askingOf(how) };
        if (of(2) === 0) return { type: "plan-failed", key, error, usage };
        return { type: "plan-invalid", key, draft: "{}", findings: findingsOf(how), usage, ...askingOf(how) };
      }
      case "answer":
        return well
          ? { type: "answered", key, answer: "it is so", usage }
          : { type: "answer-failed", key, error, usage };
      case "fill":
        if (well) return { type: "filled", key, args: of(5) === 4 ? {} : { text: "hi" }, usage };
        return { type: "ended", key, ending: of(2) === 0 ? "abort" : "tool-error", error, usage };
      case "call": {
        if (well) return { type: "returned", key, output: OUTPUTS[of(OUTPUTS.length)]!, tools: ["look"], usage };
        const agent = this.run.steps.get(effect.step)!.spec.kind === "agent";
        const ending = ENDINGS[of(agent ? 5 : 4)]!;
        const call = ending === "in-doubt" ? { call: { key: "inner", tool: of(2) === 0 ? "wire" : "pay" } } : {};
        return { type: "ended", key, ending, error, usage, ...call };
      }
      case "reconcile": {
        if (!well) return { type: "reconcile-failed", key, error };
        if (of(2) === 1) return { type: "reconciled", key, happened: false };
        return { type: "reconciled", key, happened: true, output: OUTPUTS[of(OUTPUTS.length)]! };
      }
      default:
        return undefined;
    }
  }

  /** What a person says to what waits, or (seldom, or where nothing does) something out of place. */
  private command(owed: Effect | undefined, how: number): void {
    const [kind, ...rest] = (owed?.key ?? "").split("/");
    const [step = "s0", item = ""] = rest;
    const ref = { step, ...(item === "" ? {} : { item: Number(item) }) };
    const of = choices(how);
    const strange = of(10);
    const value = OUTPUTS[of(OUTPUTS.length)]!;
    if (strange === 9) this.input({ type: "respond", step: "s0", item: 7, value });
    else if (strange === 8) this.input({ type: "settle", step: "s1", verdict: "happened" });
    else if (kind === "approval" && of(5) === 4)
      this.input({ type: "reject", comment: "not so", ...(of(2) === 0 ? {} : { hash: rest[0]! }) });
    else if (kind === "approval") this.input({ type: "approve", hash: rest[0]! });
    else if (kind === "ask") this.input({ type: "respond", ...ref, value });
    else if (kind === "unknown")
      this.input({ type: "settle", ...ref, verdict: VERDICTS[of(3)]!, ...(of(3) === 0 ? {} : { output: value }) });
    else this.input({ type: "approve", hash: "0".repeat(64) });
  }

  private input(loose: LooseInput): void {
    // An outcome out of the past comes at once, so that nothing else can follow from the time.
    if (!("key" in loose) || this.run.owed.has(loose.key)) this.at += 10;
    const engines: Input = { id: `i${++this.count}`, at: this.at, by: "engine", ...loose };
    const input = isCommand(engines) ? { ...engines, by: "ann" } : engines;
    const { by } = input;
    const owed = !("key" in input) || this.run.owed.has(input.key);
    const ended = this.run.ended !== undefined;
    const events = transition(this.run, input);
    const [first] = events;
    const refusals = events.every(({ type }) => type === "input.refused");
    must(!ended || refusals || first?.type === "run.reopened", "nothing but refusals follows the end, or it goes on");
    must(first?.type !== "run.reopened" || ended, "only what has ended is reopened");
    must(owed || events.length === 0, "an outcome that is not owed changes nothing");
    const answered = events.some((one) => one.by === "ann");
    must(by !== "ann" || answered || this.run.ended !== undefined, "a command is answered");
    for (const event of events) this.check(event);
    must(picture(this.run) === picture(this.read), "the log holds the whole state");
    this.checkState();
  }

  private check(event: RunEvent): void {
    must(event.prev === (this.log.length === 0 ? "" : eventHash(this.log[this.log.length - 1]!)), "the chain is whole");
    // As a store gives it back.
    const stored = JSON.parse(JSON.stringify(event)) as RunEvent;
    this.checkRules(stored);
    this.log.push(stored);
    evolve(this.read, stored);
  }

  /** Judged before the event is folded: `read` stands where the event was decided. */
  private checkRules({ type, data }: RunEvent): void {
    if (type === "approval.granted") {
      if (data.subject === "plan") this.approvedPlan = true;
      else this.granted.set(data.hash, nameOf(data.subject));
    } else if (type === "approval.requested" && data.subject === "plan") this.approvedPlan = false;
    else if (type === "plan.proposed") {
      this.approvedPlan = true;
      const keeps = keptNames(data.kept ?? []);
      for (const set of [this.doubted, this.over, this.givenUp])
        for (const name of set) if (!keeps(name)) set.delete(name);
    } else if (type === "run.reopened") this.reopened(data.anew);
    else if (type === "step.unknown") {
      const key = callKey(data.step, data.item ?? null, data.attempt);
      must(this.read.owed.has(key) || this.uncertain.has(data.key), `${key} was begun, or it could not be in doubt`);
      this.doubted.add(nameOf(data));
      this.uncertain.add(data.key);
    } else if (type === "step.resolved") {
      this.doubted.delete(nameOf(data));
      if (data.verdict === "abort") this.givenUp.add(nameOf(data));
      else this.uncertain.delete(data.key);
    } else if (type === "step.completed" || type === "step.skipped") this.checkEnd(data);
    else if (type === "step.started" || type === "step.filling" || type === "step.suspended") this.checkBegin(data);
    if ((type === "step.completed" || type === "step.failed") && data.output !== undefined) this.noteActed(data);
    if (type !== "step.started") return;
    must(!this.acted.has(data.key), `${nameOf(data)} acts once`);
    must(!this.uncertain.has(data.key) || data.effects !== "once", `nobody knows whether ${nameOf(data)} acted`);
    const { spec, tool } = this.read.steps.get(data.step)!;
    const asked = spec.approval === "required" || tool?.approval === "required";
    const deed = spec.kind === "agent" ? { agent: spec.agent, tools: spec.tools } : {};
    const hash = hashOf({ call: data.key, tool: tool ?? null, ...deed });
    must(!asked || this.granted.has(hash), `${nameOf(data)} was approved`);
  }

  /** What was begun anew has not ended; what was given up is in doubt again, unless the plan goes on without it. */
  private reopened(anew: readonly string[]): void {
    const isAnew = (name: string) => anew.includes(name.split("/")[0]!);
    for (const set of [this.over, this.givenUp]) for (const name of set) if (isAnew(name)) set.delete(name);
    for (const [hash, name] of this.granted) if (isAnew(name)) this.granted.delete(hash);
    for (const name of this.givenUp) if (!this.over.has(name)) this.doubted.add(name);
    this.givenUp.clear();
  }

  private noteActed(ref: StepRef): void {
    const { effects, effectKey, step, item } = workOf(this.read, ref)!;
    const called = step.spec.kind === "tool" && (item !== null || step.items === undefined);
    if (called && effects === "once" && effectKey !== "") this.acted.add(effectKey);
  }

  private checkBegin(ref: StepRef): void {
    const name = nameOf(ref);
    must(!this.over.has(name), `${name} has not ended`);
    must(!this.doubted.has(name), `${name} is not in doubt`);
    must(this.approvedPlan, "the plan is approved");
    must(this.read.failing === undefined && this.read.cancelling === undefined, "nothing starts any more");
    for (const id of needsOf(this.read.steps.get(ref.step)!.spec)) {
      const { status } = this.read.steps.get(id)!.work;
      must(status === "completed" || status === "skipped", `${name} needs ${id}`);
    }
  }

  private checkEnd(ref: StepRef): void {
    const name = nameOf(ref);
    must(!this.over.has(name), `${name} ends once`);
    this.over.add(name);
    if (ref.item !== undefined) return;
    for (const { status, item } of this.read.steps.get(ref.step)!.items ?? [])
      must(ENDED.includes(status), `item ${item} has ended before ${name}`);
  }

  private checkState(): void {
    const { run } = this;
    if (run.ended !== undefined) return must(run.owed.size === 0, "nothing is owed after the end");
    must(run.owed.size > 0, "something is owed, or a person is waited for");
    const calls = [...run.owed.values()].flatMap((one) => (one.kind === "call" || one.kind === "fill" ? [one] : []));
    must(calls.length === run.running, "what runs is owed");
    must(run.running <= run.settings.concurrency, "no more runs than may");
    for (const one of calls) must(workOf(run, one)!.status === "running", `${one.key} is running`);
    for (const one of run.owed.values())
      must(one.kind !== "reconcile" || workOf(run, one)!.status === "unknown", `${one.key} is about a doubt`);
    const steps = [...run.steps.values()];
    const works = steps.flatMap((step): Work[] => [step.work, ...(step.items ?? [])]);
    const counted = (status: Work["status"], number: number) =>
      must(works.filter((work) => work.status === status).length === number, `${number} are ${status}`);
    counted("running", run.running);
    counted("unknown", run.unknown);
    // What another run has done may stand in line still, and is passed over.
    if (run.parent === undefined) counted("ready", run.ready.size);
    counted("retrying", run.retries.size);
    must(run.open === steps.filter(({ work }) => !ENDED.includes(work.status)).length, `${run.open} steps are open`);
    for (const { work, items, itemsOpen, itemsFailed } of steps) {
      if (items === undefined || work.status !== "pending") continue;
      must(itemsOpen === items.filter(({ status }) => !ENDED.includes(status)).length, `${itemsOpen} items are open`);
      must(itemsFailed === items.filter(({ status }) => status === "failed").length, `${itemsFailed} items failed`);
    }
  }
}
