// The words for a reply of a model that cannot be used. In: the problem as data. Out: one sentence, which people and the
// model itself read.
import type { Breach } from "../plan/type/conform.js";
import type { ReplyProblem } from "../run/failure.js";
import { gistText } from "./phrases.js";
import { textOr } from "./words.js";

/** Why a model's reply cannot be used: one sentence, which the model reads too. */
export function problemText(problem: ReplyProblem): string {
  return textOr(problem, () => problemWords(problem));
}

function problemWords(problem: ReplyProblem): string {
  switch (problem.code) {
    case "EMPTY":
      return "The reply has no text.";
    case "CUT":
      return "The reply was cut by the output limit; write a shorter one.";
    case "WITHHELD":
      return "The provider's content filter withheld the reply.";
    case "NOT_AN_OBJECT":
      return "The reply is not a JSON object.";
    case "NO_VERDICT":
      return "The reply gives none of the verdicts that were asked for.";
    case "NO_STRATEGY":
      return "The reply names none of the strategies that are possible.";
    case "NO_PLAN":
      return "The plan is to be changed, but the reply holds no plan.";
    case "CALL_IN_TEXT":
      return "The text of the reply holds a tool call, which was not made.";
    case "CALL_ANNOUNCED":
      return "The reply announces a tool call, but no tool was called.";
    case "NOT_JSON":
      return `The reply is not JSON of the type ${problem.type}.`;
    case "TOO_DEEP":
      return `The value nests deeper than ${problem.limit} levels.`;
    case "MISFIT":
      return (
        `${problem.path === "" ? "The value" : problem.path} should be ${problem.expected}, but is ` +
        `${gistText(problem.found)}.`
      );
    case "BREACH":
      return `${problem.path === "" ? "The value" : problem.path} ${breachText(problem)}.`;
    case "SCHEMA_REFUSES":
      return `The schema refuses the value: ${clause(problem.text)}.`;
  }
}

/** What a value has to keep, and what it is. */
export function breachText({ keyword, limit, found }: Breach): string {
  const words = Object.hasOwn(BREACHES, keyword) ? BREACHES[keyword] : undefined;
  if (words === undefined) return `breaks ${keyword}${limit === true ? "" : ` (${limit})`} and is ${gistText(found)}`;
  const is = keyword === "required" || keyword === "size" ? "" : `, but is ${gistText(found)}`;
  return `${words(String(limit))}${is}`;
}

const BREACHES: { readonly [keyword: string]: (limit: string) => string } = {
  false: () => "must be absent",
  size: () => "is too large to be checked against this schema",
  required: (name) => `must have a field ${name}`,
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => `must have at least ${limit} characters`,
  maxLength: (limit) => `must have at most ${limit} characters`,
  pattern: (limit) => `must match /${limit}/`,
  minItems: (limit) => `must have at least ${limit} items`,
  maxItems: (limit) => `must have at most ${limit} items`,
  uniqueItems: () => "must hold no item twice",
  minProperties: (limit) => `must have at least ${limit} fields`,
  maxProperties: (limit) => `must have at most ${limit} fields`,
  type: (limit) => `must be of the type ${limit}`,
  enum: (limit) => `must be one of ${limit}`,
  const: (limit) => `must be ${limit}`,
};

/** A sentence as a part of another one. */
export const clause = (sentence: string): string => sentence.replace(/\.$/, "");
