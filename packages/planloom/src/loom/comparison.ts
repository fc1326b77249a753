// Compares strategies on one goal: each gets a run of its own, one after the other. In: the goal, the strategies, and how
// to start a run. Out: what each took and gave, as data. Effects are simulated unless they are allowed.
import { randomBytes } from "node:crypto";
import type { Listener } from "../engine/engine.js";
import type { Json } from "../plan/json.js";
import { STRATEGIES, type Strategy } from "../plan/strategy.js";
import { addUsage, type Usage } from "../plan/usage.js";
import type { Budget } from "../run/settings.js";
import type { Run } from "../run/state.js";
import type { RunStatus } from "../run/status.js";
import { PlanloomError } from "../words/planloom-error.js";
import { costDocument } from "./cost-document.js";
import { documentOf, shownAnswer } from "./document.js";
import { knownOptions } from "./known-options.js";
import type { ContextOptions } from "./context-option.js";
import type { GivenMessage } from "./messages-option.js";
import type { RunSettings } from "./run-settings.js";
import type { InputTrust } from "../plan/label.js";
import type { Schema } from "../tools/schema.js";
import type { LoomRun } from "./loom-run.js";

/** The options of a start that all runs have; see StartOptions. */
interface OfEveryRun<C> extends ContextOptions<C> {
  readonly inputs?: { readonly [name: string]: Json };
  readonly trust?: { readonly [input: string]: InputTrust };
  readonly answer?: Schema;
  readonly messages?: readonly GivenMessage[];
  readonly tags?: readonly string[];
  /** Its abort cancels the run, and starts no further one. */
  readonly signal?: AbortSignal;
}

/** The options with which a comparison starts a run. */
export interface ComparedStart<C> extends OfEveryRun<C> {
  readonly strategy: Strategy;
  readonly settings: RunSettings;
  readonly listener?: Listener;
}

export interface CompareOptions<C = unknown> extends OfEveryRun<C> {
  /** In the order in which they run. Each once. Default: plan, react and tools. */
  readonly strategies?: readonly Strategy[];
  /**
   * Calls of tools with effects are made, once for each strategy, with approval as in any run. Default: false. Then such
   * a call is not made: see `simulated` of a run's settings.
   */
  readonly allowEffects?: boolean;
  /** The limits of all runs together. Each run also has those of the configuration. Default: no limit. */
  readonly budget?: { readonly [limit in keyof Budget]?: number };
  /** Other settings of each run. */
  readonly settings?: Omit<RunSettings, "budget" | "simulated">;
  /** Called before a run starts: what hears its events. */
  readonly listener?: (strategy: Strategy) => Listener | Promise<Listener>;
  /** Called when a run has started, for example to answer what it asks. The comparison goes on when it resolves. */
  readonly attend?: (run: LoomRun, strategy: Strategy) => void | Promise<void>;
}

/** What one strategy took and gave. Numbers are 0 and `runId` is null if it was not run: `error` says why. */
export interface ComparedStrategy {
  readonly strategy: Strategy;
  readonly runId: string | null;
  readonly status: RunStatus | "not-run";
  readonly success: boolean;
  /** Requests to models, by role. */
  readonly modelCalls: { readonly planner: number; readonly executor: number; readonly synthesizer: number };
  /** null if a server did not report them. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** null if the price of a model, or its tokens, are not known. */
  readonly costUsd: number | null;
  /** From the start to the end; null if the run has not ended. */
  readonly ms: number | null;
  readonly steps: number;
  readonly stepsCompleted: number;
  readonly replans: number;
  /** null if there is none. */
  readonly answer: Json;
  readonly error?: { readonly code: string; readonly message: string; readonly next?: string };
}

export interface StrategyComparison {
  /** The tag `comparison:ID` of its runs names it. */
  readonly id: string;
  readonly goal: string;
  /** simulated: tools with effects were not called. */
  readonly effects: "simulated" | "real";
  readonly strategies: readonly ComparedStrategy[];
}

/** What a comparison needs of its loom. */
export interface ComparedBy<C> {
  /** Throws if the strategy cannot be run here. */
  check(strategy: Strategy): void;
  start(goal: string, options: ComparedStart<C>): Promise<LoomRun>;
  load(runId: string): Promise<Run>;
  /** ms since 1970. */
  now(): number;
  /** The limits of one run by the configuration. */
  readonly budget: Budget;
}

const DEFAULT: readonly Strategy[] = ["plan", "react", "tools"];
const KEYS = [
  ...["strategies", "allowEffects", "budget", "settings", "listener", "attend"],
  ...["inputs", "trust", "answer", "messages", "tags", "signal", "context", "stored"],
];

/** See Loom.compare. */
export async function compareStrategies<C>(
  goal: string,
  options: CompareOptions<C>,
  by: ComparedBy<C>,
): Promise<StrategyComparison> {
  knownOptions(options, KEYS);
  const strategies = soundStrategies(options.strategies ?? DEFAULT, by);
  const id = `${by.now().toString(36)}${randomBytes(4).toString("hex")}`;
  const done: ComparedStrategy[] = [];
  const thrown: unknown[] = [];
  const purse = new Purse(options.budget ?? {}, by);
  for (const strategy of strategies) {
    const stopped = whyStopped(options.signal, purse);
    if (stopped !== undefined) done.push(notRun(strategy, stopped));
    else
      done.push(
        await compared(goal, strategy, { ...options, id }, purse, by).catch((error: unknown) => {
          thrown.push(error);
          return notRun(strategy, error);
        }),
      );
  }
  // What stops the first strategy and all others is an error of the comparison.
  if (thrown.length > 0 && done.every(({ status }) => status === "not-run")) throw thrown[0];
  return { id, goal, effects: options.allowEffects === true ? "real" : "simulated", strategies: done };
}

