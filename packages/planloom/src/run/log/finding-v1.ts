// Findings of a version-1 log. In: a finding as recorded, with its sentences. Out: a finding of today that keeps the
// sentences as text. Version 1 recorded `{ code, severity, where, message, fix }`. The texts are shown and never
// parsed.
import type { Finding } from "../../plan/finding.js";

type RecordedFinding = Pick<Finding, "code" | "severity" | "where"> & {
  readonly message: string;
  readonly fix: string;
};

/** A finding in today's form stays unchanged. */
export function findingFromV1(recorded: Finding | RecordedFinding): Finding {
  if (!("message" in recorded)) return recorded;
  const { code, severity, where, message, fix } = recorded;
  return { code, severity, where, text: { message, fix } };
}
