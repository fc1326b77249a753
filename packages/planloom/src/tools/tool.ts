// A tool: a function that plans may call. In: a definition with schemas, an effect class and `run`. Out: the checked
// tool. This is all that a user writes to extend Planloom.
import type { WaitParams } from "../words/waits.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { EffectClass, ToolReach, ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import type { AskingContext } from "./question.js";
import { checkedAnswer, checkedArguments, usableOutput, type Reconciled } from "./checked-value.js";
import {
  OWN_NAME,
  SERVER_TOOL_NAME,
  bad,
  checkDefinition,
  toolSchema,
  timeoutOf,
  type DefinitionKeys,
} from "./definition.js";
import { checkedMissing, type MissingState } from "./missing-state.js";
import { checkedPreview, type Preview } from "./preview.js";
import type { After, Before, ReadSchema, Schema } from "./schema.js";
import { UnusableOutput } from "./tool-error.js";

export type { Reconciled } from "./checked-value.js";
export { CallUnsettled, ToolError, toolErrorOf, UnusableOutput } from "./tool-error.js";

/** The second argument of a tool's `run`. */
export interface ToolContext<C = unknown> extends AskingContext {
  /**
   * What the program gave the run by `start({ context })`, or what `resolveContext` made of its stored part. undefined
   * if it gave nothing. No model reads it.
   */
  readonly context: C;
  /** Aborted when the step times out or the run is cancelled. Pass it on to everything you await. */
  readonly signal: AbortSignal;
  /** The same for every attempt of this call; hand it to services that know idempotency keys. */
  readonly key: string;
  readonly runId: string;
  readonly stepId: string;
  /** From 1. */
  readonly attempt: number;
  /**
   * Reports progress: a share from 0 to 1, a few words, or both: `progress(0.4, "page 4 of 10")`. Shown in one line
   * while the call is at work, and never stored. Of many reports the last are shown, so a tool may report often.
   */
  readonly progress: (value: number | string, text?: string) => void;
  /** Reports what the call has spent on models. It counts under the executor. */
  readonly spend: (usage: Usage) => void;
  /**
   * Makes a model call and counts its usage, as `spend` does. If the run has a budget, `send` waits for its reservation
   * and gets the most tokens it may use. If the budget is used up, rejects with ToolError BUDGET_EXHAUSTED and does not
   * call `send`. A call that waits for its model server says so by `waits`: such a wait is shown, and uses up no time
   * limit of the tool.
   */
  readonly modelCall: <T extends { readonly usage: Usage }>(
    most: { readonly inputTokens: number; readonly outputTokens: number },
    send: (call?: ToolModelCall) => Promise<T>,
  ) => Promise<T>;
}

/** What a model call of a tool may say. */
export interface ToolModelCall {
  /** Called when the call must wait for its endpoint. The returned function is called when the wait ends. */
  readonly waits: (wait: WaitParams) => () => void;
}

export type ToolArguments = { readonly [name: string]: Json };

/** The second argument of a tool's `reconcile`. */
export type ReconcileContext<C = unknown> = Pick<ToolContext<C>, "signal" | "context">;

/** The second argument of a tool's `preview` and `precheck`. */
export type PreviewContext<C = unknown> = Pick<ToolContext<C>, "signal" | "context">;

/** The third argument of a tool's `compensate`. */
export interface CompensateContext<C = unknown> extends Pick<
  ToolContext<C>,
  "signal" | "context" | "runId" | "stepId" | "attempt"
> {
  /** The key of the undoing: the same for every attempt. Hand it to services that know idempotency keys. */
  readonly key: string;
  /** The key that the call got. */
  readonly callKey: string;
}

