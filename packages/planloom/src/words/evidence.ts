// The words of an evidence card: its checks, their findings, the changes of the context, and the differences from an
// expected result. In: codes and data. Out: sentences for people.
import { readableText, type Json } from "../plan/json.js";
import { refText } from "../run/step-ref.js";
import type { ContextChange } from "../run/view/evidence/changes.js";
import type { CheckFinding, CheckName, CheckNote, FailureCheck, NotChecked } from "../run/view/evidence/check.js";
import type { Comparison, Deviation } from "../run/view/evidence/expected.js";
import type { Action, Sentence } from "./action.js";
import { byCase } from "./by-case.js";
import { failureLine } from "./failures.js";
import { andList, counted, kindText, quoted } from "./phrases.js";
import { textOr } from "./words.js";

export const CHECK_TITLES: { readonly [name in CheckName]: string } = {
  invented: "Invented step",
  stale: "Stale output",
  loop: "Loop",
  unverified: "Unverified conclusion",
};

const LOOKED: { readonly [name in CheckName]: string } = {
  invented: "execution",
  stale: "read",
  loop: "call",
  unverified: "figure and name",
};

const CLEAN: { readonly [name in CheckName]: string } = {
  invented: "Every executed step and tool is in the plan that was followed.",
  stale: "Each step and the answer used the present outputs.",
  loop: "No tool was called three times with the same arguments.",
  unverified: "Each figure and name of the answer is in an output, an input or the goal.",
};

const NOT_CHECKED: { readonly [reason in NotChecked]: string } = {
  NOTHING_RAN: "Nothing was executed.",
  NO_ANSWER: "The run has no answer.",
  TOO_LARGE: "The outputs are too large to look up what the answer says.",
};

const NOTES: { readonly [note in CheckNote]: string } = {
  CAPITALS_NOT_NAMES: "Names were not looked up: in the language of the answer, other words have capitals, too.",
};

/** `0 of 9 calls`. `not checked` if nothing is known. */
export function foundText(check: CheckName, result: FailureCheck): string {
  if (result.verdict === "not-checked") return "not checked";
  const found = result.verdict === "clean" ? 0 : result.found;
  return check === "unverified"
    ? `${found} of ${result.looked} figures and names`
    : `${found} of ${counted(result.looked, LOOKED[check])}`;
}

/** What a check says as a whole, in sentences. */
export function failureCheckText(check: CheckName, result: FailureCheck): string {
  if (result.verdict === "not-checked") return NOT_CHECKED[result.reason];
  const note = result.note === undefined ? "" : ` ${NOTES[result.note]}`;
  if (result.verdict === "clean") return `${result.looked === 0 ? NOTHING_TO_LOOK_AT[check] : CLEAN[check]}${note}`;
  const more = result.found - result.findings.length;
  return `${counted(result.found, "finding")}${more > 0 ? `, of which ${result.findings.length} are listed` : ""}.${note}`;
}

const NOTHING_TO_LOOK_AT: { readonly [name in CheckName]: string } = {
  ...CLEAN,
  stale: "No step reads an output of another step.",
  unverified: "The answer names no figure and no name.",
};

const VALUE_CHARS = 200;

/** A value in one line of at most 200 characters. */
export function valueText(value: Json): string {
  const text = typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value ?? null);
  return text.length <= VALUE_CHARS ? text : `${text.slice(0, VALUE_CHARS - 1)}…`;
}

/** `book asked: "How many?"; ann answered 4`. */
export function askedText(asked: {
  readonly tool: string;
  readonly question: string;
  readonly answer?: Json;
  readonly by?: string;
}): string {
  const { tool, question, answer, by = "a person" } = asked;
  const said = answer === undefined ? "it has no answer" : `${by} answered ${valueText(answer)}`;
  return `${tool} asked ${valueText(question)}; ${said}`;
}

const placeText = (at: string): string => (at === "" ? "" : ` at ${at}`);

