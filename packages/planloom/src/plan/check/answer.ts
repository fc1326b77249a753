// The check of a draft's answer: the steps that it names, its value, and its type. In: the outline of a draft, and the
// types of all outputs. Out: findings. The type in the plan and the type that the run wants must both hold.
import { beginning } from "../../beginning.js";
import { NO_LOCALS } from "./arguments.js";
import { judge, type ExpressionSite, type Known } from "./expressions.js";
import { isEmpty } from "./outputs.js";
import type { Report } from "./report.js";
import type { DraftAnswer, Outline } from "./shape.js";
import { unreferenced } from "./use.js";
import { isObject, type Json, type JsonObject } from "../json.js";
import { nonconformity } from "../type/conform.js";
import { assignable } from "../type/fit.js";
import { typeFromSchema, typeOf } from "../type/schema.js";
import { typeText, UNKNOWN, type Type } from "../type/type.js";

export interface AnswerOptions {
  /** The JSON Schema of the answer that the run wants. */
  readonly answer?: JsonObject;
  /** Whether a model can write the answer. false: the answer is the outputs themselves. Default: true. */
  readonly synthesizer?: boolean;
}

/** A type that the answer must have, and whose it is. */
interface Wanted {
  readonly by: "plan" | "run";
  readonly type: Type;
}

/** A null that reaches the answer is an error: no later step could be skipped instead. */
export function checkAnswer(outline: Outline, known: Known, options: AnswerOptions, report: Report): void {
  const { answer } = outline;
  const wanted = wantedTypes(answer, options, report);
  checkCritique(answer, options, report);
  if (answer !== undefined && "value" in answer) return checkValue(answer.value, wanted, known, options, report);
  answer?.from?.forEach((id, i) => {
    if (known.outputs.has(id)) return;
    report("UNKNOWN_STEP", `/answer/from/${i}`, { name: id, steps: [...known.outputs.keys()].slice(0, 12) });
  });
  if (options.synthesizer !== false) return;
  const gives = outputsType(outline, known);
  for (const { by, type } of wanted) {
    if (assignable(gives, type) === "no")
      report("ANSWER_TYPE", "/answer", { by, is: "outputs", ...texts(gives, type) });
  }
}

function checkCritique(answer: DraftAnswer | undefined, { synthesizer }: AnswerOptions, report: Report): void {
  if (answer?.critique === undefined || answer.critique === 0) return;
  const because = "value" in answer ? "value" : synthesizer === false ? "no-synthesizer" : undefined;
  if (because !== undefined) report("CRITIQUE_UNUSED", "/answer/critique", { because }, "warning");
}

/** The types that the answer must have. One that no value has is reported, and not used any further. */
function wantedTypes(answer: DraftAnswer | undefined, options: AnswerOptions, report: Report): readonly Wanted[] {
  const own = ownType(answer, report);
  const run = options.answer && typeFromSchema(options.answer);
  if (own !== undefined && run !== undefined && assignable(own, run) === "no" && assignable(run, own) === "no") {
    report("ANSWER_TYPE", "/answer/type", { by: "run", is: "type", ...texts(own, run) });
    return [{ by: "run", type: run }];
  }
  return [
    ...(own === undefined ? [] : [{ by: "plan" as const, type: own }]),
    ...(run === undefined ? [] : [{ by: "run" as const, type: run }]),
  ];
}

function ownType(answer: DraftAnswer | undefined, report: Report): Type | undefined {
  if (answer?.type === undefined) return undefined;
  const parsed = typeOf(answer.type);
  if (!parsed.ok) {
    report("BAD_TYPE", "/answer/type", { of: "answer", problem: parsed.problem });
    return undefined;
  }
  if (!isEmpty(parsed.type)) return parsed.type;
  report("BAD_TYPE", "/answer/type", { of: "answer", type: shown(parsed.type) });
  return undefined;
}

function checkValue(
  value: Json,
  wanted: readonly Wanted[],
  known: Known,
  options: AnswerOptions,
  report: Report,
): void {
  const site: ExpressionSite = { pointer: "/answer/value", locals: NO_LOCALS };
  const judged = judge(value, site, known, report);
  if (judged.skips.length > 0) report("MAY_BE_SKIPPED", site.pointer, { skipped: judged.skips });
  if (judged.broken) return;
  const problem = options.answer === undefined || refers(value) ? undefined : nonconformity(value, options.answer);
  if (problem !== undefined) report("ANSWER_TYPE", site.pointer, { by: "run", is: "value", problem });
  for (const { by, type } of wanted) {
    if (by === "run" && problem !== undefined) continue;
    if (assignable(judged.type, type) === "no")
      report("ANSWER_TYPE", site.pointer, { by, is: "value", ...texts(judged.type, type) });
  }
}

/** Whether a value holds an expression. Without one, the value is known before the run. */
function refers(value: Json): boolean {
  if (typeof value === "string") return value.includes("${{");
  if (Array.isArray(value)) return (value as readonly Json[]).some(refers);
  return isObject(value) && Object.values(value).some(refers);
}

/** One named step: its output. Several: a record of their outputs by id. */
function outputsType({ answer, nodes }: Outline, { outputs }: Known): Type {
  const named = answer !== undefined && "from" in answer ? answer.from : undefined;
  const ids = named ?? unreferenced(nodes.flatMap(({ step }) => (step === undefined ? [] : [step])));
  const typeOfStep = (id: string): Type => {
    const output = outputs.get(id);
    return output === undefined || output.skippable ? UNKNOWN : output.type;
  };
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return typeOfStep(only);
  const fields = ids.map((id) => [id, { type: typeOfStep(id), optional: false }] as const);
  return { kind: "record", fields: Object.fromEntries(fields), closed: true };
}

const shown = (type: Type): string => beginning(typeText(type), 200);
const texts = (gives: Type, wanted: Type) => ({ gives: shown(gives), wanted: shown(wanted) });
