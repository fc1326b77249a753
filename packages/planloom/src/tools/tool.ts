// A tool: something a plan may call. In: a definition with schemas, an effect class and `run`. Out: the same, checked.
// Separate because this is the whole of what a user writes to extend Planloom.
import { messageOf } from "../error.js";
import type { ToolFault } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Json, JsonObject } from "../plan/json.js";
import { DURATION_PATTERN, durationMs } from "../plan/duration.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import { failWith, type Failure } from "../run/failure.js";
import { failureText } from "../words/failures.js";
import { asJson } from "./output.js";
import { readSchema, type After, type Before, type ReadSchema, type Schema } from "./schema.js";

/** What a tool's `run` is given besides its arguments. */
export interface ToolContext {
  /** Aborted when the step times out or the run is cancelled. Pass it on to whatever you await. */
  readonly signal: AbortSignal;
  /** The same for every attempt of this call; hand it to services that know idempotency keys. */
  readonly key: string;
  readonly runId: string;
  readonly stepId: string;
  /** From 1. */
  readonly attempt: number;
  /** Shows how far the call is (0 to 1, or a few words); never stored. */
  readonly progress: (value: number | string) => void;
  /** Reports what the call has spent on models; it is counted under the executor. */
  readonly spend: (usage: Usage) => void;
  /**
   * Makes a model call and counts its usage, as `spend` does. Where the run has a budget, `send` waits for its part: so many tokens at
   * most. Rejects with a ToolError BUDGET_EXHAUSTED, without `send`, where it is used up.
   */
  readonly modelCall: <T extends { readonly usage: Usage }>(
    most: { readonly inputTokens: number; readonly outputTokens: number },
    send: () => Promise<T>,
  ) => Promise<T>;
}

/**
 * A failure that the tool knows of: nothing happened that must not happen again. Anything else that is thrown from a
 * tool with effects counts as an unknown outcome.
 */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: string;
  readonly retryable: boolean;
  /** The service asks to wait so long, in ms. */
  readonly retryAfterMs: number | undefined;
  /** The failure as data, where it is not the tool's own: its code then has words of Planloom's. */
  readonly failure: Failure | undefined;
  constructor(
    message: string,
    options: {
      readonly failure?: Failure;
      readonly code?: string;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? "TOOL_FAILED";
    this.retryable = options.retryable ?? true;
    this.retryAfterMs = options.retryAfterMs;
    this.failure = options.failure;
  }
}

export type ToolArguments = { readonly [name: string]: Json };

/** A ToolError whose words are Planloom's. */
export function toolErrorOf(failed: Failure, cause?: unknown): ToolError {
  const { code, retryable, retryAfterMs } = failed;
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new ToolError(failureText(failed), { code, retryable, ...later, failure: failed, cause });
}

/** What a service says about a call whose ending nobody saw. */
export type Reconciled = { readonly happened: true; readonly output: Json } | { readonly happened: false } | "unknown";

/** A callable tool with its recorded definition. Made by `tool()`. */
export interface Tool {
  readonly spec: ToolSpec;
  /**
   * Checks the arguments against the input schema (a ToolError BAD_ARGUMENTS, not retryable, when they do not fit), runs the
   * tool, checks that the output is JSON within limits and fits the output schema (ToolError BAD_OUTPUT, not retryable; for
   * effects other than none the ending still counts as returned).
   */
  call(args: ToolArguments, context: ToolContext): Promise<Json>;
  /** One line about an output, for the trace: "Loaded 5 tickets". */
  readonly summary?: (output: Json) => string;
  /** Why this call would be of no use (one sentence), or undefined. Has no effects; `call` does not ask it. */
  readonly precheck?: (args: ToolArguments) => Promise<string | undefined>;
  /**
   * Asks the service what became of the call with this key, after a crash or a timeout: the run goes on with the output, or
   * makes the call (in an agent step: tells the model so), and needs no person for that. Has no effects, and may be asked
   * several times. Must answer "unknown" as long as a call with that key may still be under way, for example one that
   * timed out here: after `{ happened: false }` it is made again, and may act twice. An output that does not fit the output
   * schema is a ToolError BAD_OUTPUT. What is thrown counts as "unknown"; a ToolError that is not retryable ends the asking.
   */
  readonly reconcile?: (key: string, context: Pick<ToolContext, "signal">) => Promise<Reconciled>;
  /** Its arguments leave this machine. */
  readonly egress?: true;
  /** Arguments that are only carried along; all others choose what happens (control). */
  readonly content?: readonly string[];
}

