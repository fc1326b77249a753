// What an error of the SDK says about a server. In: anything thrown by it. Out: the problem as data, without secrets.
import { messageOf } from "../../error.js";
import { isObject } from "../../plan/json.js";
import type { WireProblem } from "../../words/wire-problem.js";
import { WireBroken } from "./guarded-transport.js";

/** The codes of the SDK and of the system are texts; those of JSON-RPC are numbers. */
export function codeOf(error: unknown): string | number | undefined {
  const { code } = (isRecord(error) ? error : {}) as { readonly code?: unknown };
  return typeof code === "string" || typeof code === "number" ? code : undefined;
}

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The status of an answer that was no success. */
export function httpStatusOf(error: unknown): number | undefined {
  const data = isRecord(error) && "data" in error ? error.data : undefined;
  const status = isRecord(data) && "status" in data ? data.status : undefined;
  return typeof status === "number" ? status : undefined;
}

/** A server wants a person to sign in, or does not accept the credentials. */
export const isUnauthorized = (error: unknown): boolean =>
  chainOf(error).some((one) => (one instanceof Error && one.name === "UnauthorizedError") || httpStatusOf(one) === 401);

/** Nothing reached the server: it is not there. */
export const isUnreached = (error: unknown): boolean =>
  chainOf(error).some((one) => UNREACHED.has(codeOf(one) ?? "")) || codeOf(error) === "NOT_CONNECTED";

const UNREACHED: ReadonlySet<string | number> = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENOENT", "EACCES"],
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The server does not know the session any more, or never knew it: it did nothing. Only the older revision has them. */
export function isSessionLost(
  error: unknown,
  { guard }: { readonly guard: { readonly sessionId?: string | undefined } },
): boolean {
  if (guard.sessionId === undefined) return false;
  const status = httpStatusOf(error);
  return status === 404 || (status === 400 && /session/iu.test(textOf(error)));
}

/** The error and its causes, the outermost first. */
export function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && chain.length < 8 && !chain.includes(at);) {
    chain.push(at);
    at = isRecord(at) && "cause" in at ? at.cause : undefined;
  }
  return chain;
}

/** `clean` hides secrets. */
export function wireProblem(error: unknown, clean: (text: string) => string): WireProblem {
  const broken = chainOf(error).find((one) => one instanceof WireBroken);
  if (broken !== undefined) return broken.problem;
  const status = httpStatusOf(error);
  if (status !== undefined) return { is: "status", status, ...textField(textOf(error), clean) };
  const program = programMissing(error);
  if (program !== undefined) return { is: "no-program", program: shownText(program, clean) };
  return { is: "failed", reason: shownText(reasonOf(error), clean) };
}

/** The program that could not be started because it, or its working folder, does not exist. */
function programMissing(error: unknown): string | undefined {
  const spawned = chainOf(error).find((one) => codeOf(one) === "ENOENT" && isRecord(one) && "path" in one);
  const { syscall, path } = (spawned ?? {}) as { readonly syscall?: unknown; readonly path?: unknown };
  return typeof syscall === "string" && syscall.startsWith("spawn") && typeof path === "string" ? path : undefined;
}

/** The innermost cause says what happened: `fetch failed` says nothing. */
const reasonOf = (error: unknown): string =>
  messageOf(chainOf(error).findLast((one) => messageOf(one) !== "") ?? error);

function textOf(error: unknown): string {
  const data = isRecord(error) && "data" in error ? error.data : undefined;
  const text = isObject(data) ? (data as { readonly text?: unknown }).text : undefined;
  return typeof text === "string" ? text : "";
}

const textField = (text: string, clean: (text: string) => string) =>
  text.trim() === "" ? {} : { text: shownText(text, clean) };

/** One line without control characters and secrets. */
export const shownText = (text: string, clean: (text: string) => string): string =>
  messageOf(text, clean)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, " ")
    .trim();
