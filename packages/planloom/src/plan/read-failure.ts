// The ways in which a text is no plan. In: what was seen. Out: a failure with its finding.
// Separate because the readers of JSON and of YAML give the same ones.
import { LIMITS } from "../limits.js";
import type { Finding } from "./finding.js";
import { textPosition } from "./read-position.js";

export type FailureKind = "no-plan" | "refusal" | "truncated" | "too-large" | "malformed";
export interface ReadFailure {
  readonly kind: FailureKind;
  readonly findings: readonly Finding[];
}

export function truncated(text: string): ReadFailure {
  const message = "The text ends in the middle of the document.";
  return failure(
    "truncated",
    "TRUNCATED",
    message,
    "Write the whole document; ask for fewer steps or allow more tokens.",
    {
      ...textPosition(text, text.length),
    },
  );
}

export function tooDeep(): ReadFailure {
  const message = `The document nests deeper than ${LIMITS.jsonDepth} levels.`;
  return failure("malformed", "TOO_DEEP", message, "Write flatter data.");
}

export function tooLarge(): ReadFailure {
  const message = `The text is larger than ${LIMITS.planBytes} bytes.`;
  return failure("too-large", "TOO_LARGE", message, "Write a smaller plan; keep data in files or inputs.");
}

export function failure(
  kind: FailureKind,
  code: string,
  message: string,
  fix: string,
  position: { line?: number; column?: number } = {},
): ReadFailure {
  return { kind, findings: [{ code, severity: "error", where: { pointer: "", ...position }, message, fix }] };
}
