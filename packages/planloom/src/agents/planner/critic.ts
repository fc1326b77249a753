// The planner's critique of a plan that has passed check. In: the request that led to the plan, and its text. Out: one
// of two verdicts, with the changed plan if there is one; or no verdict. A critique never fails a run.
import type { Model, ModelReply, ModelRequest } from "../../model/port.js";
import { isObject, type JsonObject } from "../../plan/json.js";
import { NO_USAGE, type Usage } from "../../plan/usage.js";
import type { Asking } from "../../run/event.js";
import type { ReplyProblem } from "../../run/failure.js";
import { askModel } from "../ask-model.js";
import type { AgentContext } from "../checkpoint.js";
import { jsonReadings, reasonIn } from "../typed/json-reply.js";
import { CRITIQUE } from "./planner-prompts.js";
import { within } from "../typed/schema-definitions.js";
import { failureOf, StepFailure } from "../step-failure.js";
import { closedObject, orNull, TEXT } from "../typed/strict-schema.js";

export interface Critique {
  readonly said: NonNullable<Asking["critique"]>;
  /** The text of the plan that the model wrote instead, if it changed the plan. */
  readonly changed?: ModelReply;
  readonly usage: Usage;
}

/**
 * Sends one request. A verdict that cannot be read, or a provider that fails, gives no verdict: the plan stays as check
 * found it, and the record says that nobody judged it. Throws if the work is stopped, or if the budget does not allow
 * the request.
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
    output: { ...asked.output!, name: "critique", schema: critiqueSchema(asked.output!.schema) },
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

/** A request was sent, and its usage is unknown. */
const UNKNOWN: Usage = { calls: 1, inputTokens: null, outputTokens: null };

function critiqueSchema(plan: JsonObject): JsonObject {
  const verdict = { type: "string", enum: ["fine", "changed"] };
  return within(plan, (part) => closedObject({ verdict, reason: TEXT, plan: orNull(part) }));
}

/** Only the two exact verdicts count: a doubtful answer is not a yes. */
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