/** A callable tool with its recorded definition. Made by `tool()`. */
export interface Tool<C = unknown> {
  readonly spec: ToolSpec;
  /**
   * Checks the arguments against the input schema, runs the tool, then checks that the output is JSON within limits and
   * matches the output schema. Throws ToolError BAD_ARGUMENTS, which is not retryable, or UnusableOutput if the tool
   * has run and its output cannot be used: with effects other than none, such a call is never repeated.
   */
  readonly call: (args: ToolArguments, context: ToolContext<C>) => Promise<Json>;
  /** One line about an output, for the trace: "Loaded 5 tickets". */
  readonly summary?: (output: Json) => string;
  /**
   * Asks the service for the outcome of the call with this key, after a crash or a timeout. Then no person is needed:
   * the run continues with the output, or makes the call again (in an agent step, it tells the model). Has no effects,
   * and may be asked several times.
   * Must answer "unknown" as long as a call with that key may still be running, for example one that timed out here:
   * after `{ happened: false }` the call is made again, and could act twice. An output that does not match the output
   * schema is a ToolError BAD_OUTPUT. Anything thrown counts as "unknown"; a ToolError that is not retryable ends the
   * asking.
   */
  readonly reconcile?: (key: string, context: ReconcileContext<C>) => Promise<Reconciled>;
  /** See ToolDefinition.precheck. Checks the arguments first. Rejects with what it throws. */
  readonly precheck?: (args: ToolArguments, context: PreviewContext<C>) => Promise<MissingState | undefined>;
  /**
   * The states that a call with these arguments makes, by the names that prechecks of other tools give them
   * (MissingState.state). Absent: nobody knows, so a call may make anything within its reach.
   */
  readonly makes?: (args: ToolArguments) => readonly string[];
  /** See ToolDefinition.preview. Checks the arguments first. Rejects with what it throws. */
  readonly preview?: (args: ToolArguments, context: PreviewContext<C>) => Promise<Preview>;
  /**
   * Undoes a finished call, given its output and its arguments. Resolves when its effect is gone. A ToolError says that
   * it was not undone. After anything else that is thrown nobody knows: then it is called again with the same key,
   * unless `compensateEffects` is "once".
   */
  readonly compensate?: (output: Json, args: ToolArguments, context: CompensateContext<C>) => Promise<void>;
  /** See ToolDefinition.retryable. */
  readonly retryable?: (thrown: unknown) => boolean;
}

/** A tool definition as a user writes it. The types of `run` follow from the schemas. */
export interface ToolDefinition<I extends Schema, O extends Schema | undefined, C = unknown> {
  /** A letter, then up to 63 letters, digits, _ or -. Plans depend on it. */
  readonly name: string;
  /** What it does and when to use it, for the planner. */
  readonly description: string;
  /**
   * Of type object: a schema of zod (3.25 or later), arktype or another library that gives JSON Schema; or a JSON Schema
   * object. For others: `withJsonSchema` of planloom/tools.
   */
  readonly input: I;
  /** The same for the output; absent = unknown. */
  readonly output?: O;
  /** Required: retries and recovery depend on it. */
  readonly effects: EffectClass;
  run(args: Arguments<I>, context: ToolContext<C>): Returned<O> | Promise<Returned<O>>;
  summary?(output: Output<O>): string;
  readonly approval?: "required";
  readonly trusted?: boolean;
  /** Time limit of one call: ms, or text such as "30s". */
  readonly timeout?: number | string;
  /** See Tool.reconcile: it must answer "unknown" as long as a call with that key may still be running. */
  reconcile?(key: string, context: ReconcileContext<C>): Reconciled | Promise<Reconciled>;
  /**
   * What a call with these arguments would change, for the person who approves it. Has no effects. It is asked whenever
   * a person looks, and may take LIMITS.callPreviewMs. A secret in the arguments is not revealed. If it throws, the
   * person sees the message.
   */
  preview?(args: Arguments<I>, context: PreviewContext<C>): Preview | Promise<Preview>;
  /**
   * Says whether state that the call needs is missing, such as a file, a table or a host. Has no effects. Asked about
   * calls with literal arguments before a plan is proposed: what is missing is the finding STATE_MISSING. Returns
   * nothing if all is there, or if it is not sure.
   */
  precheck?(
    args: Arguments<I>,
    context: PreviewContext<C>,
  ): MissingState | undefined | void | Promise<MissingState | undefined | void>;
  /**
   * Undoes a finished call: a run that fails, or that a person wants undone, calls it for each call that acted, the last
   * one first. See Tool.compensate.
   */
  compensate?(output: Output<O>, args: Arguments<I>, context: CompensateContext<C>): unknown;
  /** The effect class of `compensate`. Default: idempotent by its key. once: it is never repeated automatically. */
  readonly compensateEffects?: "idempotent" | "once";
  /** The output is public, as a page of the web is. Default: private. */
  readonly public?: boolean;
  /** pass: the output is made of the arguments only, so it is as trusted and as private as they are. */
  readonly labels?: "pass";
  /** Arguments leave this machine. */
  readonly egress?: boolean;
  /**
   * Arguments that the tool only passes on, such as the text of a mail. All others choose what the call does. Default:
   * arguments with a usual name of content: text, body, message, subject and the like.
   */
  readonly content?: readonly (keyof Arguments<I> & string)[];
  /**
   * Whether the call may be made again after this error. Asked for everything that is thrown and is no ToolError.
   * Default: true, but false for errors that programs make, such as a TypeError of its own code.
   */
  retryable?(thrown: unknown): boolean;
  /**
   * Names what the tool does. Change it when a call comes to mean something else: runs that were approved before then
   * ask a person.
   */
  readonly version?: string;
  /** The folders and hosts that a call can reach. If they change, runs that were approved before ask a person. */
  readonly reach?: ToolReach;
}

