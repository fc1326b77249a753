// Notes of the reader: each change by an adapter, as data. In: nothing. Out: the parameters of each note, by its code.
// src/words/ phrases them; docs/plan-format.md lists every adapter.
import type { FormAdapter } from "./spellings.js";

type None = { readonly [name: string]: never };
type Names = readonly string[];

/** Faults in JSON that can be repaired without guessing. */
export type RepairCode =
  | "BARE_KEY"
  | "COMMENT"
  | "CURLY_QUOTES"
  | "ESCAPE_DROPPED"
  | "LINE_BREAK_IN_TEXT"
  | "MISSING_COMMA"
  | "ODD_SPACE"
  | "PYTHON_LITERAL"
  | "SINGLE_QUOTES"
  | "TRAILING_COMMA"
  | "TRIPLE_QUOTES"
  | "TUPLE";

/** The number of faults, and the place of the first. */
interface Repaired {
  readonly count: number;
  readonly line: number;
  readonly column: number;
}

interface Rewritten {
  readonly written: string;
  /** The expression after the change. */
  readonly source: string;
}

type RepairParams = { readonly [Code in RepairCode]: Repaired };
type ReferenceParams = { readonly [Code in FormAdapter]: Rewritten };

/** Notes on the text as a whole: how the document was found. */
export interface TextNoteParams extends RepairParams {
  readonly READ_AS_YAML: None;
  readonly FENCE: None;
  readonly TAG: None;
  readonly THINKING_LEFT_OUT: None;
  readonly TEXT_AROUND: None;
  readonly JSON_IN_TEXT: None;
  readonly NUMBERED_TEXT: None;
  readonly CALL_TEXT: None;
  readonly CALL_MARKUP: None;
  readonly CALLS_OPENED: None;
  readonly JOIN_LEFT_OUT: None;
  readonly LIST_IN_ORDER: None;
  readonly LIST_DEPENDENCIES: None;
  readonly GRAPH_TEXT: None;
  readonly STEPS_IN_ROW: None;
  /** `acting`: the number of steps that wait for approval now. */
  readonly PLAN_APPROVAL_IN_TEXT: { readonly text: string; readonly acting: number };
}

/** Notes on the fields of the document and of its steps. */
export interface NoteParams extends TextNoteParams, ReferenceParams {
  readonly BARE_LIST: None;
  /** `left` are the fields beside the plan that were left out. */
  readonly UNWRAPPED_PLAN: { readonly field: string; readonly left: Names; readonly to: "document" | "steps" };
  readonly STEP_MAP: None;
  readonly EDGES_READ: { readonly field: string };
  readonly RECORD_LEFT_OUT: None;
  readonly LEFT_OUT: { readonly field: string };
  readonly NULL_DROPPED: { readonly field: string };
  readonly FIELD_RENAMED: { readonly from: string; readonly to: string };
  readonly CALL_OPENED: { readonly field: string };
  /** A tool's name in another spelling. */
  readonly TOOL_NAME: { readonly written: string; readonly tool: string };
  readonly ONE_AS_LIST: { readonly field: string };
  readonly EACH_OPENED: None;
  readonly REPEAT_READ: { readonly fields: readonly string[] };
  readonly OUTPUT_NAMED: { readonly field: string; readonly names: Names };
  readonly ANSWER_NAMED: None;
  /** An argument in another form, with the same meaning. */
  readonly ARGUMENT_READ: { readonly argument: string; readonly as: "number" | "boolean" | "text" | "list" | "record" };
  readonly NO_TOOL: { readonly tool: string };
  readonly MODEL_CALL: { readonly tool: string };
  readonly NAMED_ARGUMENTS: { readonly field: string };
  readonly TEXT_ARGUMENT: { readonly field: string; readonly argument: string };
  readonly TEXT_STEP: None;
  readonly ID_GIVEN: { readonly id: string };
  readonly ID_REWRITTEN:
    | { readonly field: string; readonly written: string; readonly id: string }
    /** The field `dependsOn` before the change. */
    | { readonly ids: Names };
  readonly NO_DEPENDENCY: None;
  readonly DEPENDENCY_IN_TEXT: { readonly ids: Names };
  readonly APPROVAL_IN_TEXT: { readonly text: string };
  readonly HINTS_EMPTY: None;
  readonly AGENT_FROM_DESCRIPTION: None;
  readonly FILL_FROM_DESCRIPTION: None;
  readonly EXPRESSION_WRAPPED: { readonly field: string };
  readonly EXPRESSION_READ: None;
  readonly TYPE_READ: None;
  readonly REFERENCE_STEPS: None;
}
export type NoteCode = keyof NoteParams;

/** The text as written, and as read. */
interface Change {
  readonly before?: string;
  readonly after?: string;
}

/** A change by an adapter. */
export type ReadNote = {
  readonly [Code in NoteCode]: {
    /** The adapter. */
    readonly code: Code;
    readonly params: NoteParams[Code];
    /** The place in the draft; "" for the text as a whole. */
    readonly pointer: string;
  } & Change;
}[NoteCode];

/** A note on the text as a whole. */
export type TextNote = Omit<ReadNote, "pointer">;

/** Makes a note on the text as a whole. */
export function textNote<Code extends keyof TextNoteParams>(
  code: Code,
  params: TextNoteParams[Code],
  change: Change = {},
): TextNote {
  return { code, params, ...change };
}

/** Records a note at a pointer. `before` and `after` are any values. They are cut to LIMITS.noteChars. */
export type TakeNote = <Code extends NoteCode>(
  code: Code,
  params: NoteParams[Code],
  pointer: string,
  change?: { readonly before: unknown; readonly after?: unknown },
) => void;
