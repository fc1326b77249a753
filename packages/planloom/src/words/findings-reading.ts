// The words of findings on a text and on the fields of a draft. In: parameters. Out: what is wrong, and what to write
// instead.
import { byCase } from "./by-case.js";
import { assertNever } from "../assert-never.js";
import type { ReadingParams, ShapeParams, ValueForm } from "../plan/finding-params.js";
import type { FindingTable } from "./finding-words.js";
import { andList, counted, orList, quoted } from "./phrases.js";
import { syntaxProblemText } from "./problems.js";

const SMALLER = "Write a smaller plan. Keep data in files or inputs.";
const PATCH_FORM =
  'Write { "operations": [...] } with { "op": "add", "step": {...} }, { "op": "replace", "id": "...", "step": {...} } ' +
  'and { "op": "drop", "id": "..." }. Write "answer" beside it only if the answer changes.';

export const READING: FindingTable<keyof ReadingParams> = {
  NO_PLAN: {
    message: ({ empty }) =>
      empty
        ? "The text is empty."
        : "The text holds no plan: neither a document with steps nor a numbered list of them.",
    fix: ({ empty }) => (empty ? "Write a plan with a list of steps." : 'Write {"steps": [...]} as JSON or YAML.'),
  },
  QUESTIONS: {
    message: ({ questions }) => `The planner asks questions instead of planning: ${questions.join(" ")}`,
    fix: () => "Answer them in the goal or its inputs. A plan that needs an answer while it runs has an ask step.",
  },
  REFUSAL: {
    message: ({ by }) =>
      by === "filter" ? "The provider's content filter withheld the reply." : "The text declines to plan.",
    fix: ({ by }) => (by === "filter" ? "Change the wording of the plan." : "Change the goal, or ask another model."),
  },
  SEVERAL_PLANS: {
    message: () => "The text holds several plans that differ, and nothing says which one is meant.",
    fix: () => "Write one plan and nothing else.",
  },
  TRUNCATED: {
    message: ({ cut }) =>
      cut === "reply" ? "The reply was cut by the output limit." : "The text ends in the middle of the document.",
    fix: ({ cut }) =>
      cut === "reply"
        ? "Write a shorter plan: fewer steps, shorter descriptions."
        : "Write the whole document. Ask for fewer steps, or allow more tokens.",
  },
  BAD_SYNTAX: {
    message: ({ problem }) =>
      problem.kind === "reader"
        ? `The document cannot be read: ${problem.text}.`
        : `The document cannot be parsed: ${syntaxProblemText(problem)}.`,
    fix: ({ form, problem }) => (problem.kind === "ellipsis" ? "Write out what was left out." : SYNTAX_FIX[form]),
  },
  CALL_UNREADABLE: {
    message: ({ text, problem }) => `The call ${quoted(text)} cannot be read: ${syntaxProblemText(problem)}.`,
    fix: ({ instead }) => (instead === undefined ? SYNTAX_FIX.call : `Write ${instead}, or the plan as JSON.`),
  },
  ITEM_IS_NO_CALL: {
    message: ({ text }) => `The list holds calls of tools, and ${quoted(text)} is no call.`,
    fix: () =>
      'Write the call of a tool, or write the plan as JSON: {"steps": [{"id": "...", "tool": "...", "with": {...}}, ' +
      '{"id": "...", "agent": "an instruction"}]}.',
  },
  TOO_LARGE: {
    message: byCase("of", {
      draft: ({ bytes, most }) => `The draft has ${bytes} bytes; at most ${most} are allowed.`,
      text: ({ most }) => `The text is larger than ${most} bytes.`,
      expressions: () => "The expressions of the plan take too long to check.",
      fields: ({ most }) => `The draft has more than ${most} fields.`,
      references: ({ most }) => `The plan has more than ${most} references, or they are too long together.`,
      steps: ({ most }) => `The document has more than ${most} steps.`,
      "yaml-characters": ({ most }) => `The document is YAML of more than ${most} characters.`,
      "yaml-signs": ({ most }) => `The document is YAML of more than ${most} signs such as - and ".`,
      "loose-json": ({ most }) => `The document is not strict JSON, and is larger than ${most} characters.`,
    }),
    fix: ({ of }) => {
      if (of === "expressions" || of === "references")
        return "Write fewer or shorter references. A tool can do the rest.";
      if (of === "steps") return "Write fewer, larger steps, or one step with forEach.";
      if (of === "loose-json") return "Write a smaller plan, or write it as strict JSON.";
      return of === "draft" || of === "text" || of === "fields"
        ? SMALLER
        : "Write a smaller plan, or write it as JSON.";
    },
  },
  TOO_DEEP: {
    message: ({ of, most }) => `The ${of} nests deeper than ${most} levels.`,
    fix: () => "Write flatter data.",
  },
  TOO_MANY_ALIASES: {
    message: ({ most }) => `The document expands more than ${most} aliases.`,
    fix: () => "Write the repeated parts out.",
  },
};

const SYNTAX_FIX = {
  json: "Write the plan as JSON: texts in double quotes, \\\\ for a backslash, every bracket closed.",
  yaml: "Write the plan as JSON, or as plain YAML without tags and with each key once.",
  call: 'Write each call as {"id": "...", "tool": "...", "with": {"argument": "value"}} in {"steps": [...]}.',
  any: "Write the plan as JSON.",
};

/** Objects by field, for examples. */
const OBJECTS: { readonly [field: string]: string } = {
  with: "{ argument: value }",
  retry: "{ attempts: 4 }",
  inputs: '{ name: { type: "string" } }',
};

