// The words of an estimate: what it does not know. In: an estimate as data. Out: the same with sentences.
import { counted } from "./phrases.js";
import { textOr } from "./words.js";
import type { Estimate, UnknownFigures } from "../plan/estimate/estimate.js";

/** An estimate as people read it. `unknown` says in words what is not known. */
export interface EstimateInWords extends Omit<Estimate, "unknown"> {
  readonly unknown: readonly string[];
}

/** Estimates of version-1 logs hold words already, which stand as they are. */
export function estimateInWords(estimate: Estimate | EstimateInWords): EstimateInWords {
  return {
    ...estimate,
    unknown: estimate.unknown.map((one) =>
      typeof one === "string" ? one : textOr({ code: one.of, ...one }, () => unknownText(one)),
    ),
  };
}

function unknownText(figures: UnknownFigures): string {
  const names = figures.names.join(", ");
  switch (figures.of) {
    case "price":
      return `the price of these models (set \`prices\` in the configuration): ${names}`;
    case "tokens":
      return `the tokens of these models, which report none; an assumption stands for them: ${names}`;
    case "list":
      return `the length of the lists of these steps, taken as ${figures.assumed}: ${names}`;
    case "rounds":
      return `how many rounds these steps need, taken as ${figures.assumed} of the most: ${names}`;
    case "sub-plan":
      return (
        "what these steps take, which are planned when they are reached; " +
        (figures.samples === 0
          ? "an assumption stands for it"
          : `taken from ${counted(figures.samples, "earlier sub-plan")}`) +
        `: ${names}`
      );
    case "condition":
      return `whether these steps run at all, taken as yes: ${names}`;
    case "person":
      return `how long a person takes for these steps, taken as no time: ${names}`;
  }
}
