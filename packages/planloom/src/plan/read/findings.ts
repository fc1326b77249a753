// What the reader found beside what check found. In: the outcome of check, and the findings of the reading that the draft came from.
// Out: the outcome of both. Separate from check, which judges drafts that nobody has read from a text, too.
import type { CheckResult } from "../check/check.js";
import { isError, type Finding } from "../finding.js";

/** A plan that the reader could not take for certain is none, whatever check says of it; all findings come at once. */
export function withReading(
  checked: CheckResult,
  { findings }: { readonly findings: readonly Finding[] },
): CheckResult {
  if (findings.length === 0) return checked;
  const all = [...findings, ...checked.findings];
  const sorted = [...all.filter(isError), ...all.filter((finding) => !isError(finding))];
  return checked.ok && !findings.some(isError) ? { ...checked, findings: sorted } : { ok: false, findings: sorted };
}
