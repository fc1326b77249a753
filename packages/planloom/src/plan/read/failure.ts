// The ways in which a text is no plan. In: what was seen. Out: a failure with its finding.
// Separate because the readers of JSON, of YAML and of lists give the same ones.
import { LIMITS } from "../../limits.js";
import type { Finding } from "../finding.js";
import { textPosition } from "./position.js";

export type FailureKind = "no-plan" | "refusal" | "truncated" | "too-large" | "malformed";
export interface ReadFailure<K extends FailureKind = Exclude<FailureKind, "truncated">> {
  readonly kind: K;
  readonly findings: readonly Finding[];
}

export function truncated(text: string): ReadFailure<"truncated"> {
  const message = "The text ends in the middle of the document.";
  const fix = "Write the whole document; ask for fewer steps or allow more tokens.";
  return failure("truncated", "TRUNCATED", message, fix, textPosition(text, text.length));
}

export function tooDeep(): ReadFailure {
  const message = `The document nests deeper than ${LIMITS.jsonDepth} levels.`;
  return failure("malformed", "TOO_DEEP", message, "Write flatter data.");
}

export function tooLarge(): ReadFailure {
  const message = `The text is larger than ${LIMITS.planBytes} bytes.`;
  return failure("too-large", "TOO_LARGE", message, "Write a smaller plan; keep data in files or inputs.");
}

export function tooManySteps(): ReadFailure {
  const message = `The document has more than ${LIMITS.readSteps} steps.`;
  return failure("too-large", "TOO_LARGE", message, "Write fewer, larger steps, or one step with forEach.");
}

export function noPlan(): ReadFailure {
  const message = "The text holds no plan: neither a document with steps nor a numbered list of them.";
  return failure("no-plan", "NO_PLAN", message, 'Write {"steps": [...]} as JSON or YAML.');
}

export function badSyntax(text: string, offset: number, message: string): ReadFailure {
  const fix = "Write the plan as JSON: texts in double quotes, \\\\ for a backslash, every bracket closed.";
  return failure(
    "malformed",
    "BAD_SYNTAX",
    `The document cannot be parsed: ${message}.`,
    fix,
    textPosition(text, offset),
  );
}

export function severalPlans(): ReadFailure {
  const message = "The text holds several plans that differ, and nothing says which is meant.";
  return failure("malformed", "SEVERAL_PLANS", message, "Write one plan and nothing else.");
}

export function failure<K extends FailureKind>(
  kind: K,
  code: string,
  message: string,
  fix: string,
  position: { line?: number; column?: number } = {},
): ReadFailure<K> {
  return { kind, findings: [{ code, severity: "error", where: { pointer: "", ...position }, message, fix }] };
}
