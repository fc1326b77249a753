// The planner's second look at a plan that has passed check. In: the request that led to it, and its text. Out: one of two verdicts, with
// the text of the plan in its place; or that there was none. Separate because its answer is a closed choice and never fails a run.
import type { Model, ModelReply, ModelRequest } from "../model/port.js";
import { isObject, type JsonObject } from "../plan/json.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { Asking } from "../run/event.js";
import type { ReplyProblem } from "../run/failure.js";
import { askModel } from "./ask-model.js";
import type { AgentContext } from "./checkpoint.js";
import { jsonReadings, reasonIn } from "./json-reply.js";
import { CRITIQUE } from "./planner-prompts.js";
import { failureOf, StepFailure } from "./step-failure.js";
import { closedObject, orNull, TEXT } from "./strict-schema.js";

export interface Critique {
  readonly said: NonNullable<Asking["critique"]>;
  /** Where it changed the plan: what the model wrote in its place. */
  readonly changed?: ModelReply;
  readonly usage: Usage;
}

/**
 * One request. A verdict that cannot be read, and a provider that fails, are no verdict: the plan is as good as check found it, and the
 * record says that nobody has judged it. Throws where the work is stopped, and where the budget does not allow the request.
 */
export async function critiquePlan(
  asked: Omit<ModelRequest, "signal">,
  draft: string,
  planner: Model,
  context: AgentContext,
): Promise<Critique> {
  const request = {
    ...asked,
    messages: [...asked.messages, { role: "assistant", text: draft }, { role: "user", text: CRITIQUE }] as const,
    output: { name: "critique", schema: critiqueSchema(asked.output!.schema), described: true } as const,
  };
  try {
    const reply = await askModel("planner critique", request, planner, context);
    return { ...readCritique(reply), usage: reply.usage };
  } catch (thrown) {
    const failure = failureOf(thrown, context.signal, NO_USAGE);
    if (!(failure instanceof StepFailure) || !failure.failure.code.startsWith("PROVIDER_")) throw thrown;
    return { said: { verdict: "none", error: failure.failure }, usage: { ...UNKNOWN } };
  }
}

/** A request was sent, and nobody knows what it took. */
const UNKNOWN: Usage = { calls: 1, inputTokens: null, outputTokens: null };

function critiqueSchema(plan: JsonObject): JsonObject {
  return closedObject({ verdict: { type: "string", enum: ["fine", "changed"] }, reason: TEXT, plan: orNull(plan) });
}

/** What is not one of the two is neither: a doubtful answer is no yes. */
function readCritique(reply: ModelReply): Omit<Critique, "usage"> {
  const value = jsonReadings(reply.text.trim()).find(isObject);
  if (value === undefined) return { said: none({ code: "NOT_AN_OBJECT" }) };
  const { verdict, plan } = value;
  const text = reasonIn(value["reason"]);
  if (verdict === "fine") return { said: { verdict, text } };
  if (verdict !== "changed") return { said: none({ code: "NO_VERDICT" }) };
  if (!isObject(plan)) return { said: { ...none({ code: "NO_PLAN" }), text } };
  return { said: { verdict, text }, changed: { ...reply, text: JSON.stringify(plan) } };
}

const none = (problem: ReplyProblem) => ({ verdict: "none", problem }) as const;
