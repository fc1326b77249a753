// The expected cost of one step. In: the step, and the facts known before a run. Out: the number of repetitions, and
// the parts of the work. A fill and a call are two parts, because they may use two models. estimate.ts adds the steps
// up.
import { ASSUMED, ASSUMED_ITEMS, ASSUMED_ROUNDS } from "./assumptions.js";
import {
  blend,
  callWorkKey,
  likelyWork,
  listKey,
  mean,
  roundsKey,
  workKey,
  type History,
  type Likely,
  type ListSample,
} from "./history.js";
import type { Json } from "../json.js";
import { NO_ORIGIN } from "../origin.js";
import type { Answer, Step } from "../plan.js";
import { modelOfStep, type Specialists } from "../specialist.js";
import { resolveValue } from "../expression/reference.js";
import { subPlanParts } from "./sub-plan.js";
import { directTool, hasTools, isFilled, isSubPlan, proseOf } from "../step-kind.js";

/** Names of the models by role; null if there is none. */
export interface RoleModels {
  readonly planner: string | null;
  readonly executor: string | null;
  readonly synthesizer: string | null;
  /** The specialists that steps may name. Absent: none. */
  readonly executors?: Specialists | undefined;
}

/** What is known before a plan runs. */
export interface Foreknown {
  readonly models: RoleModels;
  readonly history: History;
  /** The models that judge. Absent: no answer has a critic, and the executor's model judges outputs. */
  readonly judging?: JudgingModels;
}

/** `critic` says whose model judges this answer; null: none. */
export interface JudgingModels {
  readonly judge: string | null;
  readonly critic: (answer: Answer) => string | null;
}

/** Work of one kind: its cost for one repetition, and the model whose price applies. */
export interface WorkPart {
  readonly key: string;
  /** The key of its samples. */
  readonly of: { readonly tool: string } | { readonly model: string };
  readonly model: string;
  readonly toolCalls: number;
  readonly likely: Likely;
}

export interface StepEstimate {
  readonly step: Step;
  readonly times: Times;
  readonly parts: readonly WorkPart[];
  /** The time from its start to its end, with all its items or rounds. */
  readonly ms: number;
}

interface Times {
  readonly count: number;
  /** Source of the number of items or rounds: the plan and its inputs; earlier runs; or an assumption. */
  readonly from: "plan" | "history" | "assumption";
  readonly samples: readonly ListSample[];
}

/** `inputs` are those of the run, with the plan's defaults. */
export function estimateStep(
  step: Step,
  inputs: { readonly [name: string]: Json },
  { models, history, judging }: Foreknown,
): StepEstimate {
  const times = timesOf(step, inputs, history);
  const executor = modelOf(models.executor, "executor");
  const judge = proseOf(step) === undefined ? [] : [judgePart(judging?.judge ?? executor, history)];
  const parts = [...partsOf(step, models, history), ...judge];
  const once = parts.reduce((sum, { likely }) => sum + likely.ms, 0);
  // Rounds come one after the other.
  const inRow =
    step.repeat === undefined ? Math.ceil(times.count / (step.maxParallel ?? Math.max(1, times.count))) : times.count;
  return { step, times, parts, ms: once * inRow };
}

/** The writing of the answer; undefined if the plan gives its value. */
export function answerParts(answer: Answer, { models, history, judging }: Foreknown): readonly WorkPart[] {
  if (answer.kind === "value") return [];
  const model = modelOf(models.synthesizer, "synthesizer");
  const key = workKey.answer(model);
  const written = { key, of: { model }, model, toolCalls: 0, likely: likelyWork(history, key, ASSUMED.answer) };
  const critic = judging?.critic(answer) ?? null;
  if (critic === null) return [written];
  const read = workKey.critique(critic);
  const likely = likelyWork(history, read, ASSUMED.critique);
  return [written, { key: read, of: { model: critic }, model: critic, toolCalls: 0, likely }];
}

/** The judgement of one output by an `expect` in prose. */
function judgePart(model: string, history: History): WorkPart {
  const key = workKey.judge(model);
  return { key, of: { model }, model, toolCalls: 0, likely: likelyWork(history, key, ASSUMED.judge) };
}

/** A role without a model gets a name without a price. The name tells what is missing. */
const modelOf = (model: string | null, role: string): string => model ?? `(no ${role} model)`;

function partsOf(step: Step, models: RoleModels, history: History): readonly WorkPart[] {
  const executor = modelOf(models.executor, "executor");
  if (isSubPlan(step)) {
    const planner = modelOf(models.planner, "planner");
    return subPlanParts({ planner, executor, synthesizer: modelOf(models.synthesizer, "synthesizer") }, history);
  }
  const model = modelOf(modelOfStep(step, models), "executor");
  const key = callWorkKey(step, model);
  if (key === undefined) return [];
  const tool = directTool(step);
  if (tool === undefined) {
    const likely = likelyWork(history, key, hasTools(step) ? ASSUMED.agentWithTools : ASSUMED.agent);
    // Each turn but the last calls a tool. Several calls in one turn are not visible in the log.
    return [{ key, of: { model }, model, toolCalls: hasTools(step) ? Math.max(0, likely.calls - 1) : 0, likely }];
  }
  const call: WorkPart = {
    key,
    of: { tool },
    // A tool that asks a model uses the executor's model, even if the step names another.
    model: executor,
    toolCalls: 1,
    likely: likelyWork(history, key, ASSUMED.tool),
  };
  if (!isFilled(step)) return [call];
  const filling = workKey.fill(model, tool);
  const likely = likelyWork(history, filling, ASSUMED.fill);
  return [{ key: filling, of: { model }, model, toolCalls: 0, likely }, call];
}

function timesOf(step: Step, inputs: { readonly [name: string]: Json }, history: History): Times {
  if (step.repeat !== undefined)
    return likelyTimes(history.lists.get(roundsKey(step)) ?? [], Math.max(1, step.repeat.most * ASSUMED_ROUNDS));
  if (step.forEach === undefined) return { count: 1, from: "plan", samples: [] };
  const scope = (name: string) => (name === "inputs" ? { value: inputs, from: NO_ORIGIN } : undefined);
  const list = resolveValue(step.forEach, scope);
  if (list.ok && Array.isArray(list.value)) return { count: list.value.length, from: "plan", samples: [] };
  return likelyTimes(history.lists.get(listKey(step)) ?? [], ASSUMED_ITEMS);
}

function likelyTimes(samples: readonly ListSample[], assumed: number): Times {
  const lengths = samples.map(({ length }) => length);
  return { count: blend(assumed, lengths, mean), from: samples.length > 0 ? "history" : "assumption", samples };
}