/** What a user writes; the types of `run` follow from the schemas. */
export interface ToolDefinition<I extends Schema, O extends Schema | undefined> {
  /** A letter, then up to 63 letters, digits, _ or -. Plans depend on it. */
  readonly name: string;
  /** What it does and when to use it, for the planner. */
  readonly description: string;
  /** A Standard Schema that can be written as JSON Schema (zod 4), or a JSON Schema object; of type object. */
  readonly input: I;
  /** The same for the output; absent = unknown. */
  readonly output?: O;
  /** Required, because everything about retries and recovery follows from it. */
  readonly effects: EffectClass;
  run(args: Arguments<I>, context: ToolContext): Returned<O> | Promise<Returned<O>>;
  summary?(output: Output<O>): string;
  readonly approval?: "required";
  readonly trusted?: boolean;
  /** For one call: ms, or text such as "30s". */
  readonly timeout?: number | string;
  precheck?(args: Arguments<I>): string | undefined | Promise<string | undefined>;
  /** See Tool.reconcile: "unknown" as long as a call with that key may still be under way. */
  reconcile?(key: string, context: Pick<ToolContext, "signal">): Reconciled | Promise<Reconciled>;
  readonly egress?: boolean;
  readonly content?: readonly (keyof Arguments<I> & string)[];
}

type Arguments<I> = I extends { readonly "~standard": unknown } ? After<I> : ToolArguments;
type Returned<O> = O extends { readonly "~standard": unknown } ? Before<O> : unknown;
type Output<O> = O extends { readonly "~standard": unknown } ? After<O> : Json;

/** Makes a tool of its definition. Throws PlanloomError BAD_TOOL (kind config) for one that could not be planned with. */
export function tool<const I extends Schema, const O extends Schema | undefined = undefined>(
  definition: ToolDefinition<I, O>,
): Tool {
  const { name } = definition;
  checkWords(definition);
  const input = schemaOf(name, "input", definition.input);
  const output = definition.output === undefined ? undefined : schemaOf(name, "output", definition.output);
  checkInput(name, input.json, definition.content ?? []);
  return {
    spec: specOf(definition, input.json, output?.json),
    async call(args, context) {
      const returned: unknown = await definition.run(
        (await checkedArguments(name, input, args)) as Arguments<I>,
        context,
      );
      return checkedOutput(name, output, returned);
    },
    ...optionalCalls(definition, input, output),
    ...(definition.egress === true ? { egress: true } : {}),
    ...(definition.content === undefined ? {} : { content: definition.content }),
  };
}

function optionalCalls<I extends Schema, O extends Schema | undefined>(
  definition: ToolDefinition<I, O>,
  input: ReadSchema,
  output: ReadSchema | undefined,
): Pick<Tool, "summary" | "precheck" | "reconcile"> {
  const { name } = definition;
  const summary: Tool["summary"] = (given) => definition.summary!(given as Output<O>);
  const precheck: Tool["precheck"] = async (args) =>
    definition.precheck!((await checkedArguments(name, input, args)) as Arguments<I>);
  const reconcile: Tool["reconcile"] = async (key, context) =>
    checkedAnswer(name, output, await definition.reconcile!(key, context));
  return {
    ...(definition.summary === undefined ? {} : { summary }),
    ...(definition.precheck === undefined ? {} : { precheck }),
    ...(definition.reconcile === undefined ? {} : { reconcile }),
  };
}

async function checkedArguments(name: string, input: ReadSchema, args: ToolArguments): Promise<unknown> {
  const copy = asJson(args);
  const checked = copy.ok ? await input.check(copy.value) : copy;
  if (checked.ok) return checked.value;
  throw toolErrorOf(failWith("BAD_ARGUMENTS", { tool: name, problem: checked.problem }));
}

