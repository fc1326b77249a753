// A run that is played move by move beside a second one, which only reads the log. In: a beginning and moves. Out: every
// event, checked as it comes. Separate from any-plan.ts, which draws them, and from the properties, which say what must hold.
import { needsOf } from "../../src/plan/graph.js";
import type { Json } from "../../src/plan/json.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { Effect } from "../../src/run/effect.js";
import { eventHash, type RunEvent, type StepRef } from "../../src/run/event.js";
import { evolve } from "../../src/run/evolve.js";
import type { Input } from "../../src/run/input.js";
import { next } from "../../src/run/next.js";
import { callKey, emptyRun, workOf, type Run, type Work } from "../../src/run/state.js";
import { transition } from "../../src/run/transition.js";
import type { LooseInput } from "../../src/testing/given-when-then.js";
import type { Beginning, Move } from "./any-plan.js";
import { picture } from "./picture.js";

const OUTPUTS: readonly Json[] = [1, 0, null, "text", [1, 2, 3], { y: 1 }, []];
const ENDINGS = ["tool-error", "thrown", "timeout", "abort", "in-doubt"] as const;
const VERDICTS = ["happened", "not-happened", "abort"] as const;
const COMMANDS = ["approve", "reject", "respond", "settle", "cancel"];

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
  /** By work: calls that were granted; calls in doubt; ended for good. */
  private readonly granted = new Set<string>();
  private readonly doubted = new Set<string>();
  private readonly over = new Set<string>();
  private approvedPlan = true;

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
        if (well) return { type: "planned", key, plan, usage };
        if (of(2) === 0) return { type: "plan-failed", key, error, usage };
        return { type: "plan-invalid", key, draft: "{}", findings: [], usage };
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
    const by = COMMANDS.includes(loose.type) ? "ann" : "engine";
    const input: Input = { id: `i${++this.count}`, at: this.at, by, ...loose };
    const owed = !("key" in input) || this.run.owed.has(input.key);
    const ended = this.run.ended !== undefined;
    const events = transition(this.run, input);
    const refusals = events.every((one) => one.type === "input.refused" && one.data.code === "RUN_ENDED");
    must(!ended || refusals, "nothing but refusals follows the end");
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
      else this.granted.add(nameOf(data.subject));
    } else if (type === "approval.requested" && data.subject === "plan") this.approvedPlan = false;
    else if (type === "plan.proposed") {
      this.approvedPlan = true;
      for (const set of [this.granted, this.doubted, this.over]) set.clear();
    } else if (type === "step.unknown") {
      const key = callKey(data.step, data.item ?? null, data.attempt);
      must(this.read.owed.has(key), `${key} was begun, or it could not be in doubt`);
      this.doubted.add(nameOf(data));
    } else if (type === "step.resolved") this.doubted.delete(nameOf(data));
    else if (type === "step.completed" || type === "step.skipped") this.checkEnd(data);
    else if (type === "step.started" || type === "step.filling" || type === "step.suspended") this.checkBegin(data);
    if (type !== "step.started") return;
    const { spec, tool } = this.read.steps.get(data.step)!;
    const asked = spec.approval === "required" || tool?.approval === "required";
    must(!asked || this.granted.has(nameOf(data)), `${nameOf(data)} was approved`);
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
    counted("ready", run.ready.size);
    counted("retrying", run.retries.size);
    must(run.open === steps.filter(({ work }) => !ENDED.includes(work.status)).length, `${run.open} steps are open`);
    for (const { work, items, itemsOpen, itemsFailed } of steps) {
      if (items === undefined || work.status !== "pending") continue;
      must(itemsOpen === items.filter(({ status }) => !ENDED.includes(status)).length, `${itemsOpen} items are open`);
      must(itemsFailed === items.filter(({ status }) => status === "failed").length, `${itemsFailed} items failed`);
    }
  }
}
