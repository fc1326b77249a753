// Compares an answer with the result that was expected. In: two values. Out: whether it is met, and each difference. A
// value is compared by type and value; a text by its words, and by the figures and names that it names.
import { LIMITS } from "../../../limits.js";
import { isObject, jsonIn, kindOf, pointerTo, readableText, type Json, type JsonKind } from "../../../plan/json.js";
import { claimsIn, type AnswerClaim } from "./claims.js";
import { figuresIn, Numbers, numberWordsIn } from "./figures.js";
import { NameSources, normalised } from "./names.js";

/** One place where the answer is not as expected. `at`: JSON pointer; "" is the whole answer. */
export type Deviation = { readonly at: string } & (
  | { readonly problem: "missing"; readonly expected: Json }
  | { readonly problem: "extra"; readonly found: Json }
  | {
      readonly problem: "type";
      readonly expected: Json;
      readonly found: Json;
      readonly types: readonly [JsonKind, JsonKind];
    }
  | { readonly problem: "value"; readonly expected: Json; readonly found: Json }
);

/** `points`: the values that were compared, or the figures and names that were looked for. */
export type Comparison =
  | { readonly kind: "no-answer"; readonly met: false }
  | {
      readonly kind: "value";
      readonly met: boolean;
      readonly points: number;
      readonly pointsMet: number;
      /** The first LIMITS.evidenceFindings of `different`. */
      readonly deviations: readonly Deviation[];
      readonly different: number;
    }
  | {
      readonly kind: "text";
      readonly met: boolean;
      readonly how: "equal" | "contained" | "same-facts" | "other";
      readonly points: number;
      readonly pointsMet: number;
      /** Figures and names of the expected text that the answer does not hold. */
      readonly missing: readonly string[];
    };

/** `answer` is null if there is none. */
export function compared(expected: Json, answer: Json): Comparison {
  if (answer === null) return { kind: "no-answer", met: false };
  if (typeof expected === "string") return comparedTexts(expected, readableText(answer));
  const found = typeof answer === "string" ? (jsonIn(unfenced(answer)) ?? answer) : answer;
  const comparing = new Comparing();
  comparing.compare(expected, found, "");
  const { points, deviations } = comparing;
  return {
    kind: "value",
    met: deviations.length === 0,
    points,
    pointsMet: Math.max(0, points - comparing.failed),
    deviations: deviations.slice(0, LIMITS.evidenceFindings),
    different: deviations.length,
  };
}

const unfenced = (text: string): string => text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, "$1");

class Comparing {
  points = 0;
  failed = 0;
  readonly deviations: Deviation[] = [];

  compare(expected: Json, found: Json, at: string): void {
    if (Array.isArray(expected) && Array.isArray(found)) return this.#fields(expected, found, at);
    if (isObject(expected) && isObject(found)) return this.#fields(expected, found, at);
    const points = leaves(expected);
    this.points += points;
    if (isEqual(expected, found)) return;
    this.failed += points;
    const types = [kindOf(expected), kindOf(found)] as const;
    if (types[0] === types[1]) this.deviations.push({ at, problem: "value", expected, found });
    else this.deviations.push({ at, problem: "type", expected, found, types });
  }

  #fields(expected: Json, found: Json, at: string): void {
    const [wanted, there] = [new Map(Object.entries(expected as object)), new Map(Object.entries(found as object))];
    if (wanted.size === 0) this.points++;
    for (const [name, value] of wanted as Map<string, Json>) {
      const place = pointerTo(at, name);
      if (there.has(name)) {
        this.compare(value, there.get(name) as Json, place);
        continue;
      }
      this.points += leaves(value);
      this.failed += leaves(value);
      this.deviations.push({ at: place, problem: "missing", expected: value });
    }
    for (const [name, value] of there as Map<string, Json>)
      if (!wanted.has(name)) this.deviations.push({ at: pointerTo(at, name), problem: "extra", found: value });
  }
}

function leaves(value: Json): number {
  if (typeof value !== "object" || value === null) return 1;
  const fields = Object.values(value) as readonly Json[];
  return fields.length === 0 ? 1 : fields.reduce((sum: number, field) => sum + leaves(field), 0);
}

/** Two numbers are equal if they differ only by the rounding of the computer. */
function isEqual(a: Json, b: Json): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function comparedTexts(expected: string, answer: string): Comparison {
  const [wanted, found] = [normalised(expected), normalised(answer)];
  const facts = claimsIn(expected).claims;
  const numbers = new Numbers([
    ...figuresIn(answer).flatMap(({ meanings }) => meanings.map(({ value }) => value)),
    ...numberWordsIn(answer),
  ]);
  const names = new NameSources([answer]);
  const missing = facts.filter((fact) => !stands(fact, numbers, names)).map(({ text }) => text);
  const how = likeness(wanted, found, facts.length > 0 && missing.length === 0);
  const points = Math.max(1, facts.length);
  const met = how !== "other";
  return {
    kind: "text",
    met,
    how,
    points,
    pointsMet: met ? points : facts.length - missing.length,
    missing: met ? [] : missing.slice(0, LIMITS.evidenceFindings),
  };
}

type Likeness = (Comparison & { readonly kind: "text" })["how"];

function likeness(wanted: string, found: string, sameFacts: boolean): Likeness {
  if (wanted === found) return "equal";
  if (found.includes(wanted)) return "contained";
  return sameFacts ? "same-facts" : "other";
}

function stands(fact: AnswerClaim, numbers: Numbers, names: NameSources): boolean {
  if (fact.kind === "figure") return fact.figure.meanings.some((meaning) => numbers.has(meaning));
  if (fact.kind === "address") return names.hasAddress(fact.text);
  return names.holds(fact.text);
}
