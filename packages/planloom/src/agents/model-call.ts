// What model calls ask of a run's budget before they are sent. In: a request of a role, or a tool's own call. Out: the call with what
// it may take; for a tool, the way through the budget. Separate because both are reckoned by the same rule.
import { LIMITS } from "../limits.js";
import type { Model, ModelRequest } from "../model/port.js";
import { mostTokens, soundUsage, type Usage } from "../plan/usage.js";
import { toolErrorOf, type ToolContext } from "../tools/tool.js";
import type { CallBudget, ModelCall } from "./checkpoint.js";
import { StepFailure } from "./step-failure.js";

/** What a request may take: its own text by the rule of mostTokens, and the longest reply that its role allows. */
export function modelCallOf(request: Omit<ModelRequest, "signal">, model: Model): ModelCall {
  const { system, messages, tools, output } = request;
  const inputTokens = mostTokens(JSON.stringify([system, messages, tools ?? [], output ?? null]));
  return { model: model.name, inputTokens, outputTokens: model.maxOutputTokens ?? LIMITS.replyTokens };
}

/** ToolContext.modelCall: `count` is told what was used. */
export function callsOfTool(
  budget: CallBudget | undefined,
  signal: AbortSignal,
  count: (usage: Usage) => void,
): ToolContext["modelCall"] {
  return async (most, send) => {
    const reply = budget === undefined ? await send() : await budget.within(most, signal, send).catch(toldToTool);
    count(soundUsage(reply.usage));
    return reply;
  };
}

/** For a tool it is a failure that it knows of: nothing has happened. */
function toldToTool(thrown: unknown): never {
  if (!(thrown instanceof StepFailure)) throw thrown;
  throw toolErrorOf(thrown.failure, thrown);
}
