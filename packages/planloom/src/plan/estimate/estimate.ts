// Estimates a plan: calls, tokens, money, time. In: a checked plan, samples of earlier runs, prices. Out: an Estimate,
// with its sources and the figures that it does not know. An estimate never forbids anything.
import { ASSUMED_ITEMS, ASSUMED_ROUNDS } from "./assumptions.js";
import { answerParts, estimateStep, type Foreknown, type WorkPart, type StepEstimate } from "./step.js";
import { estimateReplan, type ReplanEstimate } from "./replan.js";
import { needsOf, wavesOf } from "../graph.js";
import type { Json } from "../json.js";
import type { BudgetShare, Plan } from "../plan.js";
import { dearest, type Priced } from "./price.js";
import type { EffectClass, ToolSpec } from "../tool-spec.js";
import { asksPerson, directTool, givesTool, isSubPlan, subPlanOf } from "../step-kind.js";

/**
 * One likely value for each figure, from now on: the cost of planning is not included. Steps with `when` count as run.
 * No step counts as failed, but samples of earlier runs include their retries.
 */
export interface Estimate {
  readonly modelCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Includes the tool calls of agent steps: one for each turn but the last. */
  readonly toolCalls: number;
  /** US dollars; null if a model has no known price. `unpriced` then names it. */
  readonly costUsd: number | null;
  readonly unpriced: readonly string[];
  /**
   * The time of the longest path through the plan, with the answer, if all steps that may run in parallel do. Waits for
   * persons count as zero.
   */
  readonly criticalPathMs: number;
  readonly models: readonly ModelEstimate[];
  /** Tools with effects that the plan's steps call, or may call. */
  readonly actions: readonly Action[];
  /** The parts of the budget that the plan gives to its sub-plans. Absent if it gives none. */
  readonly shares?: readonly { readonly step: string; readonly budget: BudgetShare }[];
  /** The additional cost of one replan; null if no model plans. */
  readonly replan: ReplanEstimate | null;
  /** Number of earlier runs behind any figure, and of samples of each tool, model and list; 0 = an assumption. */
  readonly basis: {
    readonly runs: number;
    readonly tools: Counts;
    readonly models: Counts;
    /** By the id of a step with `forEach` whose list is not in the plan, and of a step with `repeat`. */
    readonly lists: Counts;
  };
  readonly unknown: readonly UnknownFigures[];
}

/** Figures that are not known, by model or by step id. The estimate assumes a value for each. */
export type UnknownFigures =
  /** Prices of models; tokens of models that report none; whether steps run; how long a person takes for steps. */
  | { readonly of: "price" | "tokens" | "condition" | "person"; readonly names: readonly string[] }
  /** Lengths of lists, taken as `assumed` items. */
  | { readonly of: "list"; readonly names: readonly string[]; readonly assumed: number }
  /** Numbers of rounds, taken as `assumed` of the most. */
  | { readonly of: "rounds"; readonly names: readonly string[]; readonly assumed: number }
  /** The work of steps that are planned when they are reached. `samples`: earlier ones; 0 = an assumption. */
  | { readonly of: "sub-plan"; readonly names: readonly string[]; readonly samples: number };

interface ModelEstimate {
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** The fallback whose price counts, because it is dearer or unknown. Absent: the price is that of the model. */
  readonly pricedAs?: string;
  /** The month in which the list price was read. Absent if the price was given, or is unknown. */
  readonly priceReadOn?: string;
}

interface Action {
  readonly step: string;
  readonly tool: string;
  readonly effects: EffectClass;
  /** Number of calls; null if an agent decides. */
  readonly times: number | null;
}

interface Counts {
  readonly [name: string]: number;
}

interface Planned {
  readonly plan: Plan;
  /** With the plan's defaults. */
  readonly inputs: { readonly [name: string]: Json };
  /** The definitions of the tools that the plan uses. */
  readonly tools: readonly ToolSpec[];
}

/** Pure. Never throws for a plan that passed check. */
export function estimatePlan({ plan, inputs, tools }: Planned, facts: Foreknown & Priced): Estimate {
  const steps = plan.steps.map((step) => estimateStep(step, inputs, facts));
  const answer = answerParts(plan.answer, facts);
  const work: Work[] = [
    ...steps.flatMap(({ parts, times }) => parts.map((part) => ({ part, times: times.count }))),
    ...answer.map((part) => ({ part, times: 1 })),
  ];
  const models = modelsOf(work, facts);
  const total = (figure: (part: WorkPart) => number) => sumOf(work, ({ part, times }) => figure(part) * times);
  const unpriced = models.filter(({ costUsd }) => costUsd === null).map(({ model, pricedAs = model }) => pricedAs);
  const { planner } = facts.models;
  return {
    modelCalls: Math.round(total(({ likely }) => likely.calls)),
    inputTokens: Math.round(total(({ likely }) => likely.inputTokens)),
    outputTokens: Math.round(total(({ likely }) => likely.outputTokens)),
    toolCalls: Math.round(total(({ toolCalls }) => toolCalls)),
    costUsd: unpriced.length > 0 ? null : sumOf(models, (model) => model.costUsd ?? 0),
    unpriced,
    criticalPathMs: Math.round(longestPath(plan, steps) + sumOf(answer, ({ likely }) => likely.ms)),
    models,
    actions: actionsOf(steps, tools),
    ...sharesOf(plan),
    replan: planner === null ? null : estimateReplan({ ...facts, planner }),
    basis: basisOf(work, steps),
    unknown: unknownOf(work, steps, unpriced),
  };
}

