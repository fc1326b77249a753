// Words for a provider's failure. In: the failure as data, and the endpoint. Out: a PlanloomError that names the
// endpoint. This file guards what is shown: never a key, never a prompt, at most an excerpt of the server's text.
import { beginning } from "../beginning.js";
import { assertNever } from "../assert-never.js";
import type { TimedOut } from "../deadline.js";
import type { ModelTarget } from "../words/errors/model.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Role } from "./port.js";
import type { ProviderFailure } from "./refusal/provider-failure.js";
import { refusalSubject, refusedSetting } from "./refusal/refusal-subject.js";
import { saysNoTools } from "./request/tool-rung.js";

/** The address that a request was sent to. */
export interface RequestTarget {
  readonly role: Role;
  readonly model: string;
  /** host:port/path, or the name of a provider. */
  readonly label: string;
  /** The key, and the values of headers: servers repeat them in their errors. */
  readonly secrets: readonly string[];
}

/** Characters of a server's text that are shown: a sentence or two. */
const EXCERPT_CHARS = 300;

/** Forms of keys that servers often repeat in their errors. */
const KEY_FORMS = /\b(?:sk|pk|gsk|xai|hf)[-_][\w*.-]{6,}|Bearer\s+\S+/gi;

export function providerError(failure: ProviderFailure, target: RequestTarget): PlanloomError {
  const at = modelOf(target);
  switch (failure.kind) {
    case "unreachable":
      return new PlanloomError("PROVIDER_UNREACHABLE", { ...at, reason: failure.code });
    case "refused":
      return refusal(failure, target);
    case "failed":
      return new PlanloomError(
        "PROVIDER_FAILED",
        { ...at, problem: "status", status: failure.status, text: excerpt(failure.words, target) },
        { retryAfterMs: failure.retryAfterMs },
      );
    case "cut":
      return new PlanloomError("PROVIDER_FAILED", { ...at, problem: "cut", reason: excerpt(failure.code, target) });
    case "slow":
      return new PlanloomError("PROVIDER_TIMEOUT", { ...at, problem: "silent", reason: failure.code });
    case "unreadable":
      return new PlanloomError("PROVIDER_FAILED", {
        ...at,
        problem: "unreadable",
        text: excerpt(failure.words, target),
      });
    case "no-key":
      return new PlanloomError("PROVIDER_UNAUTHORIZED", { ...at, text: excerpt(failure.words, target) });
    default:
      return assertNever(failure);
  }
}

/** Another attempt would use up the limit again. */
export const outputLimitError = (target: RequestTarget): PlanloomError =>
  new PlanloomError("PROVIDER_FAILED", { ...modelOf(target), problem: "no-room" }, { retryable: false });

export function timeoutError(target: RequestTarget, { ms, wasSilent }: TimedOut): PlanloomError {
  return new PlanloomError("PROVIDER_TIMEOUT", {
    ...modelOf(target),
    problem: wasSilent ? "no-sign" : "no-reply",
    timeoutMs: ms,
  });
}

function refusal(failure: ProviderFailure & { kind: "refused" }, target: RequestTarget): PlanloomError {
  const { status } = failure;
  const wait = { retryAfterMs: failure.retryAfterMs };
  const at = modelOf(target);
  const text = excerpt(failure.words, target);
  const about = refusalSubject(status, failure.words) ?? (saysNoTools(failure.words) ? "tools" : undefined);
  const setting = about === "setting" ? refusedSetting(failure.words) : undefined;
  const subject = { ...(about === undefined ? {} : { about }), ...(setting === undefined ? {} : { setting }) };
  if (status === undefined) return new PlanloomError("PROVIDER_REFUSED", { ...at, text, ...subject });
  if (status === 408) return new PlanloomError("PROVIDER_TIMEOUT", { ...at, problem: "status", status, text }, wait);
  const answered = { ...at, status, text };
  // A request above the limit never fits into it.
  if (status === 429 && about !== "quota" && about !== "length")
    return new PlanloomError("PROVIDER_RATE_LIMITED", answered, wait);
  if (status === 401 || status === 403) return new PlanloomError("PROVIDER_UNAUTHORIZED", answered);
  return new PlanloomError("PROVIDER_REFUSED", { ...answered, ...subject });
}

const modelOf = ({ model, role, label }: RequestTarget): ModelTarget => ({ model, role, label });

/** One line, short, and without keys. The original error is not kept as cause, because it holds the whole prompt. */
function excerpt(words: string, { secrets }: RequestTarget): string {
  const known = secrets.reduce((text, secret) => (secret.length < 4 ? text : text.replaceAll(secret, "[key]")), words);
  const line = known.replace(KEY_FORMS, "[key]").replace(/\s+/g, " ").trim();
  return line.length <= EXCERPT_CHARS ? line : `${beginning(line, EXCERPT_CHARS)}…`;
}
