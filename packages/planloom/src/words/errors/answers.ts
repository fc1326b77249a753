// Words for the schema of an answer that a program, or a file, gives; and for an answer that only that schema refuses.
import type { NotJson } from "../../plan/not-json.js";
import type { SchemaFault } from "../../plan/type/schema-fault.js";
import type { ErrorTable } from "../error-words.js";
import { notJsonText } from "../phrases.js";
import { schemaFaultAdvice, schemaFaultText } from "./schemas.js";

export interface AnswerErrors {
  /** `reason` is the text of a schema library. */
  ANSWER_SCHEMA_INVALID:
    | { readonly fault: SchemaFault }
    | { readonly problem: NotJson }
    | { readonly reason: string }
    | { readonly file: string }
    /** A plain object that holds a schema of a library, which is at `mixedAt`. */
    | { readonly mixedAt: string };
  ANSWER_SCHEMA_DIFFERS: { readonly runId: string; readonly recorded: boolean };
  ANSWER_REFUSED: { readonly runId: string; readonly reason: string };
}

const USABLE = "Use a zod 4 schema, another one with Standard JSON Schema, or a plain JSON Schema object.";
const WRITABLE = "JSON Schema has no dates and no transforms: use texts in place of dates, and transform at the end.";

export const ANSWER_ERRORS: ErrorTable<AnswerErrors> = {
  ANSWER_SCHEMA_INVALID: {
    kind: "usage",
    message: (params) => {
      const cannot = "The schema of the answer cannot be used: ";
      if ("fault" in params) return `${cannot}${schemaFaultText(params.fault)}.`;
      if ("reason" in params) return `${cannot}${params.reason}.`;
      if ("mixedAt" in params) return `${cannot}it is a plain object with a schema of a library at ${params.mixedAt}.`;
      if ("file" in params) return `${cannot}${params.file} holds no JSON object.`;
      return `${cannot}${notJsonText(params.problem)}.`;
    },
    next: (params) => {
      if ("fault" in params) return [schemaFaultAdvice(params.fault)];
      if ("file" in params)
        return ['Write a JSON Schema, for example { "type": "array", "items": { "type": "string" } }.'];
      if ("mixedAt" in params) return ["Wrap the fields: answer: z.object({ ... })."];
      return ["reason" in params ? `${USABLE} ${WRITABLE}` : WRITABLE];
    },
  },
  ANSWER_SCHEMA_DIFFERS: {
    kind: "usage",
    message: ({ runId, recorded }) =>
      recorded
        ? `Run ${runId} was started with another schema for its answer.`
        : `Run ${runId} was started without a schema for its answer.`,
    next: ({ recorded }) => [
      recorded
        ? "Give the schema that the run was started with, or leave `answer` out: the document holds the answer as JSON."
        : "Leave `answer` out: the answer has no type.",
    ],
  },
  ANSWER_REFUSED: {
    kind: "run",
    message: ({ runId, reason }) =>
      `The answer of run ${runId} fits its JSON Schema, but the program's own schema refuses it: ${reason}`,
    next: ({ runId }) => [
      "The run has completed. Read the answer as JSON with ",
      { action: "answer", runId },
      ", and say in the schema what JSON Schema can express, so that the run checks it.",
    ],
  },
};
