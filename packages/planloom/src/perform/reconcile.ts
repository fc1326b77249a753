// Asks a tool about its call in doubt, under a deadline. In: the tool, if it exists, and the question. Out: an outcome
// for `decide`; never rejects. Asking has no effects and may be repeated.
import { LIMITS } from "../limits.js";
import type { ReconcileEffect } from "../run/effect.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import type { Reconciled, Tool } from "../tools/tool.js";
import { secretFilter, type SecretFilter } from "../tools/secret-filter.js";
import { endInTime } from "./call-tool.js";
import type { Performing, Services } from "./services.js";

export async function askTool(
  tool: Tool | undefined,
  { key, tool: name, callKey }: ReconcileEffect,
  { signal, runContext }: Pick<Performing, "signal" | "runContext">,
  services: Pick<Services, "clock" | "secrets">,
): Promise<Outcome> {
  if (tool?.reconcile === undefined) return { type: "reconcile-failed", key, error: cannotSay(name) };
  const { reconcile } = tool;
  const filter = secretFilter(services.secrets);
  const ask = async (inner: AbortSignal) =>
    outcomeOf(key, name, await reconcile(callKey, { signal: inner, context: runContext }), filter);
  const end = await endInTime(ask, signal, LIMITS.reconcileTimeoutMs, services);
  return end.ok ? end.output : { type: "reconcile-failed", key, error: end.error };
}

function outcomeOf(key: string, name: string, answer: Reconciled, filter: SecretFilter): Outcome {
  if (answer === "unknown") return { type: "reconcile-failed", key, error: notYet(name) };
  if (!answer.happened) return { type: "reconciled", key, happened: false };
  return { type: "reconciled", key, happened: true, output: filter.value(answer.output) };
}

/** An unknown answer is not final: the call may still be running. */
const notYet = (tool: string): Failure => failWith("RECONCILE_UNKNOWN", { tool }, { retryable: true });

const cannotSay = (tool: string): Failure => failWith("TOOL_GONE", { tool, asked: true });
