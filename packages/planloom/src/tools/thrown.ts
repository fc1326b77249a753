// What is known of a thrown value beyond its message: its class, the place in the code that threw it, its stack, and the
// errors that caused it. In: anything. Out: data within limits, for people only. Never throws, whatever is thrown.
import { fileURLToPath } from "node:url";
import { relative } from "node:path";
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import type { Cause, Thrown } from "../run/failure.js";

type Clean = (text: string) => string;

/** Code that is not the tool's: Planloom's own. A bundle has only one folder, which then counts as nobody's. */
const OWN_FOLDER = folderOf(new URL("..", import.meta.url).href);

function folderOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return "\u0000";
  }
}

/** A field of any value, also of a proxy. undefined if it cannot be read. */
function fieldOf(value: unknown, name: string): unknown {
  try {
    return isObjectLike(value) ? (value as { readonly [field: string]: unknown })[name] : undefined;
  } catch {
    return undefined;
  }
}

const isObjectLike = (value: unknown): boolean =>
  (typeof value === "object" && value !== null) || typeof value === "function";

const textOf = (value: unknown, clean: Clean, most: number): string | undefined =>
  typeof value === "string" && value !== "" ? beginning(clean(beginning(value, LIMITS.valueBytes)), most) : undefined;

/** undefined if nothing is known, as of a text that was thrown. */
export function thrownFacts(thrown: unknown, clean: Clean): Thrown | undefined {
  const name = nameOf(thrown, clean);
  const stack = framesOf(thrown, clean);
  const at = stack === undefined ? undefined : placeIn(stack);
  const causes = causesOf(thrown, clean);
  const facts = {
    ...(name === undefined ? {} : { name }),
    ...(at === undefined ? {} : { at }),
    ...(stack === undefined ? {} : { stack }),
    ...(causes.length === 0 ? {} : { causes }),
    ...(isProgramError(thrown) ? { program: true as const } : {}),
  };
  return Object.keys(facts).length === 0 ? undefined : facts;
}

/** The stack without the message, which stands in the text of the failure already. */
function framesOf(thrown: unknown, clean: Clean): string | undefined {
  const stack = fieldOf(thrown, "stack");
  if (typeof stack !== "string") return undefined;
  const message = fieldOf(thrown, "message");
  const from = typeof message === "string" && message !== "" ? stack.indexOf(message) : -1;
  const rest = from < 0 ? stack : stack.slice(from + String(message).length);
  const first = rest.search(/^\s*at /m);
  return first < 0 ? undefined : textOf(rest.slice(first), clean, LIMITS.stackChars);
}

const nameOf = (thrown: unknown, clean: Clean): string | undefined =>
  textOf(fieldOf(thrown, "name"), clean, LIMITS.nameChars);

/** The causes, and the members of an AggregateError, each once, nearest first. */
function causesOf(thrown: unknown, clean: Clean): readonly Cause[] {
  const seen = new Set<unknown>([thrown]);
  const found: Cause[] = [];
  const queue = nextOf(thrown);
  while (queue.length > 0 && found.length < LIMITS.causes) {
    const cause = queue.shift();
    if (cause === undefined || cause === null || seen.has(cause)) continue;
    seen.add(cause);
    const fact = causeFact(cause, clean);
    if (fact !== undefined) found.push(fact);
    queue.push(...nextOf(cause));
  }
  return found;
}

function nextOf(value: unknown): unknown[] {
  const errors = fieldOf(value, "errors");
  try {
    return [fieldOf(value, "cause"), ...(Array.isArray(errors) ? (errors.slice(0, LIMITS.causes) as unknown[]) : [])];
  } catch {
    return [fieldOf(value, "cause")];
  }
}

function causeFact(cause: unknown, clean: Clean): Cause | undefined {
  const message = textOf(
    isObjectLike(cause) ? fieldOf(cause, "message") : primitive(cause),
    clean,
    LIMITS.previewChars,
  );
  const code = textOf(fieldOf(cause, "code"), clean, LIMITS.codeChars);
  const name = nameOf(cause, clean);
  const stack = framesOf(cause, clean);
  const at = stack === undefined ? undefined : placeIn(stack);
  if (message === undefined && code === undefined && name === undefined) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(at === undefined ? {} : { at }),
  };
}

