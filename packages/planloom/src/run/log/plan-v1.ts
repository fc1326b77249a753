// Parts of a plan that version 1 wrote with sentences. In: a finding or a checked plan as recorded. Out: one of today.
// The sentences are kept as text. They are shown, and never parsed.
import type { Finding } from "../../plan/finding.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";

type RecordedFinding = Pick<Finding, "code" | "severity" | "where"> & {
  readonly message: string;
  readonly fix: string;
};

/** A finding of today stays as it is. */
export function findingFromV1(recorded: Finding | RecordedFinding): Finding {
  if (!("message" in recorded)) return recorded;
  const { code, severity, where, message, fix } = recorded;
  return { code, severity, where, text: { message, fix } };
}

/**
 * A checked plan that an earlier build may have sent. A plan of today stays as it is. Values of other types stay, too.
 */
export function planFromV1(plan: JsonObject): JsonObject {
  const { findings, approval } = plan;
  return {
    ...plan,
    ...(Array.isArray(findings) ? { findings: findings.map(findingIn) } : {}),
    ...(isObject(approval) && typeof approval["reason"] === "string"
      ? { approval: { ...approval, reason: { code: "LEGACY", text: approval["reason"] } } }
      : {}),
  };
}

const findingIn = (recorded: Json): Json =>
  isObject(recorded) ? (findingFromV1(recorded as unknown as RecordedFinding) as unknown as Json) : recorded;
