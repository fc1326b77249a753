// Chooses a strategy where no rule decides: one cheap reply of the executor's model. In: the goal, and the names of its
// inputs and tools. Out: a strategy with a reason. The model reads nothing that others wrote.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import type { Model, ModelMessage, ModelReply } from "../model/port.js";
import type { ChosenStrategy } from "../plan/choice-features.js";
import { isObject } from "../plan/json.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import { failWith, type ReplyProblem } from "../run/failure.js";
import { problemText } from "../words/reply-problems.js";
import { askModel } from "./ask-model.js";
import type { AgentContext } from "./checkpoint.js";
import { sections } from "./prompts.js";
import { failureOf, StepFailure } from "./step-failure.js";
import { jsonReadings, reasonIn } from "./typed/json-reply.js";
import { closedObject, TEXT } from "./typed/strict-schema.js";

export interface ChooseRequest {
  readonly goal: string;
  /** Names only. */
  readonly inputs: readonly string[];
  readonly tools: readonly string[];
  readonly possible: readonly ChosenStrategy[];
}

export interface ModelChoice {
  readonly strategy: ChosenStrategy;
  /** The model's words. */
  readonly text: string;
  readonly usage: Usage;
}

const SYSTEM = `You choose how an agent should work on a goal. You do not work on it yourself.

- "plan": the path is clear before the work begins: five or more steps, a report, a comparison, the same for many \
things, steps that can run side by side, or effects that somebody should see before they happen.
- "react": the next step depends on what was just seen: exploring, looking for a cause, trying, or one or two steps \
that need each other.
- "tools": one turn of tool calls is enough, or none: a simple question, a single lookup, a single action.

Reply with one JSON object: "strategy" is one of the strategies that are possible, and "reason" is one short sentence.`;

/** One choice, with one correction. Throws StepFailure: CHOICE_UNREADABLE, or the codes of the provider. */
export async function chooseByModel(request: ChooseRequest, model: Model, context: AgentContext): Promise<ModelChoice> {
  const messages: ModelMessage[] = [{ role: "user", text: choiceText(request) }];
  const enumerated = { type: "string", enum: [...request.possible] };
  const output = { name: "strategy", schema: closedObject({ strategy: enumerated, reason: TEXT }) };
  let usage = NO_USAGE;
  let problem: ReplyProblem = { code: "EMPTY" };
  try {
    for (const name of ["strategy", "strategy correction"]) {
      const reply = await askModel(name, { system: SYSTEM, messages: [...messages], output }, model, context);
      usage = addUsage(usage, reply.usage);
      const read = readChoice(reply, request.possible);
      if ("strategy" in read) return { ...read, usage };
      ({ problem } = read);
      const said = beginning(reply.text, LIMITS.previewChars) || "(empty)";
      messages.push({ role: "assistant", text: said }, { role: "user", text: correction(problem, request.possible) });
    }
  } catch (thrown) {
    throw failureOf(thrown, context.signal, usage);
  }
  throw new StepFailure(failWith("CHOICE_UNREADABLE", { problem }), usage);
}

const listOf = (names: readonly string[]): string => names.slice(0, LIMITS.choiceNames).join(", ");

function choiceText({ goal, inputs, tools, possible }: ChooseRequest): string {
  return sections(
    `Goal: ${goal}`,
    inputs.length > 0 && `Its inputs: ${listOf(inputs)}`,
    tools.length > 0 ? `The agent's tools: ${listOf(tools)}` : "The agent has no tools.",
    `Possible strategies: ${possible.join(", ")}`,
  );
}

const correction = (problem: ReplyProblem, possible: readonly string[]): string =>
  `This choice cannot be used. ${problemText(problem)} Reply once more with the JSON object. "strategy" is one of ${possible.join(", ")}.`;

type Read = Omit<ModelChoice, "usage"> | { readonly problem: ReplyProblem };

function readChoice({ text, finish }: ModelReply, possible: readonly ChosenStrategy[]): Read {
  if (finish === "content-filter") return { problem: { code: "WITHHELD" } };
  const value = jsonReadings(text.trim()).find(isObject);
  if (value === undefined) return { problem: { code: "NOT_AN_OBJECT" } };
  const { strategy, reason } = value;
  const said = typeof strategy === "string" ? strategy.trim().toLowerCase() : undefined;
  const known = possible.find((one) => one === said);
  return known === undefined ? { problem: { code: "NO_STRATEGY" } } : { strategy: known, text: reasonIn(reason) };
}