const primitive = (value: unknown): unknown => (typeof value === "symbol" ? value.toString() : String(value));

const FRAME = /^\s*at (?:async )?(?:.*? \()?((?:file:\/\/)?\/?[^\s()][^()]*?):(\d+):(\d+)\)?$/;

/** `tools/sum.mjs:3:9`: the first frame of the tool's own code; else of a package. */
function placeIn(stack: string): string | undefined {
  const frames = stack.split("\n").flatMap((line) => {
    const [, file = "", row = "", column = ""] = FRAME.exec(line) ?? [];
    return file === "" || file.startsWith("node:") ? [] : [{ file: pathOf(file), row, column }];
  });
  const own = frames.filter(({ file }) => !file.startsWith(OWN_FOLDER));
  const first = own.find(({ file }) => !/[\\/]node_modules[\\/]/.test(file)) ?? own[0];
  return first && `${near(first.file)}:${first.row}:${first.column}`;
}

const pathOf = (file: string): string => (file.startsWith("file://") ? folderOf(file) : file);

/** From the working folder, if it is below. */
function near(file: string): string {
  try {
    const path = relative(process.cwd(), file);
    return path === "" || path.startsWith("..") ? file : path;
  } catch {
    return file;
  }
}

const PROGRAM_NAMES: ReadonlySet<unknown> = new Set([
  ...["TypeError", "ReferenceError", "RangeError", "SyntaxError", "EvalError", "URIError", "AssertionError"],
]);

/** Codes of Node for arguments that a program got wrong. */
const PROGRAM_CODE = /^ERR_(?:ASSERTION|INVALID_ARG|INVALID_THIS|MISSING_ARGS|OUT_OF_RANGE|INVALID_URL|METHOD_NOT)/;

/** Codes of the system, of networks and of protocols. */
const OUTSIDE_CODE =
  /^(?:E[A-Z0-9]+|UND_ERR_.*|HPE_.*|Z_.*|CERT_.*|ERR_(?:TLS|SSL|HTTP2|SOCKET|STREAM|NETWORK|BAD_RE).*)$/;

/** Words of platforms and libraries for what a network or a service did. */
const OUTSIDE_WORDS =
  /fetch failed|failed to fetch|load failed|network|terminated|socket|aborted|premature close|timed? ?out|JSON|unexpected (?:token|end of (?:input|data))|allocation failed/i;

/** Whether a program is wrong: the same call would fail in the same way. */
export function isProgramError(thrown: unknown): boolean {
  const name = fieldOf(thrown, "name");
  const code = fieldOf(thrown, "code");
  const isNamed = PROGRAM_NAMES.has(name) || (typeof code === "string" && PROGRAM_CODE.test(code));
  if (!isNamed) return false;
  const chain = [thrown, ...chainOf(thrown)];
  if (chain.some((one) => isOutside(fieldOf(one, "code")))) return false;
  const message = fieldOf(thrown, "message");
  return name === "AssertionError" || typeof message !== "string" || !OUTSIDE_WORDS.test(message);
}

const isOutside = (code: unknown): boolean =>
  typeof code === "string" && OUTSIDE_CODE.test(code) && !PROGRAM_CODE.test(code);

function chainOf(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let at = fieldOf(thrown, "cause");
  while (isObjectLike(at) && chain.length < LIMITS.causes) {
    chain.push(at, ...nextOf(at).slice(1));
    at = fieldOf(at, "cause");
  }
  return chain;
}

/** Whether a call may be made again: what the tool says, then the error itself, then its kind. Never throws. */
export function mayTryAgain(thrown: unknown, says: ((thrown: unknown) => boolean) | undefined): boolean {
  const own = fieldOf(thrown, "retryable");
  const otherwise = typeof own === "boolean" ? own : !isProgramError(thrown);
  try {
    const said: unknown = says?.(thrown);
    return typeof said === "boolean" ? said : otherwise;
  } catch {
    return otherwise;
  }
}
