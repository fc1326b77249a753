// What waits for a person, as text: a plan or a call with all that its approval covers. In: a review. Out: text. Nothing
// is left out or cut, because a person approves what they read. Text of others is shown with visible characters.
import { readableText } from "../../plan/json.js";
import { visible } from "../../plan/visible.js";
import type { ReviewedArgument } from "../../loom/review/arguments.js";
import type { CallReview } from "../../loom/review/call-review.js";
import type { PlanReview } from "../../loom/review/plan-review.js";
import type { ReviewedStep } from "../../loom/review/plan-steps.js";
import type { ShownPreview } from "../../tools/preview.js";
import type { EstimateInWords } from "../../words/estimate.js";
import { counted, dollarsText, durationText } from "../../words/phrases.js";

/** `previews`: also what calls would change, as their tools show it. The approval covers the arguments, not the preview. */
export const reviewInFull = (review: PlanReview | CallReview, previews: "with" | "without" = "with"): string =>
  visible((review.kind === "plan" ? planLines(review, previews) : callLines(review, previews)).join("\n"));

function planLines(review: PlanReview, previews: Previews): readonly string[] {
  const { goal, revision, hash, lead, steps, answer, inputs, reason, rejecting, estimate, findings, why } = review;
  return [
    `Approve this plan? You are asked because: ${reason}`,
    `Goal: ${indented(goal)}`,
    `Revision ${revision}, hash ${hash}`,
    ...(why === undefined || why.text === "" ? [] : [`Why there is another plan: ${indented(why.text)}`]),
    lead,
    ...steps
      .filter(({ finished, mark }) => !finished && mark !== "removed")
      .flatMap((step) => stepLines(step, previews)),
    answer,
    ...Object.entries(inputs).map(([name, value]) => `Input ${name}: ${indented(readableText(value))}`),
    ...findings.map(({ message }) => `Note: ${indented(message)}`),
    ...(estimate === undefined ? [] : [`Estimate: ${estimateText(estimate)}`]),
    ...(rejecting === undefined ? [] : [`If you reject it: ${rejecting.text}`]),
  ];
}

function stepLines(step: ReviewedStep, previews: Previews): readonly string[] {
  const { number, says, description, how, starts, tools, told, fields, asks } = step;
  return [
    `${number}. ${indented(says)} (${starts})`,
    ...(description === undefined ? [] : [`   ${indented(description)}`]),
    ...(how === undefined ? [] : [`   ${indented(how)}`]),
    ...tools.map(({ tool, effect }) => `   tool ${tool}: ${EFFECT[effect] ?? effect}`),
    ...(told === undefined ? [] : [`   the ${told.to} is told: ${indented(told.text)}`]),
    ...step.arguments.map((argument) => `   ${argumentText(argument)}`),
    ...fields.map(({ label, text }) => `   ${label}: ${indented(text)}`),
    ...previewLines(step.preview, previews).map((line) => `   ${line}`),
    ...(asks === undefined ? [] : [`   its call asks again: ${indented(asks.reason)}`]),
  ];
}

const EFFECT: { readonly [effect: string]: string } = {
  none: "it only reads",
  "acts-repeatable": "it acts; a repeated call acts once",
  "acts-once": "it acts",
};

function callLines(review: CallReview, previews: Previews): readonly string[] {
  const { says, number, of, tool, effect, reason, items, rejecting, hash, changes, undoes } = review;
  return [
    `${undoes === undefined ? "Approve this call?" : "Undo this call?"} You are asked because: ${reason}`,
    `Step ${number} of ${of}: ${indented(says)}`,
    `Hash ${hash}`,
    tool === undefined
      ? `It does: ${indented(readableText(review.does))}`
      : `Tool ${tool}: ${EFFECT[effect ?? ""] ?? ""}`,
    ...review.arguments.map(argumentText),
    ...(items ?? []).map(({ item, args }) => `item ${item}: ${indented(readableText(args))}`),
    ...(undoes === undefined ? [] : [`It returned: ${indented(readableText(undoes.output))}`]),
    ...(changes.length === 0 ? [] : [`Changed tools: ${indented(JSON.stringify(changes, null, 2))}`]),
    ...previewLines(review.preview, previews),
    ...(rejecting === undefined ? [] : [`If you reject it: ${rejecting.text}`]),
  ];
}

type Previews = "with" | "without";

function previewLines(preview: ShownPreview | undefined, previews: Previews): readonly string[] {
  if (preview === undefined) return [];
  if (previews === "without") return ["What it would change is too long for this form."];
  const text = preview.kind === "failed" ? [] : [`What it would change: ${indented(`\n${preview.text.trimEnd()}`)}`];
  return [...text, ...(preview.note === undefined ? [] : [preview.note])];
}

function argumentText(argument: ReviewedArgument): string {
  const { name, value, words, origin, untrusted, private: isPrivate } = argument;
  const labels = [origin, ...(untrusted ? ["untrusted"] : []), ...(isPrivate ? ["private"] : [])].join(", ");
  return `${name} = ${indented(value === undefined ? words : readableText(value))} (${labels})`;
}

/** The next lines of a text cannot look like lines of Planloom. */
export const indented = (text: string): string => text.replaceAll("\n", "\n      | ");

/** Price and size of what a plan will do. */
export function estimateText({ modelCalls, toolCalls, costUsd, criticalPathMs, unknown }: EstimateInWords): string {
  const cost = costUsd === null ? "at an unknown price" : dollarsText(costUsd);
  const calls = `${counted(modelCalls, "model call")}, ${counted(toolCalls, "tool call")}`;
  const open = unknown.length === 0 ? "" : `; not known: ${unknown.join("; ")}`;
  return `${calls}, ${cost}, about ${durationText(criticalPathMs)}${open}`;
}
