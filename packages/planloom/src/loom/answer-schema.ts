// The schema of an answer, as a program gives it. In: a Standard Schema, or a JSON Schema object. Out: the JSON Schema
// that the run records, and the program's own check, which may also transform the value.
import { messageOf } from "../error.js";
import { canonicalJson, isObject, type Json, type JsonObject } from "../plan/json.js";
import { wholeSchemaFault } from "../plan/type/schema-fault.js";
import type { RunEvent } from "../run/event.js";
import type { Run } from "../run/state.js";
import type { Listener } from "../engine/engine.js";
import { strictJson } from "../tools/output.js";
import {
  assertNotMixed,
  isStandard,
  MixedSchema,
  readSchema,
  type After,
  type ReadSchema,
  type Schema,
  type StandardSchema,
} from "../tools/schema.js";
import type { ErrorParams } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";
import { valueProblemText } from "../words/problems.js";
import type { RunDocument } from "./document.js";

/** The type of an answer under a schema, after the schema has checked it. Of a JSON Schema: any JSON value. */
export type AnswerOf<S> = S extends StandardSchema<unknown, unknown> ? After<S> : Json;

export interface AnswerSchema {
  readonly json: JsonObject;
  /** Only of a Standard Schema: checks a value, and fills in defaults and transforms. */
  readonly own?: Pick<ReadSchema, "check">;
}

/** The schemas of programs for the answers of their runs, by run id, while this process may write these answers. */
export type AnswerChecks = Map<string, Pick<ReadSchema, "check">>;

/** Throws ANSWER_SCHEMA_INVALID. */
export function soundAnswer(schema: Schema): AnswerSchema {
  const { json: given, own } = readAnswer(schema);
  const copy = strictJson(given);
  if (!copy.ok)
    throw invalid(copy.problem.is === "depth" ? { fault: { at: "", is: "depth", most: copy.problem.most } } : copy);
  const json = copy.value as JsonObject;
  const fault = wholeSchemaFault(json);
  if (fault !== undefined) throw invalid({ fault });
  return { json, ...(own && { own }) };
}

/** The JSON Schema as it was given, or as its library writes it: the side that a model writes. */
function readAnswer(schema: unknown): { readonly json: unknown; readonly own?: ReadSchema } {
  try {
    if (!isStandard(schema)) {
      if (!isObject(schema)) return { json: readSchema(schema, "input").json };
      assertNotMixed(schema);
      return { json: withoutDialect(schema) };
    }
    const own = readSchema(schema, "input");
    return { json: own.json, own };
  } catch (error) {
    if (error instanceof MixedSchema) throw invalid({ mixedAt: error.at });
    throw invalid({ reason: messageOf(error) }, error);
  }
}

const withoutDialect = ({ $schema: _dialect, ...rest }: JsonObject): JsonObject => rest;

function invalid(params: ErrorParams["ANSWER_SCHEMA_INVALID"], cause?: unknown): PlanloomError {
  return new PlanloomError("ANSWER_SCHEMA_INVALID", params, cause === undefined ? {} : { cause });
}

/** The schema for a run that has one already. Throws ANSWER_SCHEMA_INVALID, ANSWER_SCHEMA_DIFFERS. */
export function answerFor(run: Run, schema: Schema): AnswerSchema {
  const sound = soundAnswer(schema);
  const recorded = run.request.answerSchema;
  if (recorded !== undefined && canonicalJson(recorded) === canonicalJson(sound.json)) return sound;
  throw new PlanloomError("ANSWER_SCHEMA_DIFFERS", { runId: run.id, recorded: recorded !== undefined });
}

/** The listener of a run that keeps the program's check for as long as the run may need it. */
export function checkedListener(
  checks: AnswerChecks,
  own: AnswerSchema["own"],
  listener: Listener | undefined,
): Listener | undefined {
  if (own === undefined) return listener;
  return {
    event(event: RunEvent) {
      if (event.type === "run.started") checks.set(event.runId, own);
      if (event.type === "run.completed" || event.type === "run.cancelled") checks.delete(event.runId);
      listener?.event?.(event);
    },
    progress: (progress) => listener?.progress?.(progress),
  };
}

/**
 * The document with the answer as the program's own schema gives it. A run that has not completed has none. Throws
 * ANSWER_REFUSED.
 */
export async function typedDocument(document: RunDocument, { own }: AnswerSchema): Promise<RunDocument<unknown>> {
  if (document.status !== "completed" || own === undefined) return document as RunDocument<unknown>;
  const checked = await own.check(document.answer);
  if (checked.ok) return { ...document, status: "completed", answer: checked.value };
  throw new PlanloomError("ANSWER_REFUSED", { runId: document.runId, reason: valueProblemText(checked.problem) });
}
