// Argument filling: the executor model writes the arguments that a tool step's `with` leaves out. In: the step, its
// tool, the given arguments. Out: the added arguments, never one of the given ones. Filled arguments are recorded, and
// approved, before the tool is called.
import type { Model, ModelMessage, ModelReply } from "../../model/port.js";
import { isObject, type JsonObject } from "../../plan/json.js";
import type { ToolStep } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import type { RecordType } from "../../plan/type/type.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import { askModel } from "../ask-model.js";
import { failWith, type ReplyProblem } from "../../run/failure.js";
import { problemText } from "../../words/reply-problems.js";
import type { AgentContext } from "../checkpoint.js";
import { jsonReadings, misfitOf } from "../typed/json-reply.js";
import { Previews } from "../preview.js";
import { fillCorrection, fillStep, fillSystem, type StepFacts } from "../prompts.js";
import { failureOf, StepFailure } from "../step-failure.js";
import { fromStrict, recordSchema } from "../typed/strict-schema.js";
import { withoutTextValues } from "../typed/text-values.js";

export interface FillRequest extends StepFacts {
  readonly step: ToolStep;
  readonly spec: ToolSpec;
  /** Replaces the opening of the executor's prompt. */
  readonly instructions?: string;
}

export interface FillResult {
  /** Only the arguments that the model added; none of them is in `request.args`. */
  readonly args: JsonObject;
  readonly usage: Usage;
}

type Read = { readonly ok: true; readonly args: JsonObject } | { readonly ok: false; readonly problem: ReplyProblem };

/** Fills arguments, with one correction. Throws StepFailure: FILL_FAILED (retryable), or the codes of the provider. */
export async function fillArguments(request: FillRequest, model: Model, context: AgentContext): Promise<FillResult> {
  const missing = missingArguments(request.spec, request.args);
  if (missing.closed === true && Object.keys(missing.fields).length === 0) return { args: {}, usage: NO_USAGE };
  const previews = new Previews();
  const messages: ModelMessage[] = [{ role: "user", text: fillStep(request, request.spec, missing, previews) }];
  const output = { name: "arguments", schema: recordSchema(missing, false) };
  let usage = NO_USAGE;
  let problem: ReplyProblem = { code: "EMPTY" };
  try {
    for (const name of ["fill", "fill correction"]) {
      const system = fillSystem(request.instructions);
      const reply = await askModel(name, { system, messages: [...messages], output }, model, context);
      usage = addUsage(usage, reply.usage);
      const read = readArguments(reply, missing, request.args);
      if (read.ok) return { args: read.args, usage };
      problem = read.problem;
      messages.push(
        { role: "assistant", text: reply.text || "(empty)" },
        { role: "user", text: fillCorrection(problemText(problem)) },
      );
    }
  } catch (thrown) {
    throw failureOf(thrown, context.signal, usage);
  }
  const failed = failWith("FILL_FAILED", { tool: request.spec.name, problem }, { retryable: true });
  throw new StepFailure(failed, usage);
}

/** The tool's arguments without the given ones. */
function missingArguments(spec: ToolSpec, given: JsonObject): RecordType {
  const type = typeFromSchema(spec.input);
  if (type.kind !== "record") return { kind: "record", fields: {} };
  const fields = Object.entries(type.fields).filter(([name]) => !Object.hasOwn(given, name));
  const nothingLeft = fields.length === 0 && Object.keys(type.fields).length > 0;
  return { ...type, fields: Object.fromEntries(fields), ...(nothingLeft && { closed: true as const }) };
}

function readArguments(reply: ModelReply, missing: RecordType, given: JsonObject): Read {
  if (reply.finish === "length") return { ok: false, problem: { code: "CUT" } };
  const [value] = jsonReadings(reply.text.trim());
  if (value === undefined) return { ok: false, problem: { code: "NOT_AN_OBJECT" } };
  const plain = withoutTextValues(fromStrict(value, missing), missing);
  if (!isObject(plain)) return { ok: false, problem: { code: "NOT_AN_OBJECT" } };
  const args = Object.fromEntries(Object.entries(plain).filter(([name]) => isMissing(name, missing, given)));
  const problem = misfitOf(args, missing);
  return problem === undefined ? { ok: true, args } : { ok: false, problem };
}

/** Whether the model may write this argument. Given and unknown arguments are ignored. */
function isMissing(name: string, missing: RecordType, given: JsonObject): boolean {
  if (Object.hasOwn(given, name)) return false;
  return Object.hasOwn(missing.fields, name) || (Object.keys(missing.fields).length === 0 && missing.closed !== true);
}
