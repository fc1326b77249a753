// Assumed figures for work without samples. In: nothing. Out: figures, each with its reason. Each earlier run gives
// them less weight.

/** One piece of work: model calls, the tokens of all of them together, and ms. */
export interface Assumed {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ms: number;
}

export const ASSUMED = {
  /** A direct call: a request to a service. Most local tools need milliseconds. No tool is known to ask a model. */
  tool: { calls: 0, inputTokens: 0, outputTokens: 0, ms: 1_000 },
  /** Without tools an agent answers in its first reply: a prompt of 400 tokens, some data, two paragraphs. */
  agent: { calls: 1, inputTokens: 1_000, outputTokens: 400, ms: 8_000 },
  /** Two rounds of tools, then the result. Each turn sends all earlier turns again. */
  agentWithTools: { calls: 3, inputTokens: 6_000, outputTokens: 900, ms: 20_000 },
  /** The tool's schema, some data, a few arguments. */
  fill: { calls: 1, inputTokens: 800, outputTokens: 100, ms: 3_000 },
  /** One output, a step and a sentence; a verdict with its reason. */
  judge: { calls: 1, inputTokens: 900, outputTokens: 60, ms: 2_500 },
  /** What the synthesizer reads, and its answer; a verdict with a few points. It is taken to agree at once. */
  critique: { calls: 1, inputTokens: 2_200, outputTokens: 150, ms: 5_000 },
  /** The outputs of about five steps, a page of answer. */
  answer: { calls: 1, inputTokens: 1_500, outputTokens: 500, ms: 10_000 },
  /**
   * The planner's prompt with ten tools has about 2,000 tokens, a plan of six steps 1,000. Sometimes there is one
   * repair.
   */
  plan: { calls: 1, inputTokens: 3_000, outputTokens: 1_000, ms: 20_000 },
  /**
   * A run of its own: one plan, an agent step with tools beside two direct calls, an answer. The time is that of the
   * whole.
   */
  subPlan: {
    planner: { calls: 1, inputTokens: 3_000, outputTokens: 1_000, ms: 0 },
    executor: { calls: 3, inputTokens: 6_000, outputTokens: 900, ms: 52_000 },
    synthesizer: { calls: 1, inputTokens: 1_500, outputTokens: 500, ms: 0 },
  },
  subPlanToolCalls: 4,
} as const satisfies { readonly [kind: string]: Assumed | { readonly [role: string]: Assumed } | number };

/** Items of a list of unknown length: the plans in the source documents compare about three things. */
export const ASSUMED_ITEMS = 3;

/** The part of the rounds that a `repeat` may have: some end early, and some need the last one. */
export const ASSUMED_ROUNDS = 0.75;

/** An assumption counts as two samples: one run moves an estimate by a third, ten runs by five sixths. */
export const ASSUMED_SAMPLES = 2;
