// The check for unverified conclusions. In: a log, and the calls inside of agent steps. Out: each figure, name, quotation
// and address of the answer that no output, no input and no goal holds.
import { LIMITS } from "../../../limits.js";
import { isObject, type Json } from "../../../plan/json.js";
import { scanTemplate } from "../../../plan/expression/reference.js";
import type { EventOf, RunEvent } from "../../event.js";
import { notChecked, checkResult, type CheckFinding, type FailureCheck, type InnerCall } from "./check.js";
import { claimsIn, type AnswerClaim } from "./claims.js";
import { figuresIn, Numbers, numberWordsIn } from "./figures.js";
import { NameSources } from "./names.js";

export function unverifiedClaims(events: readonly RunEvent[], inner: readonly InnerCall[]): FailureCheck {
  const answer = events.findLast((event) => event.type === "answer.written");
  if (answer === undefined) return notChecked("NO_ANSWER");
  const sources = new Sources();
  for (const event of events) if (event.seq < answer.seq) hear(event, sources);
  for (const { output } of inner) if (output !== undefined) sources.add(output);
  const marked = unsupported(answer);
  if (sources.isFull) return marked.length === 0 ? notChecked("TOO_LARGE") : checkResult(marked.length, marked);
  const { claims, capitals } = claimsIn(claimedIn(answer, events));
  const holds = sources.lookUp();
  const unknown = claims.filter((claim) => !holds(claim)).map((claim) => findingOf(claim, answer.seq));
  return checkResult(
    claims.length + marked.length,
    [...unknown, ...marked],
    capitals ? undefined : "CAPITALS_NOT_NAMES",
  );
}

const CODES = {
  figure: "FIGURE_UNKNOWN",
  name: "NAME_UNKNOWN",
  quote: "QUOTE_UNKNOWN",
  address: "ADDRESS_UNKNOWN",
} as const;

const findingOf = ({ kind, text, at }: AnswerClaim, seq: number): CheckFinding => ({
  code: CODES[kind],
  text,
  at,
  events: [seq],
});

/** What the critic of the answer marked. */
const unsupported = ({ data: { critique }, seq }: EventOf<"answer.written">): readonly CheckFinding[] =>
  (critique?.unsupported ?? []).map(({ at, text }) => ({ code: "CLAIM_UNSUPPORTED", text, at, events: [seq] }));

/** The words of the author. References in the answer of a plan are computed from outputs, so they claim nothing. */
function claimedIn({ data: { answer, usage } }: EventOf<"answer.written">, events: readonly RunEvent[]): Json {
  if (usage.calls > 0) return answer;
  const plan = events.findLast((event) => event.type === "plan.proposed")?.data.plan;
  return plan?.answer.kind === "value" ? literal(plan.answer.value) : answer;
}

function literal(value: Json): Json {
  if (typeof value === "string") {
    const template = scanTemplate(value);
    if (!template.ok) return value;
    return template.parts.map((part) => ("text" in part ? part.text : " … ")).join("");
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map(literal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, literal(field)]));
}

function hear(event: RunEvent, sources: Sources): void {
  switch (event.type) {
    case "run.started": {
      const { goal, inputs, messages = [], answerSchema } = event.data;
      sources.add(goal, inputs, ...messages.map(({ content }) => content), answerSchema ?? null);
      sources.addDate(event.at);
      return;
    }
    case "goal.changed":
      return sources.add(event.data.goal, event.data.comment);
    case "plan.proposed":
      return sources.add(event.data.inputs);
    case "step.completed":
      return sources.add(event.data.output, event.data.summary ?? null);
    case "step.expanded":
      return sources.add(event.data.list);
    case "step.resolved":
      return sources.add(event.data.output ?? null);
    default:
      return;
  }
}

/** All that an answer can be taken from: texts, numbers, and the lengths of lists and records. */
class Sources {
  readonly #texts: string[] = [];
  readonly #numbers: number[] = [];
  #chars = 0;

  get isFull(): boolean {
    return this.#chars > LIMITS.evidenceSourceChars;
  }

  add(...values: readonly Json[]): void {
    for (const value of values) this.#walk(value);
  }

  addDate(at: number): void {
    const date = new Date(at);
    this.#numbers.push(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
  }

  lookUp(): (claim: AnswerClaim) => boolean {
    const numbers = new Numbers([...this.#numbers, ...this.#texts.flatMap(numbersIn)]);
    const names = new NameSources(this.#texts);
    return (claim) => {
      if (claim.kind === "figure") return claim.figure.meanings.some((meaning) => numbers.has(meaning));
      if (claim.kind === "address") return names.hasAddress(claim.text);
      return claim.kind === "name" ? names.hasName(claim) : names.hasQuote(claim.text);
    };
  }

  #walk(value: Json): void {
    if (this.isFull || value === null) return;
    if (typeof value === "string") {
      this.#chars += value.length;
      this.#texts.push(value);
    } else if (typeof value === "number") this.#numbers.push(value);
    else if (typeof value === "object") this.#walkFields(value);
    this.#chars++;
  }

  #walkFields(value: readonly Json[] | { readonly [name: string]: Json }): void {
    const fields = Object.entries(value);
    this.#numbers.push(fields.length);
    for (const [name, field] of fields) {
      if (!Array.isArray(value)) this.#texts.push(name);
      this.#walk(field);
    }
  }
}

const numbersIn = (text: string): readonly number[] => [
  ...figuresIn(text).flatMap(({ meanings }) => meanings.map(({ value }) => value)),
  ...numberWordsIn(text),
];
