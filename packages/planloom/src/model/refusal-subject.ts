// What a server's refusal is about, by its words. In: the status, and what the server said. Out: the subject where it
// is known; then no other form of the request helps, and people are told what does.
import type { RefusalSubject } from "../words/errors/model.js";

/** In order: the first that fits counts. */
const SUBJECTS: readonly (readonly [RefusalSubject, RegExp])[] = [
  [
    "quota",
    /insufficient[_ ]quota|exceeded your current quota|insufficient (?:balance|credits?|funds)|credit balance|billing/i,
  ],
  [
    "length",
    /context (?:length|window|size)|maximum context|context_length_exceeded|too many tokens|(?:prompt|input) is too long|exceeds? the (?:available )?context/i,
  ],
  ["not-loaded", /no models? (?:is |are )?loaded|model (?:is )?not loaded|load a model/i],
  [
    "model",
    /not a valid model|(?:invalid|unknown|unsupported) model\b|no such model|model_not_found|\bmodel\b.{0,80}\b(?:not found|does not exist|is not available)\b/i,
  ],
  [
    "path",
    /unexpected endpoint|page not found|cannot (?:get|post) \/|invalid url|no route|unknown (?:path|url|endpoint)/i,
  ],
  ["key", /api key|invalid token|authentication/i],
];

/** Statuses whose meaning needs no words. */
const BY_STATUS: { readonly [status: number]: RefusalSubject } = { 402: "quota", 413: "length" };

export function refusalSubject(status: number | undefined, words: string): RefusalSubject | undefined {
  const byStatus = status === undefined ? undefined : BY_STATUS[status];
  return byStatus ?? SUBJECTS.find(([, pattern]) => pattern.test(words))?.[0];
}
