// Whether check should have refused a plan that failed. In: the plan as accepted and its run. Out: what was let pass,
// or undefined. Only failures of types and references count, and only where every type was known; what depends on the
// data (an index, a conversion, an overflow), what check warned of, and what a tool or a model did wrong does not.
import { parseExpression } from "../../src/plan/expression/expression.js";
import type { Json } from "../../src/plan/json.js";
import { inferValue, referencedNames, resolveValue, scanTemplate } from "../../src/plan/expression/reference.js";
import { eachTemplate } from "../../src/plan/expression/split.js";
import { assignable } from "../../src/plan/type/fit.js";
import { listOf, membersOf, NULL, STRING, UNKNOWN, unionOf, type Type } from "../../src/plan/type/type.js";
import { typeFromSchema, typeOf } from "../../src/plan/type/schema.js";
import type { Step } from "../../src/plan/plan.js";
import type { CheckedPlan } from "../../src/run/command.js";
import type { Failure } from "../../src/run/failure.js";
import { errorOf } from "../../src/run/status.js";
import type { StepState } from "../../src/run/work.js";
import { failureText } from "../../src/words/failures.js";
import { scopeOf } from "../../src/run/step-scope.js";
import { type Run } from "../../src/run/state.js";
import { NO_ORIGIN } from "../../src/plan/origin.js";
import { Dice } from "./dice.js";
import { outputFor } from "./execution.js";

/** Never right in a plan that was accepted, whatever the data. */
const NEVER = new Set(["UNREADABLE_REFERENCE", "UNKNOWN_REFERENCE", "NOT_SUPPORTED", "TOOL_GONE"]);
/** Wrong where every type was known. */
const BY_TYPE = new Set([
  "TYPE_MISMATCH",
  "NULL_ACCESS",
  "NULL_IN_TEXT",
  "NO_SUCH_FIELD",
  "ARGUMENT_TYPE",
  "WHEN_NOT_BOOLEAN",
  "FOREACH_NOT_A_LIST",
]);

interface Failed {
  readonly code: string;
  readonly message: string;
  /** Pointer to the value with references, in the plan. */
  readonly pointer: string;
  readonly value: Json;
  readonly step?: StepState;
}

/** One line for each failure that check should have seen. */
export function letPass(accepted: CheckedPlan, run: Run): string[] {
  return failures(accepted, run)
    .filter((failed) => NEVER.has(failed.code) || (BY_TYPE.has(failed.code) && wasCertain(failed, accepted, run)))
    .map(({ code, message, pointer }) => `${code} at ${pointer}: ${message}`);
}

const worded = (error: Failure) => ({ code: error.code, message: failureText(error) });

function failures(accepted: CheckedPlan, run: Run): Failed[] {
  const found: Failed[] = [];
  for (const state of run.execution.steps.values()) {
    for (const { error, status } of [state.work, ...(state.fan?.items ?? [])]) {
      if (error === undefined || (status !== "failed" && status !== "skipped")) continue;
      found.push(...failedStep(state, worded(error), run));
    }
  }
  const { answer } = accepted.plan;
  const error = errorOf(run);
  const where = error?.params?.["where"];
  if (error !== undefined && typeof where === "string" && where.startsWith("answer.value") && answer.kind === "value")
    found.push({ ...worded(error), pointer: "/answer/value", value: answer.value });
  return found;
}

function failedStep(state: StepState, error: { readonly code: string; readonly message: string }, run: Run): Failed[] {
  const { spec, index } = state;
  const at = (field: string, value: Json, code = error.code): Failed[] => [
    { code, message: error.message, pointer: `/steps/${index}/${field}`, value, step: state },
  ];
  if (error.code === "EXPECT_FAILED") return at("expect", spec.expect ?? "", expectCode(state, run));
  if (error.code === "WHEN_NOT_BOOLEAN") return at("when", spec.when ?? "");
  if (error.code === "FOREACH_NOT_A_LIST") return at("forEach", spec.forEach ?? "");
  if (error.code === "ARGUMENT_TYPE") return at("with", spec.with);
  const field = /^(with|when|forEach)/.exec(error.message)?.[1];
  return field === undefined
    ? []
    : at(field, field === "with" ? spec.with : ((spec as unknown as StepFields)[field] ?? ""));
}

type StepFields = { readonly [field: string]: Json };

