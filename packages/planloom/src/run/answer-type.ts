// The type that the answer of a run must have. In: a run, and a value. Out: the type, or why the value does not fit. The
// plan and the run may each want a type; then both must hold.
import type { Json, JsonObject } from "../plan/json.js";
import { nonconformity, type Misfit } from "../plan/type/conform.js";
import { assignable } from "../plan/type/fit.js";
import { typeFromSchema, typeOf } from "../plan/type/schema.js";
import { mismatch, type Type } from "../plan/type/type.js";
import { misfitProblem, type ReplyProblem } from "./failure.js";
import { currentPlan } from "./lookup.js";
import type { Run } from "./state.js";

export interface AnswerType {
  /** The narrower of the two types, as far as that can be told. */
  readonly type: Type;
  /** The JSON Schema of the run, or of the plan. Absent: the plan has the text of a type. */
  readonly schema?: JsonObject;
}

/** The type that the answer must have. undefined: any answer will do. */
export function answerType(run: Run): AnswerType | undefined {
  const schema = run.request.answerSchema;
  const own = planType(run);
  if (schema === undefined)
    return own && { type: own.type, ...(own.schema === undefined ? {} : { schema: own.schema }) };
  const type = typeFromSchema(schema);
  const isNarrower = own !== undefined && assignable(own.type, type) === "yes";
  return { type: isNarrower ? own.type : type, schema };
}

/** Why a value cannot be the answer of the run; undefined if it can. */
export function answerProblem(run: Run, value: Json): ReplyProblem | undefined {
  const misfit = misfitOf(run, value);
  return misfit && misfitProblem(misfit);
}

function misfitOf(run: Run, value: Json): Misfit | undefined {
  const schema = run.request.answerSchema;
  const wrong = schema === undefined ? undefined : nonconformity(value, schema);
  if (wrong !== undefined) return wrong;
  const own = planType(run);
  return own && mismatch(value, own.type);
}

function planType(run: Run): AnswerType | undefined {
  const written = currentPlan(run)?.plan.answer.type;
  const parsed = written === undefined ? undefined : typeOf(written);
  if (parsed?.ok !== true) return undefined;
  return { type: parsed.type, ...(typeof written === "object" ? { schema: written } : {}) };
}
