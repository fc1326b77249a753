// Why a request got no reply. In: an error of the SDK, of fetch or of a stream. Out: the failure as data, by kind.
// provider-error.ts words it.
import { messageOf } from "../../error.js";
import { jsonIn, type JsonObject } from "../../plan/json.js";
import { asJson } from "../../tools/output.js";
import { refusalSubject, statusIn } from "./refusal-subject.js";
import { serverWords } from "./server-words.js";
import { waitHint } from "./wait-hint.js";

export type ProviderFailure =
  /** The server was not reached; `code` is the system's. */
  | { readonly kind: "unreachable"; readonly code: string }
  /** A 4xx status, or a feature that the provider's package does not have (no status). */
  | {
      readonly kind: "refused";
      readonly status: number | undefined;
      readonly words: string;
      readonly retryAfterMs?: number;
    }
  /** 5xx. */
  | { readonly kind: "failed"; readonly status: number; readonly words: string; readonly retryAfterMs?: number }
  /** The connection ended before the reply did. */
  | { readonly kind: "cut"; readonly code: string }
  | { readonly kind: "slow"; readonly code: string }
  /** A reply arrived that cannot be read. */
  | { readonly kind: "unreadable"; readonly words: string }
  | { readonly kind: "no-key"; readonly words: string };

/** The server was reached, and then the connection broke. */
const CUT_CODES: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);
const SLOW_CODES: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** Codes of the system, of its network library and of HTTP. A server's own codes are other words. */
const isSystemCode = (code: unknown): code is string =>
  typeof code === "string" && /^(?:E[A-Z0-9]+|[A-Z]+_[A-Z0-9_]+)$/.test(code);

/** Fields of the errors of the AI SDK and of the platform, for any error class. */
interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly responseBody?: unknown;
  readonly responseHeaders?: { readonly [name: string]: string | undefined };
  readonly cause?: unknown;
}

/** `now` in ms since 1970, for a retry-after header with a date. */
export function providerFailureOf(thrown: unknown, now: number): ProviderFailure {
  const chain = chainOf(thrown);
  const answered = chain.find((error) => typeof error.statusCode === "number");
  const status = answered?.statusCode as number | undefined;
  if (answered !== undefined && status !== undefined && status >= 400) {
    const sent = typeof answered.responseBody === "string" ? answered.responseBody : "";
    const wait = waitHint({ status, headers: answered.responseHeaders ?? {}, body: sent }, now);
    return statusFailure(status, wordsOf(sent) || messageOf(answered), wait);
  }
  const sent = chain.find(({ name, code }) => name === undefined && code !== undefined && !isSystemCode(code));
  if (sent !== undefined) {
    const words = typeof sent.message === "string" ? sent.message : messageOf(thrown);
    const sentStatus = statusIn(sent as JsonObject);
    return statusFailure(sentStatus, words, waitHint({ status: sentStatus, body: textOf(sent) }, now));
  }
  const code = chain.map((error) => error.code).find(isSystemCode);
  if (code !== undefined) return connectionFailure(code, status !== undefined);
  return otherFailure(chain, thrown, now);
}

function statusFailure(status: number, words: string, wait: number | undefined): ProviderFailure {
  const rest = { status, words, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  const lasts = status === 500 && LASTING.has(refusalSubject(undefined, words));
  return status >= 500 && !lasts ? { kind: "failed", ...rest } : { kind: "refused", ...rest };
}

/** Some servers answer 500 to what does not pass. */
const LASTING: ReadonlySet<string | undefined> = new Set(["quota", "length", "model", "filter"]);

function connectionFailure(code: string, answered: boolean): ProviderFailure {
  if (SLOW_CODES.has(code)) return { kind: "slow", code };
  if (code.startsWith("HPE_")) return { kind: "unreadable", words: `not HTTP (${code})` };
  if (code.startsWith("Z_")) return { kind: "unreadable", words: `not compressed as its headers say (${code})` };
  return answered || CUT_CODES.has(code) ? { kind: "cut", code } : { kind: "unreachable", code };
}

function otherFailure(chain: readonly Thrown[], thrown: unknown, now: number): ProviderFailure {
  const named = (name: string): boolean => chain.some((error) => error.name === name);
  const words = chain.map(({ message }) => message).find((message) => typeof message === "string") ?? messageOf(thrown);
  if (named("AI_LoadAPIKeyError")) return { kind: "no-key", words };
  // A package takes another value, or has no such feature. Nothing was sent.
  if (named("AI_UnsupportedFunctionalityError") || named("AI_InvalidArgumentError"))
    return { kind: "refused", status: undefined, words };
  const status = chain.map(({ code }) => code).find((code) => typeof code === "number" && code >= 400 && code < 600);
  const innermost = chain.at(-1)?.message;
  const said = typeof innermost === "string" ? innermost : words;
  if (typeof status === "number")
    return statusFailure(status, said, waitHint({ status, body: textOf(chain.at(-1)) }, now));
  // fetch itself refuses some ports, such as 1 and 9: nothing was sent.
  if (said === "bad port") return { kind: "unreachable", code: said };
  if (/terminated|without a finish reason|ended before/i.test(words)) return { kind: "cut", code: words };
  return { kind: "unreadable", words: said };
}

/** An error that a server sent inside a stream, as text. */
function textOf(sent: Thrown | undefined): string {
  if (sent === undefined) return "";
  const copy = sent instanceof Error ? undefined : asJson(sent);
  return copy?.ok === true ? JSON.stringify(copy.value) : messageOf(sent);
}

/** The error and its causes, outermost first. A cause may be a plain object that a server sent inside a stream. */
function chainOf(thrown: unknown): readonly Thrown[] {
  const chain: Thrown[] = [];
  let current = thrown;
  while (typeof current === "object" && current !== null && chain.length < 8) {
    chain.push(current);
    current = (current as Thrown).cause;
  }
  return chain;
}

/** The server's own sentence, from the common forms of error bodies; otherwise the body without markup. */
const wordsOf = (body: string): string => serverWords(jsonIn(body)) ?? body.replace(/<[^<>]*>/g, " ");
