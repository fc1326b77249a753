// Findings of a version-1 log. In: a finding as it was recorded, with its sentences. Out: one of today, which keeps them as text.
// Version 1 recorded `{ code, severity, where, message, fix }`; what these say is shown, and never parsed.
import type { Finding } from "../../plan/finding.js";

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