/** The output of the failed call is not kept: others of its type tell what the expression does with them. */
function expectCode(state: StepState, run: Run): string {
  const work = state.fan?.items[0] ?? state.work;
  for (let seed = 0; seed < 5; seed++) {
    const output = { value: outputFor(state, new Dice(seed)), from: NO_ORIGIN };
    const resolved = resolveValue(state.spec.expect ?? "", scopeOf(run, work, output));
    if (!resolved.ok) return resolved.problem.code;
    if (typeof resolved.value !== "boolean") return "WHEN_NOT_BOOLEAN";
  }
  return "EXPECT_FAILED";
}

function wasCertain(failed: Failed, accepted: CheckedPlan, run: Run): boolean {
  const warned = accepted.findings.some(({ where }) => where.pointer.startsWith(failed.pointer));
  if (warned) return false;
  const names = referencedNames(failed.value).map((name) => typeIn(name, failed, accepted, run));
  if (!names.every(isCertain)) return false;
  // A number that is known to the run alone chooses the field of a record.
  if (failed.code === "NO_SUCH_FIELD" && indexesByValue(failed.value)) return false;
  return failed.code !== "ARGUMENT_TYPE" || argumentsFit(failed, accepted, run);
}

/** Whether, by the types alone, every argument is certain to fit. */
function argumentsFit({ step, value }: Failed, accepted: CheckedPlan, run: Run): boolean {
  if (step?.tool === undefined) return true;
  // What a model filled in is not in the plan.
  if (step.spec.kind === "tool" && step.spec.fill !== undefined) return false;
  const { type } = inferValue(value, (name) => typeIn(name, { step }, accepted, run));
  return assignable(type, typeFromSchema(step.tool.input)) !== "unknown";
}

function indexesByValue(value: Json): boolean {
  let found = false;
  eachTemplate(value, (_pointer, text) => {
    const template = text.includes("${{") ? scanTemplate(text) : undefined;
    if (template?.ok !== true) return;
    for (const part of template.parts) {
      if (!("expression" in part)) continue;
      const parsed = parseExpression(part.expression.source);
      found ||= parsed.ok && /\[(?!\s*["'\]])/.test(part.expression.source);
    }
  });
  return found;
}

/** No unknown in it, no field that may be absent, no names that only the data knows. */
function isCertain(type: Type): boolean {
  switch (type.kind) {
    case "unknown":
      return false;
    case "list":
      return isCertain(type.of);
    case "union":
      return type.of.every(isCertain);
    case "record":
      return (
        type.rest === undefined && Object.values(type.fields).every((field) => !field.optional && isCertain(field.type))
      );
    default:
      return true;
  }
}

function typeIn(name: string, { step }: Pick<Failed, "step">, accepted: CheckedPlan, run: Run): Type {
  if (name === "inputs") return inputsType(accepted);
  if (step?.spec.forEach !== undefined) {
    if (name === "index") return { kind: "number" };
    if (name === step.spec.as) return itemType(step.spec.forEach, accepted, run);
  }
  if (name === "output" && step !== undefined) return ownType(step.spec, step);
  const source = run.execution.steps.get(name);
  return source === undefined ? UNKNOWN : outputType(source);
}

function itemType(forEach: string, accepted: CheckedPlan, run: Run): Type {
  const { type } = inferValue(forEach, (name) => typeIn(name, {}, accepted, run));
  const items = membersOf(type).map((member) => (member.kind === "list" ? member.of : UNKNOWN));
  return unionOf(items);
}

function inputsType(accepted: CheckedPlan): Type {
  const fields = Object.entries(accepted.plan.inputs).map(([name, { type }]) => {
    const declared = type === undefined ? undefined : typeOf(type);
    return [name, { type: declared?.ok === true ? declared.type : UNKNOWN, optional: false }] as const;
  });
  return { kind: "record", fields: Object.fromEntries(fields) };
}

function outputType(state: StepState): Type {
  const own = ownType(state.spec, state);
  if (state.spec.forEach === undefined) return own;
  return listOf(state.spec.optional || state.spec.onFailure === "skip" ? unionOf([own, NULL]) : own);
}

function ownType(spec: Step, { tool }: StepState): Type {
  const declared = spec.output === undefined ? undefined : typeOf(spec.output);
  if (declared !== undefined) return declared.ok ? declared.type : UNKNOWN;
  if (spec.kind !== "tool") return STRING;
  return tool?.output === undefined ? UNKNOWN : typeFromSchema(tool.output);
}
