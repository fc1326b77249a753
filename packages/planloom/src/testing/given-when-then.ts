// Stories about the kernel: given these inputs, when this one comes, then these facts follow. In: inputs. Out: facts,
// compared. For tests of plans and policies without an engine, Planloom's own and yours.
import { isDeepStrictEqual } from "node:util";
import { check } from "../plan/check/check.js";
import type { Json } from "../plan/json.js";
import { hashOf } from "../plan/hash.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { KERNEL_VERSION } from "../run/kernel-version.js";
import type { EventType, Fact, RunEvent } from "../run/event.js";
import type { Settings } from "../run/settings.js";
import type { Effect } from "../run/effect.js";
import { isCommand, type Input } from "../run/input.js";
import { next, transition } from "../run/log/transition.js";
import { emptyRun, type Run } from "../run/state.js";
import { LIMITS } from "../limits.js";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An input whose stamp may be left out. Defaults: time 0, a running id, by `engine`, or `ann` for commands. */
export type LooseInput = Without<Input, "id" | "at" | "by"> & Partial<Pick<Input, "id" | "at" | "by">>;

export interface StartFacts {
  readonly plan?: unknown;
  readonly goal?: string;
  readonly inputs?: { readonly [name: string]: Json };
  readonly tools?: readonly ToolSpec[];
  readonly settings?: Partial<Settings>;
  readonly models?: {
    readonly planner: string | null;
    readonly executor: string | null;
    readonly synthesizer: string | null;
  };
}

const SETTINGS: Settings = {
  concurrency: LIMITS.concurrency,
  approval: "never",
  approvalMs: LIMITS.approvalMs,
  guard: "ask",
  attended: true,
  rejections: LIMITS.rejections,
  repairRounds: LIMITS.repairRounds,
  roleAttempts: LIMITS.roleAttempts,
  crashes: LIMITS.crashes,
  turns: LIMITS.turns,
  fanOut: LIMITS.fanOut,
  onFailure: "fail",
  replan: "never",
  answerOnFailure: "none",
  answerCritique: 0,
  critic: null,
  judge: "executor",
  replans: 2,
  replanContext: "excerpt",
  eager: false,
  replanTokens: null,
  replanCostUsd: null,
  granularity: "normal",
  critique: false,
  budget: { modelCalls: null, tokens: null, costUsd: null, wallMs: null },
  prices: {},
};

/** The input that starts a run; a `plan` must pass check against `tools`, or this throws with the findings. */
export function start(facts: StartFacts): LooseInput {
  const { plan, goal = "a goal", inputs = {}, tools = [], settings = {} } = facts;
  const models = facts.models ?? { planner: "planner", executor: "executor", synthesizer: null };
  const checked = plan === undefined ? undefined : check(plan, { tools }, { inputs, goal });
  if (checked !== undefined && !checked.ok)
    throw new Error(`not a sound plan: ${JSON.stringify(checked.findings, null, 2)}`);
  const started = {
    goal,
    inputs: checked?.inputs ?? inputs,
    strategy: "plan-and-execute" as const,
    settings: { ...SETTINGS, ...settings },
    models,
    inventory: hashOf(tools),
    kernel: KERNEL_VERSION,
    planGiven: checked !== undefined,
  };
  return { type: "start", started, ...(checked === undefined ? {} : { given: checked }) };
}

/** The expectation for one fact: its type, and the listed fields of its data. */
export type Expected = EventType | readonly [EventType, { readonly [field: string]: unknown }];

export class Story {
  readonly run: Run;
  events: readonly RunEvent[] = [];
  private count = 0;

  constructor(runId = "story") {
    this.run = emptyRun(runId);
  }

  /** The inputs before the tested one. The facts that follow from them are not compared. */
  given(...inputs: readonly LooseInput[]): this {
    for (const input of inputs) this.when(input);
    return this;
  }

  /** One more input. `then` checks the facts that follow from it. */
  when(input: LooseInput): this {
    const stamp = { id: `i${++this.count}`, at: 0, by: "engine" };
    const stamped: Input = { ...stamp, ...input };
    this.events = transition(this.run, isCommand(stamped) ? { ...stamped, by: input.by ?? "ann" } : stamped);
    return this;
  }

  /** Throws unless exactly these facts followed, in this order. */
  then(...expected: readonly Expected[]): this {
    const found = this.events.map(({ type }) => type);
    const wanted = expected.map((entry) => (typeof entry === "string" ? entry : entry[0]));
    if (!isDeepStrictEqual(found, wanted))
      throw new Error(`expected ${wanted.join(", ") || "nothing"}\n but got ${found.join(", ") || "nothing"}`);
    expected.forEach((entry, index) => {
      if (typeof entry !== "string") compare(this.events[index]!, entry[1]);
    });
    return this;
  }

  /** The open effects now. */
  owed(): readonly Effect[] {
    return [...next(this.run)];
  }
}

function compare(fact: Fact, fields: { readonly [field: string]: unknown }): void {
  for (const [field, wanted] of Object.entries(fields)) {
    const found = (fact.data as unknown as Record<string, unknown>)[field];
    if (isDeepStrictEqual(found, wanted)) continue;
    throw new Error(`${fact.type}: ${field} should be ${JSON.stringify(wanted)}, but is ${JSON.stringify(found)}`);
  }
}

/** Starts a story with inputs that have already happened. */
export function given(...inputs: readonly LooseInput[]): Story {
  return new Story().given(...inputs);
}
