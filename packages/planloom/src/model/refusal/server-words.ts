// A server's own sentence about an error. In: a body as JSON. Out: the sentence, with the code and the field that it
// names beside it.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";

/** Fields that hold the sentence, in this order. */
const SENTENCES = [
  ...["message", "detail", "msg", "errmsg", "err_msg", "error_msg", "error_message", "errorMessage"],
  ...["error_description", "status_msg"],
];
/** Fields that hold an object with the sentence. */
const WITHIN = ["error", "base_resp"];
/** Fields that hold a list of such objects. */
const LISTS = ["errors"];
/** Fields that say in one word what is wrong, whatever the language of the sentence. */
const WORDS = ["code", "type", "param"];
const MOST_WORD_CHARS = 60;

/** The object that tells of an error. undefined: the body tells of none. */
export function errorTold(body: Json | undefined): string | JsonObject | undefined {
  if (Array.isArray(body)) return errorTold((body as readonly Json[])[0]);
  if (!isObject(body)) return undefined;
  for (const name of WITHIN) {
    const within = body[name];
    if (typeof within === "string" && within.trim() !== "") return within;
    if (isObject(within) && sentenceIn(within) !== undefined) return within;
  }
  if (sentenceIn(body) !== undefined) return body;
  const first = LISTS.map((name) => body[name]).find(Array.isArray)?.[0] as Json | undefined;
  return typeof first === "string" ? first : isObject(first) && sentenceIn(first) !== undefined ? first : undefined;
}

const sentenceIn = (error: JsonObject): string | undefined =>
  SENTENCES.map((name) => error[name]).find((value): value is string => typeof value === "string" && value !== "");

/** The sentence, and the words for programs that it does not hold. Some servers say only there what is wrong. */
export function serverWords(body: Json | undefined): string | undefined {
  const told = errorTold(body);
  if (told === undefined || typeof told === "string") return told;
  const sentence = sentenceIn(told)!;
  const words = WORDS.map((name) => told[name]).filter(
    (word): word is string => typeof word === "string" && isWord(word) && !sentence.includes(word),
  );
  return words.length === 0 ? sentence : `${sentence} (${[...new Set(words)].join(", ")})`;
}

/** A kind of errors says nothing: `invalid_request_error`, `server_error`. A number is no word. */
const isWord = (word: string): boolean =>
  /^[A-Za-z][\w.[\]-]*$/.test(word) && word.length <= MOST_WORD_CHARS && !/error$/i.test(word);
