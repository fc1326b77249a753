// Samples of the finished work of a run, for later estimates. In: its events, one by one. Out: samples by kind of work.
// They are not in the state of the run, which keeps only what it needs to continue.
import {
  callWorkKey,
  listKey,
  roundsKey,
  type ListSample,
  workKey,
  type WorkSample,
} from "../../plan/estimate/history.js";
import type { Step } from "../../plan/plan.js";
import { modelOfStep, type Specialists } from "../../plan/specialist.js";
import { directTool, isSubPlan } from "../../plan/step-kind.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import type { EventData, RunEvent, StepRef } from "../event.js";
import type { ChildUse } from "../event/child.js";
import { ROLE_SCOPES } from "../keys.js";
import type { JudgeRole, RoleNames } from "../settings.js";

/**
 * Work that has begun. `since` is null if its duration means nothing: no process drove the run, or a person was waited
 * for.
 */
interface Begun {
  usage: Usage;
  /** What the child run of a sub-plan has used, over all attempts. */
  below?: ChildUse;
  since: number | null;
}

/**
 * Takes the events of one run in order, from the first. Reading may stop at any event. Work without a result gives no
 * sample. The sample of finished work includes its failed attempts and the waits between them.
 */
export class RunSamples {
  readonly work = new Map<string, WorkSample[]>();
  readonly lists = new Map<string, ListSample[]>();
  private models: RoleNames = { planner: null, executor: null, synthesizer: null };
  private executors: Specialists | undefined;
  private isSimulated = false;
  private readonly steps = new Map<string, Step>();
  /** Whose model judges the output of a step or item, and the answer. */
  private readonly judges = new Map<string, JudgeRole>();
  private critic: JudgeRole = "planner";
  /** By step and item. Roles have names of their own. */
  private readonly begun = new Map<string, Begun>();

  constructor(private readonly runId: string) {}

  add(event: RunEvent): void {
    const { at } = event;
    // Calls that were not made say nothing about their tools.
    if (this.isSimulated) return;
    switch (event.type) {
      case "run.started":
        this.models = event.data.models;
        this.executors = event.data.settings.executors;
        this.isSimulated = event.data.settings.simulated === true;
        return;
      case "run.resumed":
        for (const work of this.begun.values()) work.since = null;
        return;
      case "plan.invalid":
      case "plan.failed":
        this.spend(ROLE_SCOPES.plan, event.data.usage);
        return;
      case "plan.stepDrafted": {
        const step = event.data.step as unknown as Step;
        if (event.data.begins) this.steps.set(step.id, step);
        return;
      }
      case "plan.proposed":
        return this.planned(event.data, at);
      case "step.expanded":
        return this.expanded(event.data.step, event.data.list.length);
      case "step.repeated":
        return this.repeated(event.data);
      case "step.filling":
        this.begin(`fill ${nameOf(event.data)}`, at);
        return;
      case "step.filled":
        return this.filled(event.data, at);
      case "step.started":
        this.begin(nameOf(event.data), at);
        return;
      case "step.failed": {
        const { usage, goesOn, sameAttempt } = event.data;
        // A conversation that continues reports all its usage again.
        if (goesOn !== true && sameAttempt !== true) this.spend(nameOf(event.data), usage);
        return;
      }
      case "step.asked":
        this.begin(nameOf(event.data), null).since = null;
        return;
      case "step.unknown":
      case "step.unusable":
        this.spend(nameOf(event.data), event.data.usage).since = null;
        return;
      case "step.delegated": {
        const work = this.begin(nameOf(event.data), null);
        work.below = event.data.used;
        if (event.data.waits !== undefined) work.since = null;
        return;
      }
      case "step.completed":
        return this.completed(event.data, at);
      case "execution.completed":
        this.begin(ROLE_SCOPES.answer, at);
        return;
      case "answer.failed":
        this.spend(ROLE_SCOPES.answer, event.data.usage);
        return;
      case "answer.drafted":
        this.critic = event.data.critic;
        this.answered(event.data.usage, at);
        this.begin(ROLE_SCOPES.critique, at);
        return;
      case "answer.written":
        return this.answered(event.data.usage, at);
      case "step.judging":
        this.begin(judgeOf(event.data), at);
        this.judges.set(nameOf(event.data), event.data.judge);
        return;
      case "step.judged": {
        const judge = this.judges.get(nameOf(event.data)) ?? "executor";
        return this.end(judgeOf(event.data), workKey.judge(this.models[judge] ?? ""), event.data.usage, at);
      }
      case "judge.failed":
        this.spend(judgeOf(event.data), event.data.usage);
        return;
      case "critique.failed":
        this.spend(ROLE_SCOPES.critique, event.data.usage);
        return;
      case "answer.reviewed":
        this.end(ROLE_SCOPES.critique, workKey.critique(this.models[this.critic] ?? ""), event.data.usage, at);
        if (event.data.decision === "rewrite") this.begin(ROLE_SCOPES.answer, at);
        return;
      default:
        return;
    }
  }

