// The reasons why a text is not a plan. In: what was found. Out: a failure with its finding. The readers of JSON, YAML
// and lists share them.
import { LIMITS } from "../../limits.js";
import { findingOf, type Finding, type FindingCode } from "../finding.js";
import type { FindingParams, SyntaxProblem } from "../finding-params.js";
import { textPosition } from "./position.js";

export type FailureKind = "no-plan" | "refusal" | "truncated" | "too-large" | "malformed";
export interface ReadFailure<K extends FailureKind = Exclude<FailureKind, "truncated">> {
  readonly kind: K;
  readonly findings: readonly Finding[];
}

export function truncated(text: string): ReadFailure<"truncated"> {
  return failure("truncated", "TRUNCATED", { cut: "text" }, textPosition(text, text.length));
}

export function tooDeep(): ReadFailure {
  return failure("malformed", "TOO_DEEP", { of: "document", most: LIMITS.jsonDepth });
}

export function tooLarge(params: FindingParams["TOO_LARGE"]): ReadFailure {
  return failure("too-large", "TOO_LARGE", params);
}

export function noPlan(empty = false): ReadFailure {
  return failure("no-plan", "NO_PLAN", { empty });
}

export function badSyntax(text: string, offset: number, problem: SyntaxProblem): ReadFailure {
  return failure("malformed", "BAD_SYNTAX", { form: "json", problem }, textPosition(text, offset));
}

/** A call that cannot be read. */
export function badCall(text: string, offset: number, problem?: SyntaxProblem): ReadFailure {
  const params = { form: "call", problem: problem ?? { kind: "call-markup" } } as const;
  return failure("malformed", "BAD_SYNTAX", params, textPosition(text, offset));
}

export function severalPlans(): ReadFailure {
  return failure("malformed", "SEVERAL_PLANS", {});
}

export function failure<K extends FailureKind, Code extends FindingCode>(
  kind: K,
  code: Code,
  params: FindingParams[Code],
  position: { readonly line?: number; readonly column?: number } = {},
): ReadFailure<K> {
  return { kind, findings: [findingOf(code, { pointer: "", ...position }, params)] };
}