async function checkedOutput(name: string, output: ReadSchema | undefined, returned: unknown): Promise<Json> {
  // The schema sees what was returned, not its copy: it may turn a Date or a Map into JSON.
  const value = returned === undefined ? null : returned;
  const fits = output === undefined ? ({ ok: true, value } as const) : await output.check(value);
  const checked = fits.ok ? asJson(fits.value) : fits;
  if (checked.ok) return checked.value;
  throw toolErrorOf(failWith("BAD_OUTPUT", { tool: name, problem: checked.problem }));
}

/** What became of a call, from JavaScript perhaps: its output is held to what the call itself would have to give. */
async function checkedAnswer(name: string, output: ReadSchema | undefined, answer: unknown): Promise<Reconciled> {
  if (answer === "unknown") return answer;
  const { happened, output: given } = (answer ?? {}) as { readonly happened?: unknown; readonly output?: unknown };
  if (happened === false) return { happened };
  if (happened === true) return { happened, output: await checkedOutput(name, output, given) };
  const problem = 'reconcile says neither that the call happened, nor that it did not, nor "unknown"';
  throw toolErrorOf(failWith("BAD_OUTPUT", { tool: name, problem }));
}

const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const EFFECTS: readonly unknown[] = ["none", "idempotent", "once"];

/** The definition may come from JavaScript, where the compiler has not looked at it. */
function checkWords(definition: { readonly [field in "name" | "description" | "effects" | "run"]: unknown }): void {
  const { name, description, effects, run } = definition;
  if (typeof name !== "string" || !NAME_PATTERN.test(name)) {
    throw bad(name, { problem: "name" });
  }
  if (typeof description !== "string" || description.trim() === "") {
    throw bad(name, { problem: "description" });
  }
  if (!EFFECTS.includes(effects)) {
    throw bad(name, { problem: "effects" });
  }
  if (typeof run !== "function") throw bad(name, { problem: "run" });
}

function schemaOf(name: string, side: "input" | "output", schema: unknown): ReadSchema {
  try {
    return readSchema(schema, side);
  } catch (error) {
    throw bad(name, { problem: "schema", side, reason: messageOf(error) }, error);
  }
}

function checkInput(name: string, input: JsonObject, content: readonly string[]): void {
  if (input["type"] !== "object") throw bad(name, { problem: "input-not-object" });
  const properties = (input["properties"] ?? {}) as JsonObject;
  const unknown = content.find((argument) => !Object.hasOwn(properties, argument));
  if (unknown !== undefined) {
    throw bad(name, { problem: "content", argument: unknown, arguments: Object.keys(properties) });
  }
}

function specOf(
  definition: Pick<
    ToolDefinition<Schema, undefined>,
    "name" | "description" | "effects" | "approval" | "trusted" | "timeout" | "reconcile"
  >,
  input: JsonObject,
  output: JsonObject | undefined,
): ToolSpec {
  const { name, description, effects, approval, trusted, timeout } = definition;
  return {
    name,
    description,
    input,
    ...(output === undefined ? {} : { output }),
    effects,
    ...(approval === "required" ? { approval } : {}),
    ...(trusted === true ? { trusted } : {}),
    ...(timeout === undefined ? {} : { timeoutMs: timeoutOf(name, timeout) }),
    ...(definition.reconcile === undefined ? {} : { reconciles: true }),
  };
}

function timeoutOf(name: string, timeout: number | string): number {
  const valid = typeof timeout === "number" ? Number.isFinite(timeout) : DURATION_PATTERN.test(timeout);
  const ms = !valid ? 0 : typeof timeout === "number" ? timeout : durationMs(timeout);
  if (ms <= 0) throw bad(name, { problem: "timeout", given: String(timeout) });
  return ms;
}

function bad(name: unknown, fault: ToolFault, cause?: unknown): PlanloomError {
  return new PlanloomError("BAD_TOOL", { tool: String(name), ...fault }, { cause });
}

export type { EffectClass };