interface Work {
  readonly part: WorkPart;
  readonly times: number;
}

const sumOf = <T>(list: readonly T[], figure: (one: T) => number): number =>
  list.reduce((sum, one) => sum + figure(one), 0);

/** Rounded only here, because many steps may each contribute a fraction of a call. */
function modelsOf(work: readonly Work[], priced: Priced): ModelEstimate[] {
  const names = new Set(work.filter(({ part, times }) => part.likely.calls * times > 0).map(({ part }) => part.model));
  return [...names].map((model) => {
    const own = work.filter(({ part }) => part.model === model);
    const [calls = 0, inputTokens = 0, outputTokens = 0] = (["calls", "inputTokens", "outputTokens"] as const).map(
      (field) => sumOf(own, ({ part, times }) => part.likely[field] * times),
    );
    const usage = { calls, inputTokens, outputTokens };
    const { name, usd } = dearest(usage, model, priced);
    const price = priced.priceOf(name);
    return {
      model,
      ...(name === model ? {} : { pricedAs: name }),
      calls: Math.round(calls),
      inputTokens: Math.round(inputTokens),
      outputTokens: Math.round(outputTokens),
      costUsd: usd ?? null,
      ...(price?.readOn === undefined ? {} : { priceReadOn: price.readOn }),
    };
  });
}

/** Steps come in waves. Each wave comes after all that it needs. */
function longestPath(plan: Plan, steps: readonly StepEstimate[]): number {
  const byId = new Map(steps.map((estimate) => [estimate.step.id, estimate]));
  const ends = new Map<string, number>();
  let longest = 0;
  for (const id of wavesOf(plan).flat()) {
    const { step, ms } = byId.get(id)!;
    const begin = needsOf(step).reduce((latest, need) => Math.max(latest, ends.get(need) ?? 0), 0);
    ends.set(id, begin + ms);
    longest = Math.max(longest, begin + ms);
  }
  return longest;
}

function actionsOf(steps: readonly StepEstimate[], tools: readonly ToolSpec[]): Action[] {
  const acting = tools.filter((tool) => tool.effects !== "none");
  return steps.flatMap(({ step, times }) =>
    acting.flatMap((spec): Action[] => {
      const { name: tool, effects } = spec;
      if (directTool(step) === tool) return [{ step: step.id, tool, effects, times: Math.round(times.count) }];
      return givesTool(step, spec) ? [{ step: step.id, tool, effects, times: null }] : [];
    }),
  );
}

function sharesOf({ steps }: Plan): Pick<Estimate, "shares"> {
  const shares = steps.flatMap((step) => {
    const budget = subPlanOf(step)?.budget;
    return budget === undefined ? [] : [{ step: step.id, budget }];
  });
  return shares.length === 0 ? {} : { shares };
}

function basisOf(work: readonly Work[], steps: readonly StepEstimate[]): Estimate["basis"] {
  const byKey = new Map(work.map(({ part }) => [part.key, part]));
  const tools = new Map<string, number>();
  const models = new Map<string, number>();
  for (const { of, likely } of byKey.values()) {
    const [counts, name] = "tool" in of ? [tools, of.tool] : [models, of.model];
    counts.set(name, (counts.get(name) ?? 0) + likely.samples.length);
  }
  const lists = steps.filter(({ times }) => times.from !== "plan");
  const samples = [
    ...[...byKey.values()].flatMap(({ likely }) => likely.samples),
    ...lists.flatMap(({ times }) => times.samples),
  ];
  return {
    runs: new Set(samples.map(({ runId }) => runId)).size,
    tools: Object.fromEntries(tools),
    models: Object.fromEntries(models),
    lists: Object.fromEntries(lists.map(({ step, times }) => [step.id, times.samples.length])),
  };
}

function unknownOf(
  work: readonly Work[],
  steps: readonly StepEstimate[],
  unpriced: readonly string[],
): readonly UnknownFigures[] {
  const idsWhere = (holds: (estimate: StepEstimate) => boolean) => steps.filter(holds).map(({ step }) => step.id);
  const assumed = steps.filter(({ times }) => times.from === "assumption").map(({ step }) => step);
  const silent = work.filter(({ part }) => reportsNothing(part)).map(({ part }) => part.model);
  const all: readonly UnknownFigures[] = [
    { of: "price", names: unpriced },
    { of: "tokens", names: [...new Set(silent)] },
    {
      of: "list",
      names: assumed.filter(({ repeat }) => repeat === undefined).map(({ id }) => id),
      assumed: ASSUMED_ITEMS,
    },
    {
      of: "rounds",
      names: assumed.filter(({ repeat }) => repeat !== undefined).map(({ id }) => id),
      assumed: ASSUMED_ROUNDS,
    },
    { of: "sub-plan", names: idsWhere(({ step }) => isSubPlan(step)), samples: subPlanSamples(steps) },
    { of: "condition", names: idsWhere(({ step }) => step.when !== undefined) },
    { of: "person", names: idsWhere(({ step }) => asksPerson(step) || step.approval !== undefined) },
  ];
  return all.filter(({ names }) => names.length > 0);
}

/** Sub-plans of earlier runs, which all have a planner. */
const subPlanSamples = (steps: readonly StepEstimate[]): number =>
  steps.find(({ step }) => isSubPlan(step))?.parts[0]?.likely.samples.length ?? 0;

function reportsNothing({ likely: { samples } }: WorkPart): boolean {
  const asked = samples.filter(({ calls }) => calls > 0);
  return asked.length > 0 && asked.every(({ inputTokens }) => inputTokens === null);
}
