// Words for the schema of an answer that a program, or a file, gives; and for an answer that only that schema refuses.
import type { NotJson } from "../../plan/not-json.js";
import type { SchemaFault } from "../../plan/type/schema-keywords.js";
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";
import { notJsonText, orList, quoted } from "../phrases.js";

export interface AnswerErrors {
  /** `reason` is the text of a schema library. */
  ANSWER_SCHEMA_INVALID:
    | { readonly fault: SchemaFault }
    | { readonly problem: NotJson }
    | { readonly reason: string }
    | { readonly file: string };
  ANSWER_SCHEMA_DIFFERS: { readonly runId: string; readonly recorded: boolean };
  ANSWER_REFUSED: { readonly runId: string; readonly reason: string };
}

export const ANSWER_ERRORS: ErrorTable<AnswerErrors> = {
  ANSWER_SCHEMA_INVALID: {
    kind: "usage",
    message: (params) => {
      const cannot = "The schema of the answer cannot be used: ";
      if ("fault" in params) return `${cannot}${faultText(params.fault)}.`;
      if ("reason" in params) return `${cannot}${params.reason}`;
      if ("file" in params) return `${cannot}${params.file} holds no JSON object.`;
      return `${cannot}${notJsonText(params.problem)}.`;
    },
    next: (params) => {
      if ("fault" in params) return [faultAdvice(params.fault)];
      if ("file" in params)
        return ['Write a JSON Schema, for example { "type": "array", "items": { "type": "string" } }.'];
      return [
        "Give a schema that can be written as JSON Schema: use texts where it has dates, and transforms only after them.",
      ];
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

const place = (pointer: string): string => (pointer === "" ? "" : ` at ${pointer}`);

const faultText: (fault: SchemaFault) => string = byCase("fault", {
  keyword: ({ keyword, pointer }) => `it uses ${quoted(keyword)}${place(pointer)}, which nothing here checks`,
  near: ({ keyword, pointer }) => `there is no keyword ${quoted(keyword)}${place(pointer)}`,
  type: ({ type, pointer }) => `there is no type ${quoted(type)}${place(pointer)}`,
  value: ({ keyword, pointer, wanted }) => `the value of ${quoted(keyword)}${place(pointer)} must be ${wanted}`,
  pattern: ({ pointer, text }) => `the pattern${place(pointer)} is no regular expression (${text})`,
  reference: ({ reference, pointer }) =>
    `there is nothing at ${quoted(reference)}, which${place(pointer)} is referred to`,
  size: ({ bytes, most }) => `it has ${bytes} bytes, and may have ${most}`,
  depth: ({ most }) => `it nests deeper than ${most}`,
  nodes: ({ most }) => `it has more than ${most} parts`,
});

const faultAdvice: (fault: SchemaFault) => string = byCase("fault", {
  keyword: ({ instead }) => (instead === undefined ? "Leave it out." : `Write it with "${instead}", or leave it out.`),
  near: ({ near }) => `Write "${near}".`,
  type: ({ types }) => `Write ${orList(types.map(quoted))}.`,
  value: ({ wanted }) => `Write ${wanted} there.`,
  pattern: () => "Correct the pattern.",
  reference: () => 'Refer to a part of the same schema, such as "#/$defs/name".',
  size: () => "Use a smaller schema: describe the answer, and not its data.",
  depth: () => "Use a flatter schema.",
  nodes: () => "Use a smaller schema.",
});
