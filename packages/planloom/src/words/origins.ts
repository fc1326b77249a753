// The words for where a value comes from. In: links as data. Out: one sentence for each.
import type { OriginLink } from "../run/view/origins.js";
import { andList, withMore } from "./phrases.js";
import { cutLine } from "./row-lines.js";

type Of<Code extends OriginLink["code"]> = Extract<OriginLink, { readonly code: Code }>;

const LINKS: { readonly [Code in OriginLink["code"]]: (link: Of<Code>) => string } = {
  PLAN_TEXT: () => "It stands in the plan.",
  PLAN_AFTER_UNTRUSTED: ({ private: held }) =>
    `The plan was written after ${held ? "private and untrusted" : "untrusted"} text was read.`,
  INPUT: ({ input, untrusted, private: held }) => `Input ${input} ${labelText(untrusted, held)}.`,
  PERSON_ANSWERED: ({ title }) => `A person answered: ${titleText(title)}.`,
  PERSON_CHANGED: () => "A person gave these arguments when approving the call.",
  MODEL_FILLED: () => "A model wrote it from the instruction of the step and its data.",
  TOOL_GAVE: ({ tool, title, untrusted, private: held }) =>
    `${tool} returned ${dataText(untrusted, held)}${title === undefined ? "" : `, in the step ${titleText(title)}`}.`,
  MADE_FROM: ({ title, tool, from }) =>
    `${tool ?? "A model"} made it in the step ${titleText(title)}${from.length === 0 ? "" : ` from ${some(from)}`}.`,
  SKIPPED: ({ title }) => `The step ${titleText(title)} was skipped, so its value is null.`,
  SECRET: () => "It holds the handle of a secret.",
};

export const originText = (link: OriginLink): string => (LINKS[link.code] as (link: OriginLink) => string)(link);

const titleText = (title: string): string => JSON.stringify(cutLine(title, 80));

function labelText(untrusted: boolean, held: boolean): string {
  if (untrusted) return held ? "is not trusted, and is private" : "is not trusted";
  return held ? "is trusted, and is private" : "is trusted";
}

function dataText(untrusted: boolean, held: boolean): string {
  if (untrusted) return `${held ? "private " : ""}text that this run does not trust`;
  return `${held ? "private" : "public"} data that this run trusts`;
}

const MOST_NAMES = 4;

const some = (names: readonly string[]): string =>
  names.length <= MOST_NAMES ? andList(names) : withMore(names.slice(0, MOST_NAMES), names.length - MOST_NAMES);