const FINDINGS = byCase<CheckFinding, "code", string>("code", {
  STEP_NOT_IN_PLAN: (found) =>
    `Step ${refText(found)} was executed, and ${found.revision === 0 ? "there was no plan" : `revision ${found.revision} of the plan has no such step`}.`,
  STEP_NOT_APPROVED: (found) =>
    `Step ${refText(found)} was executed while revision ${found.revision} of the plan waited for approval.`,
  TOOL_NOT_IN_STEP: (found) => `Step ${refText(found)} called ${found.tool}, which the plan does not give it.`,
  TOOL_NOT_RECORDED: (found) =>
    `Step ${refText(found)} called ${found.tool}, which is not in the recorded tools of the run.`,
  READ_SUPERSEDED: (found) =>
    `Step ${refText(found)} read an output of ${found.source} that had been replaced${found.argument === undefined ? "" : `, as its argument ${found.argument}`}.`,
  SOURCE_CHANGED: (found) =>
    `Step ${refText(found)} was made of an output of ${found.source} that changed later, and it did not run again.`,
  ANSWER_OLDER: ({ source }) => `The answer was written before the present output of ${source}.`,
  SAME_CALL: ({ tool, args, times, steps, same }) =>
    `${tool} was called ${times} times with ${valueText(args)} in ${andList(steps)}${sameText(same)}.`,
  UNTIL_NOT_MET: ({ step, rounds, until }) =>
    `Step ${step} took its last output after ${counted(rounds, "round")}, although ${until} was still false.`,
  FIGURE_UNKNOWN: ({ text, at }) => `The figure ${text}${placeText(at)} is in no output, no input and not in the goal.`,
  NAME_UNKNOWN: ({ text, at }) => `The name ${text}${placeText(at)} is in no output, no input and not in the goal.`,
  QUOTE_UNKNOWN: ({ text, at }) =>
    `The quotation ${quoted(text)}${placeText(at)} is in no output, no input and not in the goal.`,
  ADDRESS_UNKNOWN: ({ text, at }) =>
    `The address ${text}${placeText(at)} is in no output, no input and not in the goal.`,
  CLAIM_UNSUPPORTED: ({ text, at }) => `The critic says that no output supports ${quoted(text)}${placeText(at)}.`,
});

function sameText(same: boolean | null): string {
  if (same === null) return "";
  return same ? ", and gave the same output each time" : ", and gave different outputs";
}

export const checkFindingText = (found: CheckFinding): string => textOr(found, () => FINDINGS(found));

/** The action behind a change: `find done`. */
export function actionText(change: ContextChange): string {
  return textOr({ code: change.change }, () => ACTIONS(change));
}

const ACTIONS = byCase<ContextChange, "change", string>("change", {
  plan: ({ revision, steps }) => `revision ${revision}, ${counted(steps, "step")}`,
  added: (change) => `${refText(change)} done`,
  replaced: (change) => `${refText(change)} done again`,
  expanded: ({ step }) => `${step} expanded`,
  skipped: (change) => `${refText(change)} skipped`,
  none: (change) => `${refText(change)} failed, attempt ${change.attempt}`,
  approved: (change) => `call of ${refText(change)} approved by ${change.unseen ? "a rule" : change.by}`,
  denied: (change) => `call of ${refText(change)} denied by ${change.by}`,
  goal: () => "goal changed",
  restarted: () => "run continued",
  answer: ({ partial }) => (partial ? "partial answer written" : "answer written"),
});

/** What became of the context: `+ find = …`. */
export function changeText(change: ContextChange): string {
  return textOr({ code: change.change }, () => CHANGES(change));
}

const removedText = (removed: readonly string[]): string =>
  removed.length === 0 ? "No output changed." : `- ${removed.join(", ")}`;

const DECISIONS = {
  retry: "It is tried again.",
  skip: "The run goes on without it.",
  fail: "The run fails.",
  patch: "The planner corrects the plan.",
  replan: "The planner writes another plan.",
  ask: "A person or the tool decides.",
};

