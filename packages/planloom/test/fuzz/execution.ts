// Running an accepted plan through the kernel, with tools that return values of their declared types. In: a checked
// plan and dice. Out: how the run ended. Separate from the verdict, which says whether check should have known.
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";
import { schemaFromType, typeOf } from "../../src/plan/type/schema.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { CallEffect, Effect, FillEffect, PersonEffect } from "../../src/run/effect.js";
import type { Outcome } from "../../src/run/input.js";
import type { CheckedPlan, Command } from "../../src/run/command.js";
import { isEnded } from "../../src/run/status.js";
import { next, transition } from "../../src/run/log/transition.js";
import { emptyRun, type Run } from "../../src/run/state.js";
import type { StepState } from "../../src/run/work.js";
import { start, type LooseInput } from "../../src/testing/given-when-then.js";
import type { Dice } from "./dice.js";
import { valueOf } from "./values.js";

/** Inputs of the kernel that one plan may need: 64 steps, lists of a few dozen items, attempts and answers. */
const MOST_INPUTS = 50_000;

/** The run in its last state; it has ended unless it hung. `mishaps`: how often a call fails. */
export function execute(accepted: CheckedPlan, dice: Dice, mishaps: number): Run {
  const run = emptyRun("fuzz");
  let at = 0;
  let count = 0;
  const feed = (input: LooseInput): void => {
    transition(run, { id: `i${++count}`, by: "engine", ...input, at });
  };
  const started = (start({ models: { planner: null, executor: "executor", synthesizer: null } }) as StartInput).started;
  feed({ type: "start", started: { ...started, inputs: accepted.inputs, planGiven: true }, given: accepted });
  while (!isEnded(run) && count < MOST_INPUTS) {
    const effect = someEffect([...next(run)], at, dice);
    if (effect === undefined) return run;
    if (effect.kind === "wait") at = effect.until;
    feed(answerTo(effect, run, dice, mishaps));
  }
  return run;
}

/** Calls end in any order; time passes where nothing else is owed. A time that has passed owes nothing any more. */
function someEffect(effects: readonly Effect[], at: number, dice: Dice): Effect | undefined {
  const now = effects.filter(({ kind }) => kind !== "wait");
  return now.length > 0 ? dice.pick(now) : effects.find((effect) => effect.kind === "wait" && effect.until > at);
}

type StartInput = LooseInput & { readonly type: "start" };

function answerTo(effect: Effect, run: Run, dice: Dice, mishaps: number): LooseInput {
  switch (effect.kind) {
    case "call":
      return dice.chance(mishaps) ? broken(effect) : returned(effect, run, dice);
    case "fill":
      return filled(effect, run, dice);
    case "person":
      return personally(effect, run, dice);
    case "wait":
      return { type: "clock" };
    case "plan":
    case "choose":
    case "review":
    case "judge":
    case "critique":
    case "answer":
    case "reconcile":
    case "compensate":
    case "stop":
      throw new Error(`nothing here owes ${effect.kind}`);
  }
}

function broken({ key }: CallEffect): Outcome {
  const error = { code: "BROKEN", message: "it broke", retryable: false };
  return { type: "ended", key, ending: "tool-error", error, usage: NO_USAGE };
}

function returned(effect: CallEffect, run: Run, dice: Dice): Outcome {
  const output = outputFor(run.execution.steps.get(effect.step)!, dice);
  return { type: "returned", key: effect.key, output, tools: [], usage: NO_USAGE };
}

/** A value of the type that the step declares, else of the tool's schema; a model's step without a type gives text. */
export function outputFor({ spec, tool }: StepState, dice: Dice): Json {
  const declared = spec.output === undefined ? undefined : typeOf(spec.output);
  if (declared?.ok === true) return valueOf(isObject(spec.output) ? spec.output : schemaFromType(declared.type), dice);
  return spec.kind === "tool" ? valueOf(tool?.output, dice) : valueOf({ type: "string" }, dice);
}

/** A model that fills in what is missing, and never more. */
function filled({ key, step, given }: FillEffect, run: Run, dice: Dice): Outcome {
  const written = valueOf(run.execution.steps.get(step)?.tool?.input, dice) as JsonObject;
  const args = Object.fromEntries(Object.entries(written).filter(([name]) => !Object.hasOwn(given, name)));
  return { type: "filled", key, args, usage: NO_USAGE };
}

function personally({ key }: PersonEffect, run: Run, dice: Dice): Command {
  for (const hash of run.approvals.pending.keys()) if (key.endsWith(hash)) return { type: "approve", hash };
  for (const state of run.execution.steps.values()) {
    for (const { item, status, question } of [state.work, ...(state.fan?.items ?? [])]) {
      if (status !== "suspended" || question === undefined) continue;
      const ref = item === null ? { step: state.spec.id } : { step: state.spec.id, item };
      return { type: "respond", ...ref, value: outputFor(state, dice) };
    }
  }
  throw new Error(`nobody knows what ${key} waits for`);
}
