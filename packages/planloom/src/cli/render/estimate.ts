// Shows an estimate. In: an Estimate. Out: one line, or one line for each figure with its source. `plan` prints the
// short form, `estimate` the long one, and `show` the same text for money.
import type { EstimateInWords } from "../../words/estimate.js";
import { isObject, type Json } from "../../plan/json.js";
import type { RunCost } from "../../run/view/cost.js";
import { budgetText, dollarsText, durationText } from "../../words/phrases.js";
import { count, oneLine } from "../style.js";

const number = (figure: number): string => figure.toLocaleString("en-US");

/** `0.0042 USD`, or whose share is unknown and why. */
export function costText({ costUsd, unpriced }: RunCost, missing: string): string {
  if (costUsd !== null) return dollarsText(costUsd);
  return `unknown: no ${missing} for ${unpriced.map((model) => oneLine(model, 80)).join(", ")}`;
}

/** The one line beside a plan. */
export function estimateLine(estimate: EstimateInWords): string {
  const { modelCalls, inputTokens, outputTokens, criticalPathMs, costUsd } = estimate;
  const cost = costUsd === null ? "unknown cost" : dollarsText(costUsd);
  const tokens = `${number(inputTokens)} tokens in, ${number(outputTokens)} out`;
  return `  estimate  ${count(modelCalls, "model call")}, ${tokens}, ${cost}, ${durationText(criticalPathMs)}; ${runsText(estimate)}`;
}

/** The same line for an estimate from the log, which any process and any version may have written. */
export function expectedLines(value: Json | undefined): readonly string[] {
  const known = isObject(value) && FIGURES.every((figure) => typeof value[figure] === "number");
  return known && isObject(value["basis"]) ? [estimateLine(value as unknown as EstimateInWords)] : [];
}

const FIGURES = ["modelCalls", "inputTokens", "outputTokens", "criticalPathMs"] satisfies (keyof EstimateInWords)[];

export function estimateLines(estimate: EstimateInWords): readonly string[] {
  const { modelCalls, toolCalls, inputTokens, outputTokens, criticalPathMs, actions, replan, unknown } = estimate;
  const { shares = [] } = estimate;
  return [
    `  calls    ${count(modelCalls, "model call")}, ${count(toolCalls, "tool call")}`,
    `  tokens   ${number(inputTokens)} in, ${number(outputTokens)} out`,
    `  cost     ${costText(estimate, "price")}${readOnText(estimate)}${pricedAsText(estimate)}`,
    `  time     ${durationText(criticalPathMs)} on the longest path, if all that may run at once does`,
    ...actions.map(({ step, tool, effects, times }) => {
      const often = times === null ? "as often as a model decides" : count(times, "time");
      return `  acts     ${step}: ${oneLine(tool, 80)} (${effects}), ${often}`;
    }),
    ...shares.map((share) => `  share    ${shareText(share)}`),
    ...(replan === null ? [] : [`  replan   ${replanText(replan)}`]),
    `  basis    ${runsText(estimate)}${samplesText(estimate)}`,
    ...unknown.map((words) => `  unknown  ${oneLine(words, 2_000)}`),
  ];
}

function shareText({ step, budget }: NonNullable<EstimateInWords["shares"]>[number]): string {
  return `${step}: at most ${budgetText(budget)}`;
}

const runsText = ({ basis: { runs } }: EstimateInWords): string =>
  runs === 0 ? "no earlier runs: assumptions" : `from ${count(runs, "earlier run")}`;

/** The number of samples behind each figure. A figure without samples is assumed. */
function samplesText({ basis: { tools, models, lists } }: EstimateInWords): string {
  const named = [...Object.entries(models), ...Object.entries(tools), ...Object.entries(lists)];
  if (named.length === 0) return "";
  return ` (samples: ${named.map(([name, samples]) => `${oneLine(name, 80)} ${samples}`).join(", ")})`;
}

/** A list of models is priced with its dearest. */
function pricedAsText({ models }: EstimateInWords): string {
  const named = models.flatMap(({ model, pricedAs }) =>
    pricedAs === undefined ? [] : [`${oneLine(model, 80)} at the price of its fallback ${oneLine(pricedAs, 80)}`],
  );
  return named.length === 0 ? "" : ` (${named.join(", ")})`;
}

function readOnText({ models }: EstimateInWords): string {
  const months = new Set(models.flatMap(({ priceReadOn }) => priceReadOn ?? []));
  return months.size === 0 ? "" : ` (list prices as read in ${[...months].sort().join(", ")})`;
}

function replanText(replan: NonNullable<EstimateInWords["replan"]>): string {
  const { modelCalls, inputTokens, outputTokens, costUsd, samples, model } = replan;
  const cost = costUsd === null ? `unknown cost (no price for ${oneLine(model, 80)})` : dollarsText(costUsd);
  const from = samples === 0 ? "an assumption" : `from ${count(samples, "plan")}`;
  return `each one ${count(modelCalls, "model call")}, ${number(inputTokens)} tokens in, ${number(outputTokens)} out, ${cost}; ${from}`;
}
