// What one step of a plan takes. In: the step, and what is known beforehand. Out: how often it is done, and its parts: a fill and a
// call are two, for two models may be asked. Separate from the estimate of the plan, which only adds up what stands here.
import { ASSUMED, ASSUMED_ITEMS } from "./assumptions.js";
import {
  blend,
  callWorkKey,
  likelyWork,
  listKey,
  mean,
  workKey,
  type History,
  type Likely,
  type ListSample,
} from "./history.js";
import type { Json } from "../json.js";
import { NO_ORIGIN } from "../origin.js";
import type { Answer, Step } from "../plan.js";
import { resolveValue } from "../expression/reference.js";
import { directTool, hasTools, isFilled } from "../step-kind.js";

/** Names of the models by role; null where there is none. */
export interface RoleModels {
  readonly planner: string | null;
  readonly executor: string | null;
  readonly synthesizer: string | null;
}

/** What is known before a plan runs. */
export interface Foreknown {
  readonly models: RoleModels;
  readonly history: History;
}

/** Work of one kind: what it takes once, and whom its calls of a model are paid to. */
export interface WorkPart {
  readonly key: string;
  /** What its samples are samples of. */
  readonly of: { readonly tool: string } | { readonly model: string };
  readonly model: string;
  readonly toolCalls: number;
  readonly likely: Likely;
}

export interface StepEstimate {
  readonly step: Step;
  readonly times: Times;
  readonly parts: readonly WorkPart[];
  /** From its start to its end, all its items included. */
  readonly ms: number;
}

interface Times {
  readonly count: number;
  /** What the plan and its inputs say; earlier runs; or nothing but an assumption. */
  readonly from: "plan" | "history" | "assumption";
  readonly samples: readonly ListSample[];
}

/** `inputs` are those of the run, with the plan's defaults. */
export function estimateStep(
  step: Step,
  inputs: { readonly [name: string]: Json },
  { models, history }: Foreknown,
): StepEstimate {
  const times = timesOf(step, inputs, history);
  const parts = partsOf(step, modelOf(models.executor, "executor"), history);
  const once = parts.reduce((sum, { likely }) => sum + likely.ms, 0);
  const rounds = Math.ceil(times.count / (step.maxParallel ?? Math.max(1, times.count)));
  return { step, times, parts, ms: once * rounds };
}

/** The writing of the answer; none where the plan gives its value. */
export function answerParts(answer: Answer, { models, history }: Foreknown): readonly WorkPart[] {
  if (answer.kind === "value") return [];
  const model = modelOf(models.synthesizer, "synthesizer");
  const key = workKey.answer(model);
  return [{ key, of: { model }, model, toolCalls: 0, likely: likelyWork(history, key, ASSUMED.answer) }];
}

/** A role without a model has a name that has no price, and that says what is missing. */
const modelOf = (model: string | null, role: string): string => model ?? `(no ${role} model)`;

function partsOf(step: Step, executor: string, history: History): readonly WorkPart[] {
  const key = callWorkKey(step, executor);
  if (key === undefined) return [];
  const model = step.model ?? executor;
  const tool = directTool(step);
  if (tool === undefined) {
    const likely = likelyWork(history, key, hasTools(step) ? ASSUMED.agentWithTools : ASSUMED.agent);
    // Each turn but the last calls a tool; that some call two at once is not in the log.
    return [{ key, of: { model }, model, toolCalls: hasTools(step) ? Math.max(0, likely.calls - 1) : 0, likely }];
  }
  const call: WorkPart = {
    key,
    of: { tool },
    // A tool that asks a model by itself asks the executor's, whatever the step says.
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
  if (step.forEach === undefined) return { count: 1, from: "plan", samples: [] };
  const scope = (name: string) => (name === "inputs" ? { value: inputs, from: NO_ORIGIN } : undefined);
  const list = resolveValue(step.forEach, scope);
  if (list.ok && Array.isArray(list.value)) return { count: list.value.length, from: "plan", samples: [] };
  const samples = history.lists.get(listKey(step)) ?? [];
  const lengths = samples.map(({ length }) => length);
  return {
    count: blend(ASSUMED_ITEMS, lengths, mean),
    from: samples.length > 0 ? "history" : "assumption",
    samples,
  };
}
