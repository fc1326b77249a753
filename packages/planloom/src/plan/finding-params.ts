// The parameters of each finding, by its code, as JSON data. In: nothing. Out: types. src/words/ phrases them. The
// tables of docs/plan-format.md are made from the comments here: severity, then the fault.
import type { BuiltInSetting } from "./built-in.js";
import type { ExpressionProblem, InferenceParams } from "./expression/problem.js";
import type { JsonObject } from "./json.js";
import type { Misfit } from "./type/conform.js";
import type { Gist } from "./type/type.js";
import type { TypeProblem } from "./type/text.js";

type None = { readonly [name: string]: never };
type Names = readonly string[];

/** Findings of reading a text. */
export interface ReadingParams {
  /** Error. The text holds no plan. */
  readonly NO_PLAN: { readonly empty: boolean };
  /** Error. The planner asks questions instead of planning. */
  readonly QUESTIONS: { readonly questions: Names };
  /** Error. The model declined to plan, or a content filter withheld its reply. */
  readonly REFUSAL: { readonly by: "model" | "filter" };
  /** Error. The text holds several plans that differ. */
  readonly SEVERAL_PLANS: None;
  /** Error. The text ends in the middle of the document, or the reply was cut off at the output limit. */
  readonly TRUNCATED: { readonly cut: "text" | "reply" };
  /**
   * Error. The text is neither JSON that can be repaired without guessing nor plain YAML: a repeated key, a tag, an
   * open quote, an escape with two meanings.
   */
  readonly BAD_SYNTAX: { readonly form: "json" | "yaml" | "call" | "any"; readonly problem: SyntaxProblem };
  /** Error. An item of a list is a call that cannot be read. */
  readonly CALL_UNREADABLE: {
    readonly text: string;
    readonly problem: SyntaxProblem;
    /** The call as it should be written, if the tool is known. */
    readonly instead?: string;
  };
  /** Error. An item in a list of calls is no call. */
  readonly ITEM_IS_NO_CALL: { readonly text: string };
  /** Error. The document is over its size. */
  readonly TOO_LARGE:
    | { readonly of: "draft"; readonly bytes: number; readonly most: number }
    | {
        readonly of:
          "text" | "steps" | "expressions" | "references" | "fields" | "yaml-characters" | "yaml-signs" | "loose-json";
        readonly most: number;
      };
  /** Error. A value nests deeper than 64 levels. */
  readonly TOO_DEEP: { readonly of: "document" | "draft" | "patch"; readonly most: number };
  /** Error. YAML aliases expand more than 50 times. */
  readonly TOO_MANY_ALIASES: { readonly most: number };
}

/** Why a text cannot be parsed. `text` is the parser's message. `found` are the characters at that place. */
export type SyntaxProblem =
  | { readonly kind: "parser" | "reader"; readonly text: string }
  | { readonly kind: "key-twice" | "colon-missing"; readonly key: string }
  | {
      readonly kind: "comma-expected" | "key-expected" | "value-expected" | "bad-number" | "bare-text";
      readonly found: string;
    }
  | { readonly kind: "bad-escape"; readonly escape: string }
  | { readonly kind: "bad-code-unit"; readonly escape: string; readonly digits: number }
  | { readonly kind: "ellipsis" | "no-beginning" | "no-value" | "odd-plain-text" | "call-markup" | "no-names" };

