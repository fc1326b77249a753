// Findings about a plan. In: findings with their words. Out: a list: a mark for errors and one for warnings, where, what,
// and what to write instead.
import type { Finding } from "planloom";
import type { WordedFinding } from "../api/plan-check.js";
import { SmallMark } from "./tag.js";

export function FindingList({ findings }: { readonly findings: readonly WordedFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="findings" aria-label="Findings">
      {findings.map((finding, index) => (
        <li key={index}>
          <SmallMark mark={finding.severity === "error" ? "no" : "note"} />
          <div>
            <p>
              <b>{finding.severity === "error" ? "Error" : "Warning"}</b> {finding.message}
            </p>
            {finding.fix !== "" && <p class="soft">{finding.fix}</p>}
            <p class="faint xs">
              {finding.code} · {placeText(finding.where)}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The line of a text, else the pointer into the document. */
function placeText({ line, column, pointer }: Finding["where"]): string {
  if (line === undefined) return pointer === "" ? "the whole plan" : pointer;
  return column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
}