  private planned({ plan, usage }: EventData["plan.proposed"], at: number): void {
    for (const step of plan.steps) this.steps.set(step.id, step);
    // A plan from a person or a function says nothing about a model.
    if (usage.calls > 0) this.end(ROLE_SCOPES.plan, workKey.plan(this.models.planner ?? ""), usage, at);
  }

  private expanded(id: string, length: number): void {
    const step = this.steps.get(id);
    if (step === undefined) return;
    listed(this.lists, listKey(step), { runId: this.runId, length });
  }

  /** After the last round. Rounds that another run had are no sample of this one. */
  private repeated({ step: id, round, again, carried }: EventData["step.repeated"]): void {
    const step = this.steps.get(id);
    if (step === undefined || again === true || carried !== undefined) return;
    listed(this.lists, roundsKey(step), { runId: this.runId, length: round });
  }

  private filled(data: EventData["step.filled"], at: number): void {
    const step = this.steps.get(data.step);
    const tool = step === undefined ? undefined : directTool(step);
    if (step === undefined || tool === undefined) return;
    this.end(`fill ${nameOf(data)}`, workKey.fill(this.modelOf(step), tool), data.usage, at);
  }

  private completed(data: EventData["step.completed"], at: number): void {
    const step = this.steps.get(data.step);
    // The last event of a fan-out has no work of its own. Its items, or its rounds, have theirs.
    const isWhole = data.item === undefined && (step?.forEach ?? step?.repeat) !== undefined;
    if (step === undefined || isWhole) return;
    if (isSubPlan(step)) return this.subPlanned(nameOf(data), at);
    const key = callWorkKey(step, this.modelOf(step));
    if (key !== undefined) this.end(nameOf(data), key, data.usage, at);
  }

  /** One sample for each role. That of the executor has the time of the whole. */
  private subPlanned(name: string, at: number): void {
    const { since, below } = this.begin(name, null);
    this.begun.delete(name);
    if (below === undefined) return;
    for (const role of ["planner", "executor", "synthesizer"] as const) {
      const { calls, inputTokens, outputTokens, others } = below[role];
      const ms = role === "executor" && since !== null ? Math.max(0, at - since) : null;
      // The work of another model says nothing about this one.
      if (others === undefined)
        listed(this.work, workKey.subPlan(role, this.models[role] ?? ""), {
          ...{ runId: this.runId, calls, inputTokens, outputTokens, ms },
        });
    }
  }

  private answered(usage: Usage, at: number): void {
    if (usage.calls > 0) this.end(ROLE_SCOPES.answer, workKey.answer(this.models.synthesizer ?? ""), usage, at);
  }

  private modelOf(step: Step): string {
    return modelOfStep(step, { executor: this.models.executor, executors: this.executors }) ?? "";
  }

  /** The first start counts: later attempts belong to the same work. */
  private begin(name: string, since: number | null): Begun {
    const work = this.begun.get(name) ?? { usage: NO_USAGE, since };
    this.begun.set(name, work);
    return work;
  }

  private spend(name: string, usage: Usage): Begun {
    const work = this.begin(name, null);
    work.usage = addUsage(work.usage, usage);
    return work;
  }

  private end(name: string, key: string, usage: Usage, at: number): void {
    const { usage: all, since } = this.spend(name, usage);
    this.begun.delete(name);
    const { calls, inputTokens, outputTokens, waited = {}, others } = all;
    // The work of another model says nothing about this one.
    if (others !== undefined) return;
    const waits = Object.values(waited).reduce((sum, ms) => sum + ms, 0);
    const ms = since === null ? null : Math.max(0, at - since - waits);
    listed(this.work, key, { runId: this.runId, calls, inputTokens, outputTokens, ms });
  }
}

const judgeOf = (ref: StepRef): string => `judge ${nameOf(ref)}`;

const nameOf = ({ step, item }: StepRef): string => (item === undefined ? step : `${step}/${item}`);

function listed<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [one]);
  else known.push(one);
}
