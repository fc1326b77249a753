// Performs a sub-plan: a step that is a run of its own. In: the effect and the run. Out: the answer of the child run as
// the outcome of the step. The engine starts and follows the child; this file says what it is started with.
import { newDeadline } from "../deadline.js";
import type { InputTrust } from "../plan/label.js";
import type { JsonObject } from "../plan/json.js";
import type { PlanStep } from "../plan/plan.js";
import { schemaFromType, typeOf } from "../plan/type/schema.js";
import { NO_USAGE } from "../plan/usage.js";
import type { CallEffect } from "../run/effect.js";
import { childId, useOf } from "../run/child-run.js";
import type { EventData } from "../run/event.js";
import type { ChildWait, Within } from "../run/event/child.js";
import { failWith, isFailure } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import { KERNEL_VERSION } from "../run/kernel-version.js";
import { labelOfParts, partsOfArgument, partsOfText } from "../run/labels.js";
import { contextOf, findWork } from "../run/lookup.js";
import type { Budget, Settings } from "../run/settings.js";
import type { Run } from "../run/state.js";
import { endOf } from "../run/status.js";
import type { StepState } from "../run/work.js";
import { storeErrorsMarked } from "./agent-context.js";
import { endedBy, endedOutcome } from "./outcome.js";
import type { Performing, Services } from "./services.js";

export async function runSubPlan(
  services: Services,
  effect: CallEffect,
  state: StepState,
  step: PlanStep,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  const { children } = context;
  const work = findWork(run, effect);
  if (children === undefined || work === undefined)
    return endedOutcome(key, "tool-error", failWith("SUBPLAN_UNSUPPORTED", {}));
  const runId = childId(run, work);
  const tell = async (child: Run, waits?: ChildWait): Promise<void> =>
    context.emit({ type: "delegated", run: runId, ...(waits === undefined ? {} : { waits }), used: useOf(child) });
  const deadline =
    step.timeoutMs === undefined ? undefined : newDeadline(context.signal, step.timeoutMs, services.clock);
  try {
    const child = await storeErrorsMarked(() =>
      children.follow({
        start: { runId, started: startedBy(services, effect, state, step, run) },
        signal: deadline?.signal ?? context.signal,
        ...againAfter(effect, work.error, run),
        told: tell,
      }),
    );
    await tell(child);
    return outcomeOf(key, child);
  } catch (thrown) {
    return endedBy(key, thrown, deadline?.why() ?? (context.signal.aborted ? "abort" : "tool-error"), step.timeoutMs);
  } finally {
    deadline?.cancel();
  }
}

/** Another attempt continues the child run. An answer that was refused is the reason for another plan. */
function againAfter({ key, allowance }: CallEffect, refused: StepState["work"]["error"], run: Run) {
  const { settings, models } = run.request;
  const isRefused =
    refused !== undefined && (isFailure(refused, "EXPECT_FAILED") || isFailure(refused, "OUTPUT_MISMATCH"));
  const feedback = isRefused ? { feedback: JSON.stringify(refused.params ?? {}) } : {};
  const command = {
    type: "retry" as const,
    settings: { ...settings, budget: budgetOf(settings, allowance) },
    models,
    ...feedback,
  };
  return { again: { inputId: `${run.id}/${key}`, command } };
}

/** The part of the budget that the child may use. */
function budgetOf({ budget }: Settings, allowance: CallEffect["allowance"]): Budget {
  if (allowance === undefined) return budget;
  const limit = (value: number) => (value === Number.MAX_SAFE_INTEGER ? null : value);
  return {
    ...budget,
    modelCalls: limit(allowance.modelCalls),
    tokens: limit(allowance.tokens),
    costUsd: limit(allowance.costUsd),
  };
}

function startedBy(
  services: Services,
  effect: CallEffect,
  { spec, work }: StepState,
  step: PlanStep,
  run: Run,
): EventData["run.started"] {
  const { request } = run;
  const inputs: JsonObject = { ...contextOf(run, spec), ...effect.args };
  const { settings } = request;
  return {
    goal: step.plan,
    inputs,
    strategy: "plan-and-execute",
    settings: {
      ...settings,
      budget: budgetOf(settings, effect.allowance),
      approval: step.approval === "required" ? "always" : settings.approval,
      eager: settings.eager && step.approval === undefined,
    },
    models: request.models,
    inventory: services.inventory.hash,
    kernel: KERNEL_VERSION,
    planGiven: false,
    trust: trustOf(run, work.step, inputs),
    ...(request.tags.length === 0 ? {} : { tags: request.tags }),
    ...(request.context === undefined ? {} : { context: request.context }),
    answerSchema: answerSchemaOf(step),
    ...(request.ownSettings === undefined ? {} : { ownSettings: request.ownSettings }),
    within: withinOf(run, effect, work.step),
    ...toolsOf(step, request.tools),
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

function withinOf(run: Run, { step, item }: CallEffect, state: StepState): Within {
  const above = run.request.within;
  const text = labelOfParts(partsOfText(run, state.spec));
  const after = text.untrusted ? { untrusted: true as const, ...(text.private ? { private: true as const } : {}) } : {};
  return {
    step,
    ...(item === null ? {} : { item }),
    runId: run.id,
    root: above?.root ?? run.id,
    depth: (above?.depth ?? 0) + 1,
    goals: [...(above?.goals ?? []), run.request.goal],
    ...after,
  };
}

/** The labels of the arguments, in the words in which a caller declares inputs. */
function trustOf(run: Run, { spec }: StepState, inputs: JsonObject): { readonly [input: string]: InputTrust } {
  const trust = (name: string): InputTrust => {
    const given = Object.hasOwn(spec.with, name) ? labelOfParts(partsOfArgument(run, spec, name)) : undefined;
    if (given === undefined || given.untrusted) return "untrusted";
    return given.private ? "trusted" : "public";
  };
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, trust(name)]));
}

function outcomeOf(key: string, child: Run): Outcome {
  const end = endOf(child);
  if (end?.how === "completed")
    return {
      type: "returned",
      key,
      output: child.answering.answer ?? null,
      tools: toolsCalledBy(child),
      usage: NO_USAGE,
    };
  const { id: run } = child;
  const error =
    end?.how === "failed"
      ? failWith("SUBPLAN_FAILED", { run, error: end.error }, { retryable: end.error.retryable })
      : failWith("SUBPLAN_CANCELLED", { run, comment: end?.how === "cancelled" ? end.comment : "" });
  return endedOutcome(key, "tool-error", error);
}

/** All tools whose outputs may be in the answer. */
function toolsCalledBy(child: Run): readonly string[] {
  const names = [...child.execution.steps.values()].flatMap(({ work, fan }) => [
    ...work.origin.tools,
    ...(fan?.items.flatMap(({ origin }) => origin.tools) ?? []),
  ]);
  return [...new Set(names)];
}
