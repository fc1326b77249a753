// Combines samples of earlier runs with assumptions. In: samples of work by kind. Out: the likely figures.
import { ASSUMED_SAMPLES, type Assumed } from "./assumptions.js";
import type { Step } from "../plan.js";
import { asksPerson, directTool, hasTools, isSubPlan } from "../step-kind.js";

/** One finished piece of work with all its attempts. A figure that was not reported or not measured is null. */
export interface WorkSample {
  readonly runId: string;
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly ms: number | null;
}

/** The length of the list of a `forEach`, or the number of rounds of a `repeat`. */
export interface ListSample {
  readonly runId: string;
  readonly length: number;
}

export interface History {
  /** By `workKey`. */
  readonly work: ReadonlyMap<string, readonly WorkSample[]>;
  /** By `listKey` and `roundsKey`. */
  readonly lists: ReadonlyMap<string, readonly ListSample[]>;
}

export const NO_HISTORY: History = { work: new Map(), lists: new Map() };

/** Identifies the same kind of work: the same tool, or the same model in the same role. */
export const workKey = {
  tool: (tool: string) => `tool ${tool}`,
  fill: (model: string, tool: string) => `fill ${model} ${tool}`,
  agent: (model: string, step: Step) => `${hasTools(step) ? "agent with tools" : "agent"} ${model}`,
  judge: (model: string) => `judge ${model}`,
  critique: (model: string) => `critique ${model}`,
  answer: (model: string) => `answer ${model}`,
  plan: (model: string) => `plan ${model}`,
  subPlan: (role: string, model: string) => `sub-plan ${role} ${model}`,
};

/**
 * The key of a step's call. `model` performs the step. The filling of its arguments has a key of its own. undefined if
 * a person does the step, or a run of its own, whose work has a key for each role.
 */
export function callWorkKey(step: Step, model: string): string | undefined {
  if (asksPerson(step) || isSubPlan(step)) return undefined;
  const tool = directTool(step);
  return tool === undefined ? workKey.agent(model, step) : workKey.tool(tool);
}

/**
 * Identifies a list. Its length is expected to be that of earlier runs where a step with the same id had the same
 * expression.
 */
export const listKey = ({ id, forEach }: Step): string => `${id} ${forEach ?? ""}`;

/** The rounds of a step. The same step with another condition has other ones. */
export const roundsKey = ({ id, repeat }: Step): string => `${id} until ${repeat?.until ?? ""}`;

/** The likely figures of one piece of work. */
export interface Likely extends Assumed {
  readonly samples: readonly WorkSample[];
}

/** The steps of a plan often do the same kind of work, so each kind is worked out once. */
const worked = new WeakMap<History, Map<string, Likely>>();

/** `assumed` is always the same for a key. */
export function likelyWork(history: History, key: string, assumed: Assumed): Likely {
  const all = worked.get(history) ?? new Map<string, Likely>();
  worked.set(history, all);
  const likely = all.get(key) ?? likelyFrom(history, key, assumed);
  all.set(key, likely);
  return likely;
}

function likelyFrom(history: History, key: string, assumed: Assumed): Likely {
  const samples = history.work.get(key) ?? [];
  const known = (field: "inputTokens" | "outputTokens" | "ms") => samples.flatMap((sample) => sample[field] ?? []);
  return {
    calls: blend(
      assumed.calls,
      samples.map(({ calls }) => calls),
      mean,
    ),
    inputTokens: blend(assumed.inputTokens, known("inputTokens"), mean),
    outputTokens: blend(assumed.outputTokens, known("outputTokens"), mean),
    // Tokens add up, so their mean counts. Times use the median, so that one slow call does not distort them.
    ms: blend(assumed.ms, known("ms"), median),
    samples,
  };
}

/**
 * The rule of all estimates. With n samples their centre has the weight n / (n + 2), and the assumption has the rest,
 * as if it were two more samples. Without samples the result is the assumption. Each run moves it towards the measured
 * figures.
 */
export function blend(assumed: number, samples: readonly number[], centre: (samples: readonly number[]) => number) {
  const n = samples.length;
  if (n === 0) return assumed;
  return (n * centre(samples) + ASSUMED_SAMPLES * assumed) / (n + ASSUMED_SAMPLES);
}

export const mean = (samples: readonly number[]): number => samples.reduce((sum, one) => sum + one, 0) / samples.length;

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
