// The words of the reader's notes: what it rewrote. In: notes as data. Out: a sentence for each.
import type { NoteCode, NoteParams, ReadNote, RepairCode } from "../plan/read/note-params.js";
import type { FormAdapter } from "../plan/read/spellings.js";
import { textOr } from "./words.js";

type NoteTable<Codes extends NoteCode> = { readonly [Code in Codes]: (params: NoteParams[Code]) => string };

const repaired =
  (what: string) =>
  ({ count, line, column }: NoteParams[RepairCode]): string =>
    `${what}${count === 1 ? "" : `, ${count} times, first`} at ${line}:${column}.`;

const REPAIRS: NoteTable<RepairCode> = {
  BARE_KEY: repaired("A key without quotes was read as text"),
  COMMENT: repaired("A comment was left out"),
  CURLY_QUOTES: repaired("Curly quotes were read as quotes"),
  ESCAPE_DROPPED: repaired("A backslash that JSON does not know was left out"),
  LINE_BREAK_IN_TEXT: repaired("A line break or control character inside a text was kept"),
  MISSING_COMMA: repaired("A missing comma was added"),
  ODD_SPACE: repaired("An unusual space was read as a space"),
  PYTHON_LITERAL: repaired("True, False and None are true, false and null"),
  SINGLE_QUOTES: repaired("Single quotes were read as quotes"),
  TRAILING_COMMA: repaired("A comma before a closing bracket was left out"),
  TRIPLE_QUOTES: repaired("Triple quotes were read as quotes"),
  TUPLE: repaired("A tuple was read as a list"),
};

const reference = ({ written, source }: NoteParams[FormAdapter]): string => `${written} is read as \${{ ${source} }}.`;

const REFERENCES: NoteTable<FormAdapter> = {
  REFERENCE_HASH_E: reference,
  REFERENCE_DOLLAR: reference,
  REFERENCE_DOLLAR_BRACE: reference,
  REFERENCE_DOLLAR_NAME: reference,
  REFERENCE_DOLLAR_PATH: reference,
  REFERENCE_BRACES: reference,
  REFERENCE_BRACE: reference,
  REFERENCE_MARKED: reference,
  REFERENCE_BARE: reference,
  REFERENCE_INDEX: reference,
  REFERENCE_NODE: reference,
  REFERENCE_GENERATED: reference,
  REFERENCE_OUTPUT_OF: reference,
};

const block = (): string => "The document was taken from its block; the text around it was left out.";

