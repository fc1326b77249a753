// Finds what an answer claims: figures, names, quotations and addresses. In: an answer. Out: each claim with its place.
// docs/evidence.md has the rules. They leave out rather than accuse: headings, list numbers and ordinary words are none.
import type { Json } from "../../../plan/json.js";
import { eachText } from "../../answer-text.js";
import { figuresIn, type Figure } from "./figures.js";
import { capitalsAreNames, namesIn } from "./names.js";

/** `at`: JSON pointer of the text or number in the answer. */
export type AnswerClaim = { readonly at: string; readonly text: string } & (
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "name"; readonly initial: boolean }
  | { readonly kind: "quote" | "address" }
);

export interface AnswerClaims {
  readonly claims: readonly AnswerClaim[];
  /** Capitalised words were not taken as names: the language writes other words so, too. */
  readonly capitals: boolean;
}

export function claimsIn(answer: Json): AnswerClaims {
  const claims: AnswerClaim[] = [];
  const texts: string[] = [];
  eachText(answer, (at, value) => {
    if (typeof value === "number") claims.push(...ofNumber(at, value));
    else texts.push(value);
  });
  const capitals = capitalsAreNames(texts.join("\n"));
  eachText(answer, (at, value) => {
    if (typeof value === "string") claims.push(...ofText(at, value, capitals, at !== ""));
  });
  const distinct = new Map(claims.map((claim) => [`${claim.kind} ${claim.text.toLowerCase()}`, claim]));
  return { claims: [...distinct.values()], capitals };
}

function ofNumber(at: string, value: number): readonly AnswerClaim[] {
  if (isSmall(value)) return [];
  const text = String(value);
  const tolerance = Number.isInteger(value) ? 0 : 10 ** -(/\.(\d+)$/.exec(text)?.[1]?.length ?? 0) / 2;
  return [{ kind: "figure", at, text, figure: { text, index: 0, meanings: [{ value, tolerance }] } }];
}

/** 0 and 1 are said of anything. */
const isSmall = (value: number): boolean => value === 0 || value === 1;

/** `INV-2931` is a name. */
const isInName = (text: string, index: number): boolean => /\p{L}-$/u.test(text.slice(Math.max(0, index - 2), index));

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'`)\]}|]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const QUOTE = /["“„«]([^"“”„«»\n]{3,200})["”»]/gu;

function ofText(at: string, text: string, capitals: boolean, isField: boolean): readonly AnswerClaim[] {
  const plain = plainText(text);
  const addresses = [...plain.matchAll(ADDRESS)].map(([address]) => address.replace(/[.,;:!?]+$/, ""));
  const rest = plain.replace(ADDRESS, " ");
  const quotes = [...rest.matchAll(QUOTE)].map(([, quoted]) => quoted!.trim());
  const unquoted = rest.replace(QUOTE, (quoted) => " ".repeat(quoted.length));
  const figures = figuresIn(rest).filter(
    ({ meanings, index }) => !meanings.every(({ value }) => isSmall(value)) && !isInName(rest, index),
  );
  return [
    ...figures.map((figure): AnswerClaim => ({ kind: "figure", at, text: figure.text, figure })),
    ...quotes.map((quoted): AnswerClaim => ({ kind: "quote", at, text: quoted })),
    ...addresses.map((address): AnswerClaim => ({ kind: "address", at, text: address })),
    ...namesIn(unquoted, { capitals, isField }).map((name): AnswerClaim => ({ kind: "name", at, ...name })),
  ];
}

/** Without code, headings, table heads, numbers of lists and of footnotes, and marks of emphasis. */
function plainText(text: string): string {
  const lines = text.replace(/```[\s\S]*?(?:```|$)/g, "\n").split(/\r?\n/);
  return lines
    .filter((line, index) => !isHeading(line) && !isTableRule(line) && !isTableRule(lines[index + 1] ?? ""))
    .map((line) => line.replace(/^\s*(?:>\s*)*(?:[-*+•]\s+)?(?:\(?\d{1,3}[.)]\s+)?/, ""))
    .map((line) => line.replace(/\[(?:\d{1,3}(?:\s*,\s*\d{1,3})*)\]|\[\^[^\]]+\]/g, " ").replace(/[*_`~]+/g, ""))
    .join("\n");
}

const isHeading = (line: string): boolean => /^\s*#{1,6}\s/.test(line) || /^\s*\*\*[^*]+\*\*:?\s*$/.test(line);

const isTableRule = (line: string): boolean => /^\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?::?-{3,}:?)?\s*$/.test(line);