/** Findings on the fields of a draft, and on its names. */
export interface ShapeParams {
  /** Error. The check itself failed. */
  readonly CHECK_FAILED: { readonly text: string };
  /** Error. `steps` is empty. */
  readonly EMPTY_PLAN: None;
  /** Error. More steps than allowed. */
  readonly TOO_MANY_STEPS: { readonly steps: number; readonly most: number };
  /** Error. A field has a value that is not allowed. */
  readonly BAD_VALUE:
    /**
     * A part that should be an object or a list, and is not. `data`: the place is not JSON. `inputs`: those of the run.
     */
    | { readonly part: "data" | "inputs" | "draft" | "answer" | "steps" | "step" | "patch" }
    /**
     * `wanted` is what the schema says about the field, `form` what its value has to be. `text` is zod's message about
     * the value, if neither is known.
     */
    | (Field & {
        readonly found: string;
        readonly wanted?: string;
        readonly form?: ValueForm;
        readonly text?: string;
      });
  /** Error. A required field is missing. */
  readonly MISSING_FIELD: { readonly part: "steps" } | (Field & { readonly wanted?: string });
  /**
   * Error. There is no such field here. `setting`: other programs name a setting so, and this is ours. `instead`: the
   * field of a step that means the same. "": it has no meaning here. `tool`: the tool of the step has an argument of
   * that name.
   */
  readonly UNKNOWN_FIELD: Field & {
    readonly near: Names;
    readonly fields: Names;
    readonly setting?: string;
    readonly instead?: string;
    readonly tool?: string;
  };
  /** Error. A key reaches an object's prototype. */
  readonly FORBIDDEN_KEY: { readonly key: string };
  /** Error. A step has none, or more than one, of `tool`, `agent` and `ask`. */
  readonly WRONG_KIND: { readonly kinds: Names };
  /** Error. A name is not legal. */
  readonly BAD_ID: { readonly field: string; readonly name?: string };
  /** Error. A name is a word of expressions. */
  readonly RESERVED_ID: { readonly name: string };
  /** Error. Two steps have the same id. */
  readonly DUPLICATE_ID: {
    readonly id: string;
    /** 1-based number of the step that has it already. Absent in a patch. */
    readonly first?: number;
  };
  /** Error. `as` is the id of a step. */
  readonly AS_IS_STEP: { readonly name: string };
}

/** What the value of a field has to be. `input`: the declaration of an input. */
export type ValueForm =
  | { readonly kind: "one-of"; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly kind: "text" | "number" | "boolean" | "list" | "object" | "input" }
  | { readonly kind: "least" | "most"; readonly limit: number };

interface Field {
  readonly field: string;
  /** The field belongs to a patch, not to a plan. */
  readonly patch?: true;
}