type Arguments<I> = I extends { readonly "~standard": unknown } ? After<I> : ToolArguments;
type Returned<O> = O extends { readonly "~standard": unknown } ? Before<O> : unknown;
type Output<O> = O extends { readonly "~standard": unknown } ? After<O> : Json;

/** A key that ToolDefinition gets does not compile without its form here. */
const KEYS: { readonly [key in keyof ToolDefinition<never, never>]-?: DefinitionKeys[string] } = {
  ...{ name: null, description: null, input: null, output: null, effects: null, run: null, timeout: null },
  ...{ summary: "function", reconcile: "function", retryable: "function", preview: "function" },
  ...{ compensate: "function", precheck: "function" },
  ...{ approval: "required", trusted: "boolean", public: "boolean", egress: "boolean", labels: "pass" },
  ...{ compensateEffects: "acting", content: "arguments", version: "text", reach: "reach" },
};

/**
 * Makes a tool from its definition. Throws PlanloomError BAD_TOOL (kind config) if a plan could not use it. Annotate
 * the second argument of `run` to type the context: `run(args, { context }: ToolContext<AppContext>)`.
 */
export function tool<const I extends Schema, const O extends Schema | undefined = undefined, C = unknown>(
  definition: ToolDefinition<I, O, C>,
): Tool<C> {
  checkDefinition(definition, KEYS, OWN_NAME);
  return made(definition);
}

/** The same for a tool of a server: its name is `server.tool`. */
export function serverTool(definition: ToolDefinition<JsonObject, JsonObject | undefined>): Tool {
  checkDefinition(definition, KEYS, SERVER_TOOL_NAME);
  return made(definition);
}

function made<I extends Schema, O extends Schema | undefined, C>(definition: ToolDefinition<I, O, C>): Tool<C> {
  const { name } = definition;
  const input = toolSchema(name, "input", definition.input);
  const output = definition.output === undefined ? undefined : toolSchema(name, "output", definition.output);
  checkInput(name, input.json, definition.content ?? []);
  const call: Tool<C>["call"] = async (args, context) => {
    const checked = (await checkedArguments(name, input, args, context.signal)) as Arguments<I>;
    const { returned } = await ownRun(() => definition.run(checked, context));
    return usableOutput(name, output, returned, context.signal);
  };
  ownCalls.add(call);
  return { spec: specOf(definition, input.json, output?.json), call, ...optionalCalls(definition, input, output) };
}

/** Calls that `tool()` made, which check their outputs. */
const ownCalls = new WeakSet<object>();

/** Only to compare it: without its tool it must not be called. */
const callIn = ({ call }: { readonly call: object }): object => call;

/** Calls a tool. The output of one that was not made by `tool()` is checked here: it must be JSON. */
export async function checkedCall(tool: Tool, args: ToolArguments, context: ToolContext): Promise<Json> {
  const returned = await tool.call(args, context);
  if (ownCalls.has(callIn(tool))) return returned;
  return usableOutput(tool.spec.name, undefined, returned, context.signal);
}