const CHANGES = byCase<ContextChange, "change", string>("change", {
  plan: ({ removed }) => removedText(removed),
  added: (change) => `+ ${refText(change)} = ${valueText(change.output)}${change.carried ? " (reused)" : ""}`,
  replaced: (change) => `± ${refText(change)} = ${valueText(change.output)}${change.carried ? " (reused)" : ""}`,
  expanded: ({ items }) => `+ ${counted(items, "item")}`,
  skipped: (change) => `+ ${refText(change)} = null`,
  none: ({ error, decision }) => `No output changed. ${failureLine(error)}. ${DECISIONS[decision]}`,
  approved: ({ args }) => `No output changed.${args === undefined ? "" : ` Other arguments: ${valueText(args)}`}`,
  denied: ({ comment }) => `No output changed.${comment === undefined ? "" : ` Comment: ${valueText(comment)}`}`,
  goal: ({ goal }) => `The goal is: ${goal}`,
  restarted: ({ removed }) => removedText(removed),
  answer: ({ from }) => (from.length === 0 ? "From no output." : `From ${andList(from)}.`),
});

/** One difference from the expected result. */
export function deviationText(deviation: Deviation): string {
  const place = deviation.at === "" ? "The answer" : deviation.at;
  switch (deviation.problem) {
    case "missing":
      return `${place} is missing; expected ${valueText(deviation.expected)}.`;
    case "extra":
      return `${place} is not expected; found ${valueText(deviation.found)}.`;
    case "type":
      return `${place} is ${kindText(deviation.types[1])} (${valueText(deviation.found)}); expected ${kindText(deviation.types[0])} (${valueText(deviation.expected)}).`;
    case "value":
      return `${place} is ${valueText(deviation.found)}; expected ${valueText(deviation.expected)}.`;
  }
}

const HOW = {
  equal: "The answer has the words of the expected text.",
  contained: "The answer contains the expected text.",
  "same-facts": "The answer has all figures and names of the expected text, in other words.",
  other: "The answer is not the expected text.",
};

/** What the comparison says as a whole. */
export function comparisonText(compared: Comparison): string {
  if (compared.kind === "no-answer") return "The run has no answer to compare.";
  if (compared.kind === "text") {
    const missing = compared.missing.length === 0 ? "" : ` Missing: ${compared.missing.join(", ")}.`;
    return `${HOW[compared.how]}${missing}`;
  }
  const points = `${compared.pointsMet} of ${counted(compared.points, "value")} as expected`;
  const more = compared.different - compared.deviations.length;
  return more > 0 ? `${points}. ${counted(more, "further difference")} not listed.` : `${points}.`;
}

/**
 * The differences as feedback for a planner. It holds no text of the answer, not even its names of fields: a planner
 * takes feedback for the words of a person, and the answer may repeat text of others.
 */
export function feedbackText(expected: Json, compared: Comparison): string {
  const lines = compared.kind === "value" ? compared.deviations.map(feedbackLine) : [comparisonText(compared)];
  return [
    "The answer of this run is not the expected result.",
    ...new Set(lines.map((line) => `- ${line}`)),
    `Expected: ${readableText(expected)}`,
  ].join("\n");
}

function feedbackLine(deviation: Deviation): string {
  const place = deviation.at === "" ? "The answer" : deviation.at;
  switch (deviation.problem) {
    case "missing":
      return deviationText(deviation);
    case "extra":
      return `${deviation.at.slice(0, deviation.at.lastIndexOf("/")) || "The answer"} holds more than is expected.`;
    case "type":
      return `${place} is ${kindText(deviation.types[1])}; expected ${kindText(deviation.types[0])} (${valueText(deviation.expected)}).`;
    case "value":
      return typeof deviation.found === "string"
        ? `${place} is another text; expected ${valueText(deviation.expected)}.`
        : deviationText(deviation);
  }
}

/** What can be done about a difference from the expected result. */
export function againWith(action: Action): Sentence {
  if (action.action !== "retry") return ["It has not ended. See ", action, "."];
  return ["Plan again with this difference: ", action, ". What has finished is kept."];
}
