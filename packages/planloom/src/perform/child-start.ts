// The start of a child run: what it may do, what it is given, and what is known of its inputs. In: the run of a sub-plan
// and its step. Out: the data of its first event, and the command that continues it. Nothing is looser than in the run
// above.
import type { InputTrust } from "../plan/label.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { PlanStep } from "../plan/plan.js";
import { schemaFromType, typeOf } from "../plan/type/schema.js";
import { useOf } from "../run/child-run.js";
import type { Command } from "../run/command.js";
import type { CallEffect } from "../run/effect.js";
import type { EventData } from "../run/event.js";
import type { ChildUse, Within } from "../run/event/child.js";
import { KERNEL_VERSION } from "../run/kernel-version.js";
import { labelOfParts, labelOfStep, partsOfArgument, partsOfText } from "../run/labels.js";
import { contextOf } from "../run/lookup.js";
import type { Budget, Settings } from "../run/settings.js";
import type { Run } from "../run/state.js";
import { endOf } from "../run/status.js";
import type { StepState, Work } from "../run/work.js";
import { failureText } from "../words/failures.js";
import { refusesOutput, outputRefusal } from "./refused-output.js";

/** The sub-plan that is performed. */
export interface SubPlan {
  readonly run: Run;
  readonly effect: CallEffect;
  readonly state: StepState;
  readonly step: PlanStep;
}

/** `inventory`: the hash of all tools. `now`: ms since 1970. */
export function childStart(sub: SubPlan, inventory: string, now: number): EventData["run.started"] {
  const { run, effect, state, step } = sub;
  const { tags, context, ownSettings, models, tools } = run.request;
  const inputs = inputsOf(sub);
  return {
    goal: step.plan,
    inputs,
    strategy: "plan-and-execute",
    settings: settingsOf(sub, now),
    models,
    inventory,
    kernel: KERNEL_VERSION,
    planGiven: false,
    trust: trustOf(run, state, inputs),
    ...(context === undefined ? {} : { context }),
    ...(tags.length === 0 ? {} : { tags }),
    answerSchema: answerSchemaOf(step),
    ...(ownSettings === undefined ? {} : { ownSettings }),
    within: withinOf(run, effect, state),
    ...toolsOf(step, tools),
  };
}

/**
 * How a child run that has ended goes on, for another attempt of its step; undefined if its answer is still to be taken.
 * An answer that the step refused is the reason for another plan. An answer that no judge has seen is judged again.
 */
export function continuation(sub: SubPlan, work: Work, child: Run, now: number): Command | undefined {
  const { models } = sub.run.request;
  const refused = work.child?.refused;
  const isDone = endOf(child)?.how === "completed";
  if (isDone && (refused === undefined || !refusesOutput(refused))) return undefined;
  const settings = settingsOf(sub, now, useOf(child).spent);
  // The planner follows its feedback like the words of a person.
  const feedback = isDone && refused !== undefined ? { feedback: failureText(outputRefusal(refused).why) } : {};
  return { type: "retry", settings, models, ...feedback };
}

/** The outputs of the steps that it depends on, by their ids, and its arguments. */
const inputsOf = ({ run, effect, state }: SubPlan): { readonly [name: string]: Json } => ({
  ...contextOf(run, state.spec),
  ...effect.args,
});

/** `used`: what the child has used already. Its budget covers that, too. */
function settingsOf({ run, effect, step }: SubPlan, now: number, used?: ChildUse["spent"]): Settings {
  const { settings } = run.request;
  const asks = step.approval === "required";
  return {
    ...settings,
    budget: budgetOf(run, effect.allowance, now, used),
    approval: asks ? "always" : settings.approval,
    eager: settings.eager && !asks,
  };
}

function budgetOf(
  { request: { settings }, spending: { deadline } }: Run,
  allowance: CallEffect["allowance"],
  now: number,
  used: ChildUse["spent"] = { modelCalls: 0, tokens: 0, costUsd: 0 },
): Budget {
  const { budget } = settings;
  const limit = (unit: keyof typeof used): number | null => {
    const part = allowance?.[unit] ?? null;
    return part === null ? null : part + used[unit];
  };
  return {
    modelCalls: limit("modelCalls"),
    tokens: limit("tokens"),
    costUsd: limit("costUsd"),
    wallMs: budget.wallMs === null || deadline === undefined ? budget.wallMs : Math.max(1, deadline - now),
  };
}

/** Without a type, the output is a text. */
function answerSchemaOf({ output = "string" }: PlanStep): JsonObject {
  if (typeof output === "object") return output;
  const declared = typeOf(output);
  return declared.ok ? schemaFromType(declared.type) : {};
}

/** The child may use no tool that its parent may not. */
function toolsOf({ tools }: PlanStep, above: readonly string[] | undefined): { readonly tools?: readonly string[] } {
  if (tools === "all") return above === undefined ? {} : { tools: above };
  return { tools: above === undefined ? tools : tools.filter((name) => above.includes(name)) };
}

function withinOf(run: Run, { step, item }: CallEffect, { spec }: StepState): Within {
  const above = run.request.within;
  const text = labelOfParts(partsOfText(run, spec));
  return {
    step,
    ...(item === null ? {} : { item }),
    runId: run.id,
    root: above?.root ?? run.id,
    depth: (above?.depth ?? 0) + 1,
    goals: [...(above?.goals ?? []), run.request.goal],
    ...(text.untrusted ? { untrusted: true } : {}),
    ...(text.untrusted && text.private ? { private: true } : {}),
  };
}

/** The labels of the inputs, in the words in which a caller declares them. */
function trustOf(
  run: Run,
  { spec }: StepState,
  inputs: { readonly [name: string]: Json },
): { readonly [input: string]: InputTrust } {
  const trust = (name: string): InputTrust => {
    const before = run.execution.steps.get(name);
    const label = Object.hasOwn(spec.with, name)
      ? labelOfParts(partsOfArgument(run, spec, name))
      : before && labelOfStep(run, before);
    if (label === undefined || label.untrusted) return "untrusted";
    return label.private ? "trusted" : "public";
  };
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, trust(name)]));
}
