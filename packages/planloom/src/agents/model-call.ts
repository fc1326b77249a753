// The budget request of a model call before it is sent. In: a role's request, or a tool's own call. Out: the call with
// the most tokens it may use; for a tool, a function that makes calls within the budget.
import { LIMITS } from "../limits.js";
import type { Model, ModelRequest } from "../model/port.js";
import { soundUsage } from "../plan/sound-usage.js";
import { mostTokens, type Usage } from "../plan/usage.js";
import { toolErrorOf, type ToolContext, type ToolModelCall } from "../tools/tool.js";
import type { CallBudget, ModelCall } from "./checkpoint.js";
import { StepFailure } from "./step-failure.js";

/** The most tokens of a request: its own text by the rule of mostTokens, and the longest reply that its role allows. */
export function modelCallOf(request: Omit<ModelRequest, "signal">, model: Model): ModelCall {
  const { system, messages, tools, output } = request;
  const { name, maxOutputTokens = LIMITS.replyTokens } = model.asks?.() ?? model;
  const inputTokens = mostTokens(JSON.stringify([system, messages, tools ?? [], output ?? null]));
  return { model: name, inputTokens, outputTokens: maxOutputTokens };
}

/** ToolContext.modelCall. `count` gets the usage. `waits` is told of waits; absent: nobody is. */
export function callsOfTool(
  budget: CallBudget | undefined,
  signal: AbortSignal,
  count: (usage: Usage) => void,
  waits: ToolModelCall["waits"] = () => () => undefined,
): ToolContext["modelCall"] {
  return async (most, send) => {
    const sent = () => send({ waits });
    const reply = budget === undefined ? await sent() : await budget.within(most, signal, sent).catch(toldToTool);
    count(soundUsage(reply.usage));
    return reply;
  };
}

/** Becomes a ToolError, because nothing has happened. */
function toldToTool(thrown: unknown): never {
  if (!(thrown instanceof StepFailure)) throw thrown;
  throw toolErrorOf(thrown.failure, thrown);
}
