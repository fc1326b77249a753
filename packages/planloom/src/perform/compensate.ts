// Undoes a call that acted, under a deadline. In: the effect and the run. Out: an outcome for `decide`. It rejects only if
// the journal, which has the whole output of a call inside an agent step, cannot be read.
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { revealed } from "../plan/secret.js";
import { outputInJournal } from "../engine/journal.js";
import type { CompensateEffect } from "../run/effect.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { ActedCall } from "../run/work.js";
import type { ToolArguments } from "../tools/tool.js";
import { endInTime } from "./call-tool.js";
import type { Performing, Services } from "./services.js";
import { undoChild } from "./undo-child.js";
import { missingSecret } from "./step-effects.js";

export async function performCompensate(
  services: Services,
  effect: CompensateEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key, callKey, effectKey, attempt, step } = effect;
  const call = run.compensation.calls.get(callKey);
  if (call?.child === true) return undoChild(effect, call, run, context);
  const tool = services.inventory.get(effect.tool);
  const gone = (error: Failure): Outcome => ({ type: "compensate-failed", key, ending: "tool-error", error });
  if (call === undefined || tool?.compensate === undefined) return gone(failWith("CANNOT_UNDO", { tool: effect.tool }));
  const secret = call.inside === true ? undefined : missingSecret(call.spec.with, services.secrets);
  if (secret !== undefined) return gone(failWith("SECRET_UNKNOWN", { secret }));
  const { compensate } = tool;
  const { runContext, signal } = context;
  const place = { context: runContext, key: effectKey, callKey, runId: run.id, stepId: step, attempt };
  const output = await wholeOutput(services, run, effect, call);
  const timeoutMs = tool.spec.timeoutMs ?? LIMITS.toolTimeoutMs;
  const undo = (inner: AbortSignal) => compensate(output, argsOf(services, call), { ...place, signal: inner });
  const end = await endInTime(undo, signal, timeoutMs, services, tool.retryable);
  if (end.ok) return { type: "compensated", key };
  const ending = end.ending === "unusable" ? "thrown" : end.ending;
  return { type: "compensate-failed", key, ending, error: end.error };
}

/** The log holds the handles of secrets. A model may have written one into a call inside an agent step: that is data. */
function argsOf({ secrets }: Services, { args, spec, inside }: ActedCall): ToolArguments {
  if (inside === true) return args;
  return revealed(args, spec.with, (name) => secrets[name]!) as ToolArguments;
}

async function wholeOutput(services: Services, run: Run, effect: CompensateEffect, call: ActedCall): Promise<Json> {
  if (call.partial !== true) return call.output ?? null;
  const { step, item, callKey } = effect;
  return (await outputInJournal(services.store, { runId: run.id, stepId: step, item }, callKey)) ?? call.output ?? null;
}
