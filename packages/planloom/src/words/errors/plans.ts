// Words for a plan that does not pass check: every error in it, and its place.
import { errorsOf, type Finding, type Where } from "../../plan/finding.js";
import { countOf, type ErrorTable } from "../error-words.js";
import type { Sentence } from "../action.js";
import { findingText, findingWords } from "../findings.js";
import { setUpNext } from "../set-up.js";

/** The source of a plan. `name` is the path of a file, or another name of the source. */
type PlanSource =
  | { readonly from: "file" | "input"; readonly name: string }
  /** The plan of a run, with other inputs. */
  | { readonly from: "run"; readonly runId: string }
  /** The last draft of the planner. */
  | { readonly from: "planner" };

export interface PlanErrors {
  /** `source` is absent if a program gave the plan. */
  PLAN_INVALID: { readonly findings: readonly Finding[]; readonly source?: PlanSource };
}

/** Findings only about the inputs of a run. The plan itself is valid. */
const INPUT_CODES: ReadonlySet<string> = new Set(["MISSING_INPUT", "INPUT_TYPE"]);

export const PLAN_ERRORS: ErrorTable<PlanErrors> = {
  PLAN_INVALID: {
    kind: "plan",
    message: ({ findings, source }) => {
      const errors = errorsOf(findings);
      const has = `has ${countOf(errors.length, "error")}:\n`;
      if (source === undefined || source.from === "planner") {
        const what = source === undefined ? "The plan" : "The planner's last draft";
        return `${what} ${has}${errors.map((finding) => `  ${findingText(finding)}`).join("\n")}`;
      }
      if (source.from === "run")
        return `The plan of run ${source.runId} ${has}${findingLines(errors, source.runId).join("\n")}`;
      return `The plan in ${source.name} ${has}${findingLines(errors, source.name).join("\n")}`;
    },
    next: ({ findings, source }): Sentence => {
      const setUp = setUpNext(errorsOf(findings));
      if (source?.from !== "run" && setUp !== undefined) return setUp;
      if (source?.from === "planner")
        return [
          "Use a stronger planner model with ",
          { action: "set-model", role: "planner" },
          ", or state the goal more simply.",
        ];
      if (source?.from === "run")
        return [
          "Give other inputs with ",
          { action: "retry", runId: source.runId, inputs: true },
          ", or another plan with ",
          { action: "retry", runId: source.runId, plan: true },
          ".",
        ];
      const file = source === undefined ? {} : { file: source.name };
      if (errorsOf(findings).every(({ code }) => INPUT_CODES.has(code)))
        return ["Give each input of the plan: ", { action: "start", plan: true, ...file, inputs: true }, "."];
      if (source?.from === "input") return ["Correct the plan, and give it again."];
      return ["Correct the plan, then check it again with ", { action: "check-plan", ...file }, "."];
    },
  },
};

/**
 * `plan.yaml:3:11 error UNKNOWN_TOOL …` and what to write instead, in the order of the plan. `name` is the plan's
 * source.
 */
export function findingLines(findings: readonly Finding[], name: string): readonly string[] {
  const inText = findings.every(({ where }) => where.line !== undefined);
  return findings
    .toSorted((one, other) => (inText ? inDocument(one.where, other.where) : stepIn(one.where) - stepIn(other.where)))
    .flatMap((finding) => linesOf(finding, name));
}

const inDocument = (one: Where, other: Where): number =>
  (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 1) - (other.column ?? 1);

/** The number of the step; the plan as a whole comes first, and the answer last. */
const stepIn = ({ pointer }: Where): number => {
  const [, step] = /^\/steps\/(\d+)/.exec(pointer) ?? [];
  return step === undefined ? (pointer.startsWith("/answer") ? Number.MAX_SAFE_INTEGER : -1) : Number(step);
};

function linesOf(finding: Finding, name: string): readonly string[] {
  const { code, severity, where } = finding;
  const { message, fix } = findingWords(finding);
  const { pointer, line, column } = where;
  const place = line === undefined ? `${name}${pointer === "" ? "" : `#${pointer}`}` : `${name}:${line}:${column ?? 1}`;
  return [`${place} ${severity} ${code} ${message}`, `  fix: ${fix}`];
}
