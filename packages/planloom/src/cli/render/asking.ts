// Shows how a plan was requested, and drafts that cannot be used. In: recorded facts. Out: lines. Pure. Runs and
// `planloom plan` show the same text.
import type { Finding } from "../../plan/finding.js";
import type { Asking, CritiqueSaid } from "../../run/event.js";
import type { Scouted } from "../../run/event/scouted.js";
import { failureLine } from "../../words/failures.js";
import { problemText } from "../../words/reply-problems.js";
import { findingWords } from "../../words/findings.js";
import { count, oneLine, paint } from "../style.js";

export function askingLines({ offered, wanted = [], schema, critique }: Asking = {}): readonly string[] {
  const more = wanted.map((words) => words.join(", ")).join("; ");
  return [
    ...(offered === undefined
      ? []
      : [
          `  tools: ${offered.tools} of ${offered.of} were offered${more === "" ? "" : `; asked for: ${oneLine(more)}`}`,
        ]),
    ...(schema === undefined
      ? []
      : [`  schema: the arguments of ${schema.tools} of ${schema.of} tools; more would be too large`]),
    ...(critique === undefined ? [] : [critiqueLine(critique)]),
  ];
}

function critiqueLine(critique: CritiqueSaid): string {
  if (critique.verdict === "none")
    return paint("yellow", `  critique: none (${oneLine(whyNone(critique))}); the plan is as check found it`);
  return `  critique: ${critique.verdict}: ${oneLine(critique.text || "no reason given")}`;
}

function whyNone({ problem, error, text }: CritiqueSaid & { readonly verdict: "none" }): string {
  const said = [
    ...(problem === undefined ? [] : [problemText(problem)]),
    ...(error === undefined ? [] : [failureLine(error)]),
    ...(text === undefined || text === "" ? [] : [text]),
  ];
  return said.join(" ");
}

/** A draft that the planner repairs, or its last one. */
export function invalidLines(draft: {
  readonly round: number;
  readonly findings: readonly Finding[];
}): readonly string[] {
  return [
    `  the draft of round ${draft.round + 1} cannot be used:`,
    ...draft.findings.map(
      (found) =>
        `    ${found.severity} ${found.code}${positionText(found.where)}: ${oneLine(findingWords(found).message)}`,
    ),
  ];
}

const positionText = ({ pointer, line }: Finding["where"]): string =>
  line !== undefined ? ` line ${line}` : pointer === "" ? "" : ` ${oneLine(pointer, 80)}`;

/** What the planner looked up before it planned. */
export function scoutedLines(scouted: Scouted | undefined): readonly string[] {
  if (scouted === undefined || scouted.calls.length === 0) return [];
  const { calls, tools, turns, untrusted } = scouted;
  const said = `  looked first: ${count(calls.length, "call")} of ${oneLine(tools.join(", "))} in ${count(turns, "turn")}`;
  return [untrusted === true ? `${said}; what it read is not trusted` : said];
}
