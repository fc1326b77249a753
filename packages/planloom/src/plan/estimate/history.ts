// What earlier runs took, and how it is weighed against assumptions. In: samples of work by its kind. Out: the likely figures.
// Separate from the estimate, which adds such figures up, and from the reading of logs, which finds the samples.
import { ASSUMED_SAMPLES, type Assumed } from "./assumptions.js";
import type { Step } from "../plan.js";
import { asksPerson, directTool, hasTools } from "../step-kind.js";

/** One finished piece of work with all its attempts. What was not reported, or not measured, is null. */
export interface WorkSample {
  readonly runId: string;
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly ms: number | null;
}

/** How long the list of a `forEach` was. */
export interface ListSample {
  readonly runId: string;
  readonly length: number;
}

export interface History {
  /** By `workKey`. */
  readonly work: ReadonlyMap<string, readonly WorkSample[]>;
  /** By `listKey`. */
  readonly lists: ReadonlyMap<string, readonly ListSample[]>;
}

export const NO_HISTORY: History = { work: new Map(), lists: new Map() };

/** What counts as the same kind of work: the same tool, or the same model in the same role. */
export const workKey = {
  tool: (tool: string) => `tool ${tool}`,
  fill: (model: string, tool: string) => `fill ${model} ${tool}`,
  agent: (model: string, step: Step) => `${hasTools(step) ? "agent with tools" : "agent"} ${model}`,
  answer: (model: string) => `answer ${model}`,
  plan: (model: string) => `plan ${model}`,
};

/** The key of a step's call, apart from the filling of its arguments. Undefined where a person does it. */
export function callWorkKey(step: Step, executor: string): string | undefined {
  if (asksPerson(step)) return undefined;
  const tool = directTool(step);
  return tool === undefined ? workKey.agent(step.model ?? executor, step) : workKey.tool(tool);
}

/** A list is expected to be as long as in earlier runs where a step of the same id took it from the same expression. */
export const listKey = ({ id, forEach }: Step): string => `${id} ${forEach ?? ""}`;

/** The likely figures of one piece of work. */
export interface Likely extends Assumed {
  readonly samples: readonly WorkSample[];
}

export function likelyWork(history: History, key: string, assumed: Assumed): Likely {
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
    // Tokens add up, so their mean counts; a time is what mostly happens, and one slow call must not stand for all.
    ms: blend(assumed.ms, known("ms"), median),
    samples,
  };
}

/**
 * The rule of all estimates: with n samples, their centre has the weight n / (n + 2) and the assumption the rest, as if the
 * assumption were two samples more. Without samples it is the assumption; each run moves it towards what happened.
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