/** Throws COMPARISON_INVALID, and whatever forbids one of them. Nothing has started then. */
function soundStrategies<C>(given: readonly Strategy[], by: ComparedBy<C>): readonly Strategy[] {
  // The caller may be JavaScript.
  if (!Array.isArray(given) || given.length === 0)
    throw new PlanloomError("COMPARISON_INVALID", { fault: "none", known: STRATEGIES });
  const strategies = given as readonly Strategy[];
  for (const strategy of strategies) by.check(strategy);
  const twice = strategies.find((strategy, at) => strategies.indexOf(strategy) !== at);
  if (twice !== undefined) throw new PlanloomError("COMPARISON_INVALID", { fault: "twice", strategy: twice });
  return strategies;
}

function whyStopped(signal: AbortSignal | undefined, purse: Purse): PlanloomError | undefined {
  if (signal?.aborted === true) return new PlanloomError("COMPARISON_STOPPED", { because: "cancelled" });
  return purse.empty();
}

async function compared<C>(
  goal: string,
  strategy: Strategy,
  { id, ...options }: CompareOptions<C> & { readonly id: string },
  purse: Purse,
  by: ComparedBy<C>,
): Promise<ComparedStrategy> {
  const { strategies: _strategies, allowEffects = false, budget: _budget, ...given } = options;
  const { settings, listener, attend, tags = [], ...shared } = given;
  const heard = await listener?.(strategy);
  const began = by.now();
  const run = await by.start(goal, {
    ...shared,
    strategy,
    ...(heard && { listener: heard }),
    tags: [...tags, `comparison:${id}`],
    settings: { ...settings, budget: purse.rest(), ...(!allowEffects && { simulated: true }) },
  });
  await attend?.(run, strategy);
  await run.result();
  const row = rowOf(strategy, await by.load(run.id));
  purse.spend(row, by.now() - began);
  return row;
}

function rowOf(strategy: Strategy, run: Run): ComparedStrategy {
  const document = documentOf(run);
  const { planner, executor, synthesizer } = document.usage;
  const all: Usage = addUsage(addUsage(planner, executor), synthesizer);
  const { startedAt, finishedAt, error } = document;
  return {
    strategy,
    runId: run.id,
    status: document.status,
    success: document.success,
    modelCalls: { planner: planner.calls, executor: executor.calls, synthesizer: synthesizer.calls },
    inputTokens: all.inputTokens,
    outputTokens: all.outputTokens,
    costUsd: costDocument(run).costUsd,
    ms: finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt),
    steps: document.stepsTotal,
    stepsCompleted: document.stepsCompleted,
    replans: document.replanCount,
    answer: shownAnswer(document),
    ...(error && { error: { code: error.code, message: error.message, ...(error.next && { next: error.next }) } }),
  };
}

function notRun(strategy: Strategy, why: unknown): ComparedStrategy {
  if (!(why instanceof PlanloomError)) throw why;
  const { code, message, next } = why;
  return {
    ...{ strategy, runId: null, status: "not-run", success: false },
    modelCalls: { planner: 0, executor: 0, synthesizer: 0 },
    ...{ inputTokens: 0, outputTokens: 0, costUsd: 0, ms: 0, steps: 0, stepsCompleted: 0, replans: 0, answer: null },
    error: { code, message, next },
  };
}

/** The budget of a comparison, and what its runs have spent of it. */
class Purse {
  readonly #spent = { modelCalls: 0, tokens: 0, costUsd: 0, wallMs: 0 };

  constructor(
    private readonly limits: NonNullable<CompareOptions["budget"]>,
    private readonly by: Pick<ComparedBy<unknown>, "budget">,
  ) {}

  /** What one more run may spend. The configuration may allow less. */
  rest(): { readonly [limit in keyof Budget]?: number } {
    const left = Object.entries(this.#spent).map(([name, spent]) => {
      const limit = name as keyof Budget;
      const [allowed, configured] = [this.limits[limit], this.by.budget[limit]];
      return [limit, allowed === undefined ? undefined : Math.min(allowed - spent, configured ?? Infinity)] as const;
    });
    return Object.fromEntries(left.filter(([, amount]) => amount !== undefined));
  }

  /** Why no further run fits. */
  empty(): PlanloomError | undefined {
    const limit = (Object.keys(this.#spent) as (keyof Budget)[]).find(
      (name) => this.#spent[name] > 0 && this.#spent[name] >= (this.limits[name] ?? Infinity),
    );
    if (limit === undefined) return undefined;
    return new PlanloomError("COMPARISON_STOPPED", { because: "budget", limit, allowed: this.limits[limit]! });
  }

  spend({ modelCalls, inputTokens, outputTokens, costUsd }: ComparedStrategy, ms: number): void {
    this.#spent.modelCalls += modelCalls.planner + modelCalls.executor + modelCalls.synthesizer;
    this.#spent.tokens += (inputTokens ?? 0) + (outputTokens ?? 0);
    this.#spent.costUsd += costUsd ?? 0;
    this.#spent.wallMs += ms;
  }
}