/** Findings on tools, references, types and the order of steps. Types are in the notation of `output`. */
export interface DataParams {
  /** Error. The inventory has no such tool. */
  readonly UNKNOWN_TOOL: {
    readonly tool: string;
    readonly near: Names;
    readonly tools: Names;
    readonly of: number;
    /** MCP servers that were not asked for their tools yet. */
    readonly unopened?: Names;
    /** The name has the form SERVER.TOOL, and there is no such server. */
    readonly server?: string;
  };
  /** Error. The tool is one of a server that was not asked for its tools yet. */
  readonly SERVER_NOT_OPENED: { readonly tool: string; readonly server: string };
  /** Error. The tool is built in, and a setting or a model that it needs is missing. `meant` is its own name. */
  readonly TOOL_NOT_SET_UP: {
    readonly tool: string;
    readonly meant: string;
    readonly setting: BuiltInSetting;
    readonly near: Names;
  };
  /**
   * Error. An integer has more digits than a number can hold. `digits` as written, if they are known; `becomes`: the
   * rounded number.
   */
  readonly LONG_INTEGER: { readonly digits?: string; readonly becomes: string };
  /** Error. An argument that the tool needs is not given. */
  readonly MISSING_ARGUMENT: { readonly tool: string; readonly argument: string; readonly type: string };
  /** Error. A file, table, host or the like that a call needs does not exist. `what` and `near` are the tool's words. */
  readonly STATE_MISSING: { readonly tool: string; readonly what: string; readonly near: Names };
  /** Warning. A tool could not tell whether what a call needs exists. `text` is of the error that it threw. */
  readonly PRECHECK_FAILED:
    | { readonly tool: string; readonly why: "late"; readonly ms: number }
    | { readonly tool: string; readonly why: "threw"; readonly text: string };
  /** Error. The tool has no such argument. */
  readonly UNKNOWN_ARGUMENT: {
    readonly tool: string;
    readonly argument: string;
    readonly near: Names;
    readonly arguments: Names;
  };
  /** Error. An argument can never be of the type that the tool wants. */
  readonly ARGUMENT_TYPE: {
    readonly argument: string;
    readonly tool?: string;
    /** A JSON pointer into the argument. */
    readonly path?: string;
    readonly found: Gist | { readonly type: string };
    readonly wanted: string;
    readonly instead?: Instead;
  };
  /** Error. An expression uses a name that is neither a step nor known there. */
  readonly UNKNOWN_REFERENCE:
    | { readonly name: string; readonly meant: "input" | "output" | "secret" | "item" | "round" | "steps" }
    | { readonly name: string; readonly near: Names; readonly steps: Names }
    /** A form of another system. The steps are numbered from `first`; the form seems to count from `counted`. */
    | { readonly written: string; readonly first?: number; readonly counted?: number };
  /** Error. A form of another system names a step, and may also be plain text. */
  readonly AMBIGUOUS_REFERENCE: { readonly written: string; readonly why: "money" | "quoted" };
  /**
   * Error. A whole value looks like a reference in another notation, or stands for a value that is not known. A tool
   * would take it as it stands.
   */
  readonly REFERENCE_LIKE_TEXT: {
    readonly written: string;
    /** The expression that is probably meant. */
    readonly source?: string;
    /** The steps that it can refer to. */
    readonly steps: Names;
  };
  /** Error. A step refers to itself or depends on itself. */
  readonly SELF_REFERENCE: { readonly step: string; readonly in: "dependsOn" | "expect" | "reference" };
  /** Error. A reference stands in an instruction or a name. */
  readonly REFERENCE_PLACE: None;
  /** Error. A reference cannot be read, or has other text around it in a field that takes exactly one reference. */
  readonly BAD_EXPRESSION: {
    readonly problem: ExpressionProblem;
    readonly near?: string;
    /** The reference as it may be meant, if it is written as in another language. */
    readonly instead?: string;
  };
  /** Error or warning. A field is not in the type; a warning if one of several types has it. */
  readonly PATH_NOT_IN_TYPE: InferenceParams["PATH_NOT_IN_TYPE"];
  /** Error or warning. An operator or function accepts none of the possible values, or not all of them. */
  readonly TYPE_MISMATCH: InferenceParams["TYPE_MISMATCH"];
  /** Error. `when`, `expect` or `until` is never true or false. */
  readonly CONDITION_NOT_BOOLEAN: {
    readonly type: string;
    readonly compare: "list" | "boolean" | "number" | "other";
  };
  /** Error. `expect` is prose, and no model can judge by it: a person gives the output, or there is no such model. */
  readonly PROSE_NOT_JUDGED: { readonly step: string; readonly because: "ask" | "no-model" };
  /** Warning. `answer.critique` has no effect: no model writes the answer. */
  readonly CRITIQUE_UNUSED: { readonly because: "value" | "no-synthesizer" };
  /** Error. `forEach` is never a list. */
  readonly FOREACH_NOT_A_LIST: { readonly type: string; readonly instead?: Instead };
  /** Error. A step that asks a person, or runs for each item of a list, has `repeat`. */
  readonly REPEAT_PLACE: { readonly beside: "ask" | "forEach" };
  /** Warning. `until` reads nothing that a round changes. */
  readonly UNTIL_NEVER_CHANGES: None;
  /** Warning. No round gets anything of the round before: each makes the same call, or asks the model the same. */
  readonly ROUNDS_ALIKE: { readonly step: string; readonly tool?: string };
  /** Error or warning. A value inside a text is null, or may be. */
  readonly NULL_IN_TEXT: InferenceParams["NULL_IN_TEXT"];
  /** Warning. A value that may be null is used as if it were not. */
  readonly POSSIBLY_NULL: InferenceParams["POSSIBLY_NULL"];
  /** Warning. Dividing two integers drops the fraction. */
  readonly INTEGER_DIVISION: InferenceParams["INTEGER_DIVISION"];
  /** Warning; error in `answer.value`. A step whose output is used may be skipped. Then this part is skipped, too. */
  readonly MAY_BE_SKIPPED: {
    readonly skipped: Names;
    /** The step that would be skipped too. Absent for the answer. */
    readonly step?: string;
  };
  /** Error. `dependsOn` names no step. */
  readonly UNKNOWN_DEPENDENCY: { readonly name: string; readonly near: Names; readonly steps: Names };
  /** Error. Steps wait for each other. */
  readonly CYCLE: { readonly path: Names };
  /** Error. `dependsOn` says the opposite of the references. */
  readonly CONTRADICTING_ORDER: { readonly from: string; readonly to: string; readonly path: Names };
  /** Error; warning for a given input that the plan does not declare. There is no such input. */
  readonly UNKNOWN_INPUT: { readonly name: string; readonly near: Names } & (
    { readonly given: true } | { readonly inputs: Names }
  );
  /** Error. The run has no value for an input. */
  readonly MISSING_INPUT: { readonly name: string; readonly type: string; readonly near: Names };
  /** Error. A given value or default is not of the input's type. */
  readonly INPUT_TYPE: {
    readonly name: string;
    readonly of: "default" | "run";
    readonly path?: string;
    readonly found: Gist;
    readonly wanted: string;
    /** The type of the whole input. */
    readonly type: string;
    /** How a value of it is written. Absent if the type is not declared, and in logs of earlier builds. */
    readonly example?: string;
  };
  /** Error. A type cannot be read, or no value has it. */
  readonly BAD_TYPE:
    | { readonly of: "input" | "output" | "answer"; readonly problem: TypeProblem }
    | { readonly of: "output" | "answer"; readonly type: string };
  /** Warning. `output` is a description and not a type. The type of the output is unknown. */
  readonly OUTPUT_DESCRIBED: { readonly words: string; readonly tool?: string };
  /** Error. The tool can never give the declared `output`. */
  readonly OUTPUT_TYPE: { readonly tool: string; readonly gives: string; readonly declared: string };
  /**
   * Error. The answer can never have its type. `is`: the type in the plan contradicts the type of the run; or the
   * plan's value, or the outputs that are the answer without a model, have another type. `by`: whose type it is.
   */
  readonly ANSWER_TYPE: { readonly by: "plan" | "run" } & (
    | { readonly is: "type" | "value" | "outputs"; readonly gives: string; readonly wanted: string }
    | { readonly is: "value"; readonly problem: Misfit }
  );
  /** Error. `answer.from` names no step. */
  readonly UNKNOWN_STEP: { readonly name: string; readonly steps: Names };
  /**
   * Warning. An agent step has no tools, and its text names some. `approval`: only in logs of earlier builds, in which an
   * agent step did not get a tool that needs approval.
   */
  readonly TOOL_NOT_GIVEN: { readonly step: string; readonly tools: Names; readonly approval?: true };
  /** Warning. A text says nothing, or only words that fit any step, such as "handle data". */
  readonly NO_TEXT: { readonly text: string };
  /**
   * Warning. An agent step mixes what the guard would ask about: untrusted reads with effects, or private data with a
   * way out.
   */
  readonly STEP_MIXES: { readonly step: string; readonly reads: Names; readonly acts: Names; readonly leaves?: true };
  /** Warning. The output of a step is not used. */
  readonly UNUSED_STEP: {
    readonly step: string;
    /** The pointer of a text after it that looks like a reference. */
    readonly text?: string;
  };
  /** Warning. No step waits for another one or gets its output, and no answer joins them. */
  readonly NO_ORDER: { readonly steps: Names };
  /** Warning. A model's step neither uses another step's output nor gives any step its own. */
  readonly NO_HANDOFF: { readonly step: string };
  /** Warning. More steps than wanted, or a chain of model calls that one call could replace. */
  readonly OVER_DECOMPOSED:
    { readonly steps: number; readonly least: number; readonly most: number } | { readonly chain: Names };
  /** Warning. The goal names several tasks, and the plan has fewer steps. */
  readonly UNDER_DECOMPOSED: { readonly things: number; readonly steps: number };
  /** Error. An agent step wants more turns than the configuration allows. */
  readonly TOO_MANY_TURNS: { readonly turns: number; readonly most: number };
  /** Error. `executor` names no specialist of the configuration. */
  readonly UNKNOWN_EXECUTOR: { readonly executor: string; readonly near: Names; readonly executors: Names };
  /** Error. An agent step lists tools that its specialist may not use. */
  readonly EXECUTOR_TOOLS: { readonly executor: string; readonly tools: Names; readonly may: Names };
  /** Error. The instruction of an agent step is only the name of a specialist. */
  readonly EXECUTOR_AS_TEXT: { readonly executor: string };
  /** Error. A step names both a model and a specialist, which has a model of its own. */
  readonly EXECUTOR_WITH_MODEL: { readonly executor: string; readonly model: string };
  /** Error. Sub-plans nest three levels deep at most. */
  readonly SUBPLAN_DEPTH: { readonly step: string; readonly most: number };
  /** Error. A sub-goal is the goal of its plan, or of a run above. */
  readonly SUBPLAN_REPEATS: { readonly goal: string; readonly of: "plan" | "above" };
  /** Error. A sub-plan may use nothing, or more than the budget of the run. */
  readonly SUBPLAN_BUDGET: {
    readonly unit: "modelCalls" | "tokens" | "costUsd";
    readonly share: number;
    /** The budget of the run. Absent: the share is 0. */
    readonly most?: number;
  };
  /** Warning. `executor` stands in a step that is no agent step and has no `fill`. */
  readonly UNUSED_FIELD: { readonly field: "executor" };
}