const WORDS: NoteTable<NoteCode> = {
  ...REPAIRS,
  ...REFERENCES,
  READ_AS_YAML: () => "The document is not strict JSON; it was read as YAML.",
  FENCE: block,
  TAG: block,
  THINKING_LEFT_OUT: () => "The model's thinking before the plan was left out.",
  TEXT_AROUND: () => "The text around the JSON document was left out.",
  JSON_IN_TEXT: () => "The document was written as a JSON text.",
  NUMBERED_TEXT: () => "A numbered list is the list of steps; the text around it was left out.",
  CALL_TEXT: () => "A call written as text is a tool step.",
  CALL_MARKUP: () => "Calls in a model's markup are tool steps.",
  CALLS_OPENED: () => "Calls in the form of a model's API are tool steps.",
  LIST_IN_ORDER: () => "Items that do not say what they wait for are done in the order of the list.",
  LIST_DEPENDENCIES: () => "The steps that an item names are its dependsOn.",
  GRAPH_TEXT: () => "The nodes of a graph are the steps, and its edges are their dependsOn.",
  JOIN_LEFT_OUT: () => "join() at the end is the answer, not a step.",
  STEPS_IN_ROW: () => "Steps one after the other are a list of steps.",
  BARE_LIST: () => "A bare list is the list of steps.",
  UNWRAPPED_PLAN: ({ field, left, to }) => {
    const what = to === "steps" ? `${field} is written steps` : `The document is the value of ${field}`;
    return `${what}${left.length === 0 ? "" : `; these fields beside it were left out: ${left.join(", ").slice(0, 200)}`}.`;
  },
  STEP_MAP: () => "An object of numbered steps is the list of its values.",
  EDGES_READ: ({ field }) => `${field} says which steps wait for which: dependsOn.`,
  RECORD_LEFT_OUT: () => "revision, hash and cause are a run's record, not the plan.",
  LEFT_OUT: ({ field }) => `${field} is not part of a plan.`,
  NULL_DROPPED: ({ field }) => `${field}: null means the same as leaving it out.`,
  FIELD_RENAMED: ({ from, to }) => `${from} is written ${to}.`,
  CALL_OPENED: ({ field }) => `The call in ${field} is tool and with.`,
  TOOL_NAME: ({ written, tool }) => `${JSON.stringify(written)} is the tool ${tool}.`,
  ONE_AS_LIST: ({ field }) => `The text of ${field} is a list.`,
  EACH_OPENED: () => "The record of forEach is forEach and as.",
  REPEAT_READ: ({ fields }) => `${fields.join(" and ")} ${fields.length === 1 ? "is" : "are"} written repeat.`,
  OUTPUT_NAMED: ({ field, names }) =>
    `${field} gives the output of the step a name: ${names.join(", ").slice(0, 200)}.`,
  ANSWER_NAMED: () => "The answer names the steps that it is written from.",
  ARGUMENT_READ: ({ argument, as }) => `The argument ${argument} is read as a ${as}.`,
  NO_TOOL: ({ tool }) => `The tool ${JSON.stringify(tool)} means that none is called.`,
  MODEL_CALL: ({ tool }) => `${tool} is the model: the step is an agent step.`,
  NAMED_ARGUMENTS: ({ field }) => `The pairs of ${field} are arguments by name.`,
  TEXT_ARGUMENT: ({ field, argument }) => `The text of ${field} is the argument ${argument}.`,
  TEXT_STEP: () => "A step written as plain text is an agent step.",
  ID_GIVEN: ({ id }) => `A step without an id is called ${id}.`,
  ID_REWRITTEN: (params) =>
    "ids" in params
      ? `dependsOn names the ids ${params.ids.join(", ")}.`
      : `${params.field} ${params.written} is the id ${params.id}.`,
  NO_DEPENDENCY: () => "none and -1 mean that a step waits for no other.",
  APPROVAL_IN_TEXT: ({ text }) => `The words "${text}" want approval, so the step waits for approval.`,
  PLAN_APPROVAL_IN_TEXT: ({ text, acting }) =>
    `The words "${text}" want approval for the plan, ` +
    (acting === 0 ? "but no step of it acts." : "so each step that may act waits for approval."),
  DEPENDENCY_IN_TEXT: ({ ids }) => `The instruction names the outputs of ${ids.join(", ")}.`,
  HINTS_EMPTY: () => "Without tool hints the step chooses its tools: tools is all.",
  AGENT_FROM_DESCRIPTION: () =>
    "A step with neither tool nor agent is an agent step; its description is the instruction.",
  FILL_FROM_DESCRIPTION: () => "A tool step without arguments has them written by a model from its description.",
  EXPRESSION_WRAPPED: ({ field }) => `${field} is an expression and stands in \${{ }}.`,
  EXPRESSION_READ: () => "An expression as another language writes it is read in ours.",
  TYPE_READ: () => "A type as another language writes it is read in ours.",
  REFERENCE_STEPS: () => "Steps are named without steps. before them, and without .output behind them.",
};

export const NOTE_CODES = Object.keys(WORDS) as readonly NoteCode[];

/** A note as people read it. */
export type WordedNote = ReadNote & { readonly message: string };

export function noteMessage({ code, params }: ReadNote): string {
  // Code and parameters belong together, which the compiler cannot see in an index by a union.
  return textOr({ code, ...params }, () => (WORDS[code] as (params: unknown) => string)(params));
}

export const wordedNotes = (notes: readonly ReadNote[]): readonly WordedNote[] =>
  notes.map((note) => ({ ...note, message: noteMessage(note) }));
