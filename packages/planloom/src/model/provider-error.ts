// A provider's failure in words. In: the failure as data, and where it happened. Out: a PlanloomError that names the endpoint.
// Separate so that one place guards what may be shown: never a key, never a prompt, at most an excerpt of what the server said.
import { assertNever, PlanloomError, type PlanloomErrorOptions } from "../error.js";
import type { Role } from "./port.js";
import type { ProviderFailure } from "./provider-failure.js";

/** Where a request went. */
export interface RequestTarget {
  readonly role: Role;
  readonly model: string;
  /** host:port/path, or the name of a provider. */
  readonly label: string;
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
}

/** Characters of a server's words that are shown: a sentence or two. */
const EXCERPT_CHARS = 300;

/** Forms of keys that servers like to repeat in their errors. */
const KEY_FORMS = /\b(?:sk|pk|gsk|xai|hf)[-_][\w*.-]{6,}|Bearer\s+\S+/gi;

/** `reachedBefore`: whether this server has answered this process, so that it is likely to come back. */
export function providerError(failure: ProviderFailure, place: RequestTarget, reachedBefore: boolean): PlanloomError {
  const at = `${place.label} (${place.role} model ${place.model})`;
  const variable = `PLANLOOM_${place.role.toUpperCase()}`;
  switch (failure.kind) {
    case "unreachable":
      return error("PROVIDER_UNREACHABLE", `${at} cannot be reached: ${failure.code}.`, {
        retryable: reachedBefore,
        next: `Start the server, or set ${variable}_BASE_URL.`,
      });
    case "refused":
      return refusal(failure, at, variable, place);
    case "failed":
      return error("PROVIDER_FAILED", `${at} answered ${failure.status}${said(failure.words, place)}`, {
        retryable: true,
        ...waiting(failure),
        next: "Try again; if it stays so, look into the server's log.",
      });
    case "cut":
      return error(
        "PROVIDER_FAILED",
        `${at} ended the connection before the reply was complete (${excerpt(failure.code, place)}).`,
        {
          retryable: true,
          next: "Try again; if it stays so, look into the server's log.",
        },
      );
    case "slow":
      return error("PROVIDER_TIMEOUT", `${at} sent nothing for too long (${failure.code}).`, {
        retryable: true,
        next: "Try again, or use a faster model.",
      });
    case "unreadable":
      return error("PROVIDER_FAILED", `${at} sent a reply that cannot be read${said(failure.words, place)}`, {
        retryable: true,
        next: `Check that ${variable}_BASE_URL is the root of an OpenAI-compatible API, which usually ends in /v1.`,
      });
    case "no-key":
      return error("PROVIDER_UNAUTHORIZED", `${at} needs a key${said(failure.words, place)}`, {
        next: `Set ${variable}_API_KEY, or the provider's own variable.`,
      });
    default:
      return assertNever(failure);
  }
}

export function timeoutError(place: RequestTarget): PlanloomError {
  const message = `${place.label} (${place.role} model ${place.model}) gave no complete reply within ${place.timeoutMs} ms.`;
  return error("PROVIDER_TIMEOUT", message, {
    retryable: true,
    next: `Try again, raise the ${place.role}'s timeout, or use a faster model.`,
  });
}

function refusal(
  failure: ProviderFailure & { kind: "refused" },
  at: string,
  variable: string,
  place: RequestTarget,
): PlanloomError {
  const { status, words } = failure;
  const message = `${at} ${status === undefined ? "does not support the request" : `answered ${status}`}${said(words, place)}`;
  switch (status) {
    case 401:
    case 403:
      return error("PROVIDER_UNAUTHORIZED", message, {
        next: `Set ${variable}_API_KEY to a key that this server accepts.`,
      });
    case 429:
      return error("PROVIDER_RATE_LIMITED", message, {
        retryable: true,
        ...waiting(failure),
        next: "Wait, lower the concurrency, or raise the limit with the provider.",
      });
    case 408:
      return error("PROVIDER_TIMEOUT", message, {
        retryable: true,
        ...waiting(failure),
        next: "Try again, or use a faster model.",
      });
    case 404:
      return error("PROVIDER_REFUSED", message, {
        next: `Check the model's name, and that ${variable}_BASE_URL is the API's root, which usually ends in /v1.`,
      });
    default:
      return error("PROVIDER_REFUSED", message, { next: "Change the request or the model as the server says." });
  }
}

function error(code: string, message: string, options: PlanloomErrorOptions): PlanloomError {
  return new PlanloomError(code, message, { kind: "provider", ...options });
}

function waiting({ retryAfterMs }: { readonly retryAfterMs?: number }): PlanloomErrorOptions {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function said(words: string, place: RequestTarget): string {
  const shown = excerpt(words, place);
  return shown === "" ? "." : `: ${shown}`;
}

/** One line, short, and without keys. The original error is not kept as cause: it holds the whole prompt. */
function excerpt(words: string, { apiKey }: RequestTarget): string {
  const known = apiKey === undefined || apiKey.length < 4 ? words : words.replaceAll(apiKey, "[key]");
  const line = known.replace(KEY_FORMS, "[key]").replace(/\s+/g, " ").trim();
  return line.length <= EXCERPT_CHARS ? line : `${line.slice(0, EXCERPT_CHARS)}…`;
}