/** A value to write instead of one with the wrong type. `source` is the expression as written. */
export type Instead =
  | { readonly kind: "null-case" | "element" | "list" | "text" | "inside-text" | "number"; readonly source: string }
  | { readonly kind: "field"; readonly source: string; readonly field: string }
  | { readonly kind: "no-quotes"; readonly value: number }
  | { readonly kind: "quotes"; readonly value: string };

/** Findings on a plan that replaces another one. */
export interface RevisionParams {
  /** Error. The patch changes nothing. */
  readonly PATCH_EMPTY: { readonly failing: string };
  /** Error. An operation on a finished step. */
  readonly PATCH_FINISHED: { readonly step: string };
  /** Error. An operation on a step that is neither the failed one nor depends on it. */
  readonly PATCH_OUTSIDE: { readonly failing: string } & (
    (Touchable & { readonly step: string }) | { readonly steps: Names }
  );
  /** Error. There is no step of that id. */
  readonly PATCH_UNKNOWN: Touchable & { readonly step: string };
  /** Error. A replacement has another id. */
  readonly PATCH_RENAME: { readonly step: string };
  /**
   * Error. A new plan leaves out or changes a finished step, or changes an unfinished step that the finished one
   * depended on.
   */
  readonly FINISHED_CHANGED:
    | { readonly step: string; readonly fields: Names }
    | { readonly step: string; readonly causes: Names }
    | { readonly steps: Names };
  /** Error. The plan has failed before. Only titles, descriptions or the order of steps differ. */
  readonly PLAN_REPEATED: {
    /** The recorded reason why that plan was given up. */
    readonly reason: JsonObject & { readonly code: string };
  };
  /**
   * Error. A call has acted, and its output cannot be used. The new plan makes that call again (`repeats`), refers to
   * the missing output (`refers`; without `by`, in the answer), or drops or changes the step while a person is asked
   * about it (`asked`).
   */
  readonly ACTED_UNUSABLE: { readonly step: string } & (
    | { readonly why: "repeats"; readonly tool: string; readonly by: string }
    | { readonly why: "refers"; readonly by?: string }
    | { readonly why: "asked" }
  );
  /** Error. The new plan drops or changes a step whose call may have acted. Its outcome is unknown. */
  readonly STEP_UNKNOWN: { readonly step: string };
}

/** The steps that a patch may change: the first twelve, and the number of further ones. */
interface Touchable {
  readonly open: Names;
  readonly more: number;
}

/** The parameters of each finding, by its code. */
export interface FindingParams extends ReadingParams, ShapeParams, DataParams, RevisionParams {}
