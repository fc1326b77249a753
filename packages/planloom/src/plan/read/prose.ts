// Recognises texts without a plan: a refusal to plan, or questions. In: a text, or a value without steps. Out: a
// refusal, questions, or no plan. These are outcomes, not faults of a document.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { findingOf, type Finding } from "../finding.js";
import { isObject } from "../json.js";
import { questionsIn } from "./fields/document.js";
import { failure, noPlan, type ReadFailure } from "./failure.js";
import { listTexts } from "./form/list.js";
import { apologises, asks, refuses, requestsAnswer } from "./phrases.js";

export interface Questions {
  readonly kind: "questions";
  readonly findings: readonly Finding[];
  readonly questions: readonly string[];
}

/** A text without a plan in it. */
export function proseResult(text: string): ReadFailure | Questions {
  if (refuses(text)) return refusalByModel();
  const sentences = closingQuestions(text);
  if (sentences.length > 0) return questions(sentences);
  return apologises(text) ? refusalByModel() : noPlan();
}

/** A value without steps. */
export function valueResult(value: unknown): ReadFailure | Questions {
  const sentences = questionsIn(value);
  if (sentences.length > 0) return questions(sentences);
  if (isObject(value) && typeof value["refusal"] === "string" && value["refusal"].trim() !== "")
    return refusalByModel();
  const first: unknown = typeof value === "object" && value !== null ? Object.values(value)[0] : value;
  return typeof first === "string" && (refuses(first) || apologises(first)) ? refusalByModel() : noPlan();
}

export const refusalByModel = (): ReadFailure => failure("refusal", "REFUSAL", { by: "model" });

function questions(sentences: readonly string[]): Questions {
  const kept = sentences.slice(0, LIMITS.questions).map((one) => beginning(one, LIMITS.findingChars));
  const finding = findingOf("QUESTIONS", { pointer: "" }, { questions: kept });
  return { kind: "questions", findings: [finding], questions: kept };
}

/** The questions of a text that ends with a question: the items of its list, or its sentences. Or what it asks for. */
function closingQuestions(text: string): readonly string[] {
  if (text.length > LIMITS.questionChars) return [];
  const items = listTexts(text);
  if (items.length > 0 && items.every(asks)) return items;
  const sentences = text.split(/(?<=[.!?？。！؟\n])/).map((one) => one.trim());
  const asked = sentences.filter((one) => one.length > 3 && (asks(one) || requestsAnswer(one)));
  const last = sentences.findLast((one) => /\p{L}/u.test(one)) ?? "";
  const ends = items.length === 0 && (asks(last) || requestsAnswer(last));
  return ends || asked.some(requestsAnswer) ? asked : [];
}