const formText = (form: ValueForm, field: string, found: string): string => {
  switch (form.kind) {
    case "one-of":
      return `Write ${orList(form.values.map((value) => JSON.stringify(value)))}.`;
    case "text":
      return "Write a text.";
    case "number":
      return "Write a number.";
    case "boolean":
      return "Write true or false.";
    case "list":
      return /^"[^"]{1,80}"$/.test(found) ? `Write a list: [${found}].` : "Write a list.";
    case "object": {
      const example = Object.hasOwn(OBJECTS, field) ? `, for example ${OBJECTS[field]}` : "";
      return `Write an object${example}.`;
    }
    case "input":
      return 'Write { type: "string" }, or { type: "string", default: "a value" }.';
    case "least":
      return `Write at least ${form.limit}.`;
    case "most":
      return `Write at most ${form.limit}.`;
    default:
      return assertNever(form);
  }
};

export const SHAPE: FindingTable<keyof ShapeParams> = {
  CHECK_FAILED: {
    message: ({ text }) => `The check itself failed: ${text}.`,
    fix: () => "Report this draft as a defect of Planloom.",
  },
  EMPTY_PLAN: {
    message: () => "The list of steps is empty.",
    fix: () => "Add at least one step.",
  },
  TOO_MANY_STEPS: {
    message: ({ steps, most }) => `The plan has ${counted(steps, "step")}; at most ${most} are allowed.`,
    fix: () => "Write fewer, larger steps, or one step with forEach for those that are alike.",
  },
  BAD_VALUE: {
    message: (params) =>
      "part" in params
        ? NOT_OF_FORM[params.part].message
        : `${params.field} has a value that is not allowed: ${shown(params.found)}.`,
    fix: (params) => {
      if ("part" in params) return NOT_OF_FORM[params.part].fix;
      if (params.patch === true) return PATCH_FORM;
      const { field, found, wanted, form, text = "" } = params;
      if (form === undefined) return wanted === undefined ? `${text}.` : `${field}: ${wanted}`;
      const what = formText(form, field, found);
      return wanted === undefined ? what : `${what} ${field}: ${wanted}`;
    },
  },
  MISSING_FIELD: {
    message: (params) => ("part" in params ? "The draft has no steps." : `${params.field} is missing.`),
    fix: (params) => {
      if ("part" in params) return 'Add "steps": a list of at least one step.';
      if (params.patch === true) return PATCH_FORM;
      return `Add ${params.field}${params.wanted === undefined ? "." : `: ${params.wanted}`}`;
    },
  },
  UNKNOWN_FIELD: {
    message: ({ field }) => `There is no field ${quoted(field)} here.`,
    fix: ({ field, near, fields, patch, setting, instead, tool }) => {
      if (patch === true) return PATCH_FORM;
      if (tool !== undefined) return `It is an argument of ${tool}. Write it in with: { ${field}: ... }.`;
      if (setting === "" || instead === "") return "Leave it out: it has no meaning here.";
      if (setting !== undefined)
        return `A plan holds no settings: leave it out. In the configuration it is ${setting}.`;
      if (instead !== undefined) return `Write ${instead}.`;
      if (near.length > 0) return `Did you mean ${orList(near)}?`;
      return fields.length > 0 ? `The fields are ${fields.join(", ")}.` : "Leave it out.";
    },
  },
  FORBIDDEN_KEY: {
    message: ({ key }) => `The key ${key} is refused everywhere.`,
    fix: () => "Give the field another name.",
  },
  WRONG_KIND: {
    message: ({ kinds }) =>
      kinds.length === 0 ? "The step has none of tool, agent and ask." : `The step has ${andList(kinds)}.`,
    fix: () => "Write exactly one: tool (a direct call), agent (an instruction) or ask (a question).",
  },
  BAD_ID: {
    message: ({ field, name }) => `${name === undefined ? field : quoted(name)} is not a legal name.`,
    fix: () => "Write a letter a-z, then letters, digits or _, at most 64 in all.",
  },
  RESERVED_ID: {
    message: ({ name }) => `The name ${name} is a word of expressions. No step or item can have it.`,
    fix: ({ name }) => `Choose another name, for example ${name.replace(/_/g, "")}Step.`,
  },
  DUPLICATE_ID: {
    message: ({ id, first }) =>
      first === undefined
        ? `A step with the id ${quoted(id)} is already there.`
        : `Step ${first} already has the id ${quoted(id)}.`,
    fix: ({ first }) =>
      first === undefined
        ? "Give the step an id of its own, or replace the one that is there."
        : "Give each step an id of its own, and mend the references to it.",
  },
  AS_IS_STEP: {
    message: ({ name }) => `as names the item ${name}, and a step has that id.`,
    fix: () => "Give the item another name, for example the singular of the list.",
  },
};

const NOT_OF_FORM = {
  data: {
    message: "This is not JSON data.",
    fix: "Write texts, finite numbers, booleans, null, lists and plain objects only.",
  },
  inputs: {
    message: "The inputs of the run are not JSON data.",
    fix: "Give texts, finite numbers, booleans, null, lists and plain objects only.",
  },
  draft: { message: "The draft is not an object.", fix: 'Write { "steps": [...] }.' },
  answer: {
    message: "The answer is not an object.",
    fix: 'Write "answer": { "from": [ids], "instructions": "..." } or { "value": ... }.',
  },
  steps: { message: "steps is not a list.", fix: "Write a list of steps." },
  step: { message: "A step must be an object.", fix: 'Write { "id": ..., and one of "tool", "agent" or "ask" }.' },
  patch: { message: "The patch is not an object.", fix: PATCH_FORM },
};

/** The JSON of a value, cut where it is long. */
function shown(json: string): string {
  if (json === "") return "nothing";
  return quoted(json).slice(1, -1).replaceAll('\\"', '"');
}