function optionalCalls<I extends Schema, O extends Schema | undefined, C>(
  definition: ToolDefinition<I, O, C>,
  input: ReadSchema,
  output: ReadSchema | undefined,
): Pick<Tool<C>, "summary" | "reconcile" | "preview" | "precheck" | "compensate" | "retryable"> {
  const { name } = definition;
  const summary: Tool["summary"] = (given) => definition.summary!(given as Output<O>);
  const reconcile: Tool<C>["reconcile"] = async (key, context) =>
    checkedAnswer(name, output, await definition.reconcile!(key, context));
  const preview: Tool<C>["preview"] = async (args, context) => {
    const checked = (await checkedArguments(name, input, args, context.signal)) as Arguments<I>;
    return checkedPreview(await definition.preview!(checked, context));
  };
  const compensate: Tool<C>["compensate"] = async (given, args, context) => {
    const checked = (await checkedArguments(name, input, args, context.signal)) as Arguments<I>;
    await definition.compensate!(given as Output<O>, checked, context);
  };
  const precheck: Tool<C>["precheck"] = async (args, context) => {
    const checked = (await checkedArguments(name, input, args, context.signal)) as Arguments<I>;
    return checkedMissing(await definition.precheck!(checked, context));
  };
  return {
    ...(definition.precheck === undefined ? {} : { precheck }),
    ...(definition.summary === undefined ? {} : { summary }),
    ...(definition.reconcile === undefined ? {} : { reconcile }),
    ...(definition.preview === undefined ? {} : { preview }),
    ...(definition.compensate === undefined ? {} : { compensate }),
    ...(definition.retryable === undefined ? {} : { retryable: (thrown) => definition.retryable!(thrown) }),
  };
}

/**
 * An UnusableOutput of another tool, which this one called, says nothing about the outcome of this one. The value is
 * wrapped, because a promise asks each value whether it is a promise, and a proxy may throw at that.
 */
async function ownRun(run: () => unknown): Promise<{ readonly returned: unknown }> {
  try {
    const given = run();
    return { returned: isThenable(given) ? await given : given };
  } catch (thrown) {
    if (thrown instanceof UnusableOutput) throw new Error(thrown.message, { cause: thrown });
    throw thrown;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
  } catch {
    return false;
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
    | "name"
    | "description"
    | "effects"
    | "approval"
    | "trusted"
    | "public"
    | "labels"
    | "egress"
    | "version"
    | "reach"
    | "timeout"
    | "reconcile"
    | "compensateEffects"
  > & { readonly content?: readonly string[]; readonly compensate?: unknown },
  input: JsonObject,
  output: JsonObject | undefined,
): ToolSpec {
  const { name, description, effects, approval, trusted, labels, egress, content, version, reach, timeout } =
    definition;
  return {
    name,
    description,
    input,
    ...(output === undefined ? {} : { output }),
    effects,
    ...(approval === "required" ? { approval } : {}),
    ...(trusted === true ? { trusted } : {}),
    ...(definition.public === true ? { public: true } : {}),
    ...(labels === "pass" ? { labels } : {}),
    ...(egress === true ? { egress } : {}),
    ...(content === undefined ? {} : { content }),
    ...(version === undefined ? {} : { version }),
    ...(reach === undefined ? {} : { reach: reachOf(reach) }),
    ...(timeout === undefined ? {} : { timeoutMs: timeoutOf(name, timeout) }),
    ...(definition.reconcile === undefined ? {} : { reconciles: true }),
    ...compensatesIn(definition),
  };
}

/** `none`: there is nothing to undo. */
function compensatesIn({
  compensate,
  compensateEffects,
  effects,
}: Pick<ToolDefinition<Schema, undefined>, "compensateEffects" | "effects"> & {
  readonly compensate?: unknown;
}): Pick<ToolSpec, "compensates"> {
  if (compensate === undefined || effects === "none") return {};
  return { compensates: compensateEffects === "once" ? "once" : true };
}

/** Sorted, so that another order in the configuration is not a difference. */
function reachOf({ roots, hosts, open = [] }: ToolReach): ToolReach {
  return {
    ...(roots === undefined ? {} : { roots: [...roots].sort() }),
    ...(hosts === undefined ? {} : { hosts: [...hosts].sort() }),
    ...(open.length === 0 ? {} : { open: [...open].sort() }),
  };
}

export type { EffectClass };
