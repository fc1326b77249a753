// The executor of an agent step. In: the step with its data and tools. Out: the output, the tools called, the usage.
// Every turn and every call is in the journal, so a crash neither pays twice nor acts twice.
import type { Model, ModelMessage } from "../../model/port.js";
import type { Json } from "../../plan/json.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import { AgentConversation, toolsOffered } from "./agent-conversation.js";
import type { AgentRequest } from "./agent-request.js";
import type { AgentContext } from "../checkpoint.js";
import { Previews } from "../preview.js";
import { executorStep } from "../prompts.js";
import { Turns } from "./repetition.js";
import { resultForm, type ResultForm } from "../typed/result-form.js";
import { failureOf } from "../step-failure.js";
import { offeredSpecs, type ToolBench } from "./tool-bench.js";

export interface AgentResult {
  readonly output: Json;
  /** Names of the called tools, in order of the first call. */
  readonly tools: readonly string[];
  readonly usage: Usage;
}

/**
 * Performs an agent step. Throws UnknownOutcome (an inner call may have acted), CallHeld (an inner call waits for a
 * person), or StepFailure: TURN_LIMIT, AGENT_REPEATS, OUTPUT_MISMATCH, STEP_NOT_DONE (the model says so),
 * MODEL_REFUSED, BUDGET_EXHAUSTED, the codes of the provider, INTERRUPTED.
 */
export async function runAgent(request: AgentRequest, model: Model, context: AgentContext): Promise<AgentResult> {
  const previews = new Previews();
  const { tools, keyOf, guard = () => "call" as const, edits = () => undefined, made = [] } = request;
  const specs = offeredSpecs(request);
  // Calls of another conversation are shown: their arguments may repeat what any tool of the step had given there.
  const called = new Set(made.length === 0 ? [] : tools.map(({ spec }) => spec.name));
  const spent = { usage: NO_USAGE };
  const spend = (usage: Usage): void => void (spent.usage = addUsage(spent.usage, usage));
  const fresh = { tallies: new Map(), called, turns: new Turns(), count: 0 };
  const bench: ToolBench = { step: request.step, tools, keyOf, guard, edits, previews, spend, ...fresh };
  const form = resultForm(request.type);
  const opened = (): ResultForm | undefined => (toolsOffered(bench).length === 0 ? form : undefined);
  const opening: ModelMessage = { role: "user", text: executorStep(request, specs, request, previews, opened) };
  const means = { bench, model, context, form, spent: () => spent.usage };
  try {
    const output = await new AgentConversation(request, opening, means).result();
    return { output, tools: [...bench.called], usage: spent.usage };
  } catch (thrown) {
    throw failureOf(thrown, context.signal, spent.usage);
  }
}
