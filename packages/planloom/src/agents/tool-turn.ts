// The tool calls of one turn of an executor. In: the calls that the model asks for. Out: their results for the model.
// Each call is a checkpoint of its own. Its ending decides whether it may be repeated.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { ToolCall, ToolResult } from "../model/port.js";
import { canonicalJson, isObject, type Json, type JsonObject } from "../plan/json.js";
import { addUsage, NO_USAGE, soundUsage, type Usage } from "../plan/usage.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { typeFromSchema } from "../plan/type/schema.js";
import { typeText } from "../plan/type/type.js";
import { rawOutput } from "../tools/raw-output.js";
import { CallUnsettled, ToolError, UnusableOutput, type Tool } from "../tools/tool.js";
import { failWith, type Failure } from "../run/failure.js";
import { soundFailure } from "../run/sound-failure.js";
import { failureText as wordsOf, isOurCode } from "../words/failures.js";
import { callsOfTool } from "./model-call.js";
import { CallHeld, UnknownOutcome, type AgentContext, type CallEdits, type CallGuard } from "./checkpoint.js";
import { dataBlock, type Previews } from "./preview.js";
import { actedText, editedText, toolFailure } from "./prompts.js";
import type { Trace, Turns } from "./repetition.js";
import { fromStrict } from "./strict-schema.js";
import { withoutTextValues } from "./text-values.js";

/** Names a call. The same tool, arguments and number of earlier identical calls give the same key in every attempt. */
export type KeyOf = (tool: string, args: JsonObject, occurrence: number) => string;

/** The built-in tool that reads the rest of a cut value. */
export const READ_RESULT = "read_result";

/** State over all turns of one attempt. */
export interface ToolBench {
  readonly tools: readonly Tool[];
  readonly keyOf: KeyOf;
  readonly guard: CallGuard;
  readonly edits: CallEdits;
  readonly previews: Previews;
  /** Per tool and arguments. */
  readonly tallies: Map<string, Tally>;
  /** Names of the tools that were called. */
  readonly called: Set<string>;
  /** Counts the usage of models that a tool reports. */
  readonly spend: (usage: Usage) => void;
  readonly turns: Turns;
  /** Number of calls so far, for the names of cut results. */
  count: number;
}

/**
 * Number of identical calls so far, how many of them have a known ending, and whether the current key may have acted
 * without a known ending. `acted`: such a call acted with an unusable output, so no further one is made.
 */
interface Tally {
  made: number;
  settled: number;
  doubtful: boolean;
  acted: boolean;
}

/**
 * The ending of a call, as the journal keeps it. `uncertain`: it may have acted (idempotent tools only). `acted`: a
 * tool with effects acted, and its output cannot be used; `output` is what it returned, as far as it can be kept.
 * `own`: the guard refused the call, and the tool was not called.
 */
export type CallOutcome =
  | { readonly ok: true; readonly output: Json; readonly usage?: Usage }
  | {
      readonly ok: false;
      /** Its words are written when the model is told. */
      readonly failure: JournalFailure;
      readonly uncertain?: true;
      readonly acted?: true;
      readonly own?: true;
      readonly output?: Json;
      readonly partial?: true;
      readonly usage?: Usage;
    };

/** The fields of a failure. An interface is no JSON value for the compiler. */
type JournalFailure = { readonly [Field in keyof Failure]: Failure[Field] };

/** The outcome in a row. An earlier build wrote a code and a message, which held words of Planloom, too. */
export function outcomeIn(recorded: Json): CallOutcome {
  const { code, message, ...outcome } = recorded as JsonObject;
  if (typeof code !== "string") return recorded as CallOutcome;
  return { ...outcome, ok: false, failure: soundFailure({ code, text: message, retryable: false }, "TOOL_FAILED") };
}

/**
 * The outcome of an inner call in doubt, from a person's answer. It is written as the outcome of the intent's row;
 * otherwise every further attempt would meet the same doubt. With "not-happened", the model reads that, and may call
 * again under a new key.
 */
export function settledOutcome(verdict: "happened" | "not-happened", output: Json = null): CallOutcome {
  if (verdict === "happened") return { ok: true, output };
  return { ok: false, failure: failWith("NOT_HAPPENED", {}) };
}

type Wanted = { readonly call: ToolCall } & (
  { readonly tool: Tool; readonly args: JsonObject } | { readonly text: string; readonly isError?: true }
);

/** The results of one turn's calls, and how often this turn, or the latest few, came in a row. */
export interface TurnResults {
  readonly results: readonly ToolResult[];
  readonly times: number;
}

/**
 * Performs the calls of one reply in order, or in parallel (LIMITS.concurrency at once) if none of them has effects.
 * Failures are results. Throws UnknownOutcome if a tool with effects "once" ended without returning and without a
 * ToolError. Throws the signal's reason when it was aborted.
 */
export async function callTools(
  calls: readonly ToolCall[],
  bench: ToolBench,
  context: AgentContext,
): Promise<TurnResults> {
  const wanted = calls.map((call) => understand(call, bench));
  // The model wrote these calls before it saw the result of any of them.
  const seen = [...bench.called];
  const harmless = wanted.every((one) => !("tool" in one) || one.tool.spec.effects === "none");
  const width = harmless ? LIMITS.concurrency : 1;
  const results: Traced[] = [];
  for (let at = 0; at < wanted.length; at += width) {
    context.signal.throwIfAborted();
    const settled = await Promise.allSettled(
      wanted.slice(at, at + width).map((one) => resultOf(one, seen, bench, context)),
    );
    for (const one of settled) {
      if (one.status === "rejected") throw one.reason;
      results.push(one.value);
      if (one.value.called !== undefined) bench.called.add(one.value.called);
    }
  }
  const times = bench.turns.add(results.map(({ trace }) => trace));
  return { results: results.map(({ result }) => result), times };
}

interface Traced {
  readonly result: ToolResult;
  readonly trace: Trace;
  /** The tool that was called. */
  readonly called?: string;
}

/** Finds the tool of a call. A call that cannot be made is answered here. */
function understand(call: ToolCall, bench: ToolBench): Wanted {
  const tool = bench.tools.find(({ spec }) => spec.name === call.name);
  if (tool === undefined && call.name === READ_RESULT) return { call, ...readOn(call.args, bench.previews) };
  if (tool === undefined) return { call, text: unknownToolText(call, bench), isError: true };
  const given = call.args === null || call.args === "" ? {} : call.args;
  const type = typeFromSchema(tool.spec.input);
  const args = withoutTextValues(fromStrict(given, type), type);
  if (isObject(args)) return { call, tool, args };
  return {
    call,
    text: toolFailure("BAD_ARGUMENTS", "The arguments are not a JSON object.", argumentsHint(tool)),
    isError: true,
  };
}

/** A tool that needs a person's approval is not for the model of an agent step. */
const isOffered = ({ approval }: ToolSpec): boolean => approval === undefined;

/** The definitions of the tools that the model of an agent step may call. */
export const offeredSpecs = (tools: readonly Tool[]): readonly ToolSpec[] =>
  tools.map(({ spec }) => spec).filter(isOffered);

function unknownToolText({ name }: ToolCall, { tools }: ToolBench): string {
  const names = offeredSpecs(tools).map((spec) => spec.name);
  return toolFailure(
    "UNKNOWN_TOOL",
    `There is no tool "${name}" in this step. Its tools: ${names.join(", ") || "none"}.`,
  );
}

function unknownTool({ id, name, args }: ToolCall, bench: ToolBench): Traced {
  const text = unknownToolText({ id, name, args }, bench);
  return { result: { id, name, text, isError: true }, trace: [name, args, text] };
}

/**
 * The arguments of a call with effects as the journal has them, if it was made before. Another release of the tool may
 * read the same reply of the model in another way, and what was done stays what it was.
 */
async function recordedArgs(
  { args: given }: ToolCall,
  { spec: { name, effects } }: Tool,
  { intended }: AgentContext,
): Promise<JsonObject | undefined> {
  // Calls without effects are made side by side, and their rows have no keys.
  const intent = effects === "none" ? undefined : await intended?.();
  if (!isObject(intent) || intent["tool"] !== name) return undefined;
  const recorded = intent["asked"] ?? intent["args"];
  const isSame = isObject(recorded) && canonicalJson(asWritten(recorded)) === canonicalJson(asWritten(given || {}));
  return isSame ? recorded : undefined;
}

/**
 * A value without what depends on the definition of the tool: which nulls stand for an absent argument, and which texts
 * for numbers and booleans.
 */
function asWritten(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(asWritten);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value.trim();
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [name, asWritten(field)]));
}

function readOn(args: Json, previews: Previews): { readonly text: string; readonly isError?: true } {
  const { step = "", from = 0 } = isObject(args) ? args : {};
  const start = typeof from === "number" && from > 0 ? Math.floor(from) : 0;
  const text = typeof step === "string" ? previews.read(step, start) : undefined;
  if (text !== undefined) return { text };
  const names = previews.names.join(", ") || "none: no data was cut";
  return { text: toolFailure("BAD_ARGUMENTS", `step must be one of: ${names}.`), isError: true };
}

async function resultOf(
  wanted: Wanted,
  seen: readonly string[],
  bench: ToolBench,
  context: AgentContext,
): Promise<Traced> {
  const { id, name } = wanted.call;
  if (!("tool" in wanted)) {
    const { text, isError } = wanted;
    return { result: { id, name, text, ...(isError && { isError }) }, trace: [name, wanted.call.args, text] };
  }
  const { tool } = wanted;
  const before = await recordedArgs(wanted.call, tool, context);
  if (before === undefined && !isOffered(tool.spec)) return unknownTool(wanted.call, bench);
  const asked = before ?? wanted.args;
  const { args, instead } = edited(tool, asked, bench);
  const number = ++bench.count;
  if (tallyOf(bench, tool.spec.name, args).acted) {
    context.progress(`calls ${tool.spec.name}`);
    return notAgain(wanted.call, tool, args);
  }
  const outcome = await callOnce(tool, { args, instead, asked }, seen, bench, context);
  const trace = traceOf(tool, args, outcome);
  const called = !outcome.ok && outcome.own === true ? {} : { called: tool.spec.name };
  const note = instead === undefined ? "" : editedText(args);
  if (!outcome.ok)
    return { result: { id, name, text: note + failureText(outcome, tool), isError: true }, trace, ...called };
  const text = note + bench.previews.show(`call ${number}`, outcome.output, tool.spec.trusted === true);
  return { result: { id, name, text }, trace, ...called };
}

/**
 * The arguments that a person gave this call, if any, and the key of the call that the model asked for. That call is
 * not made, and counts as settled.
 */
function edited(
  tool: Tool,
  asked: JsonObject,
  bench: ToolBench,
): { readonly args: JsonObject; readonly instead?: string } {
  const { name } = tool.spec;
  const tally = tallyOf(bench, name, asked);
  const instead = bench.keyOf(name, asked, tally.made);
  const args = bench.edits(instead);
  if (args === undefined) return { args: asked };
  tally.made++;
  tally.settled++;
  // A person may have been asked about these arguments, too, and may have changed them.
  return { instead, ...edited(tool, args, bench) };
}

/**
 * The call acted, so it is not made again, whatever the model asks for. The same request again counts as a repetition.
 */
function notAgain({ id, name }: ToolCall, tool: Tool, args: JsonObject): Traced {
  const text = actedText(tool.spec.name, "", true);
  return { result: { id, name, text, isError: true }, trace: [tool.spec.name, args, text] };
}

/** A call that has changed something counts as different from every other call. */
function traceOf({ spec: { name, effects } }: Tool, args: JsonObject, outcome: CallOutcome): Trace {
  if (outcome.ok) return effects === "none" ? [name, args, outcome.output] : undefined;
  return outcome.uncertain === true || outcome.acted === true ? undefined : [name, args, outcome.failure];
}

/**
 * One call as one checkpoint. A repeated call is a new row with a new key. Exception: an idempotent tool that may have
 * acted without a known ending is called again under the same key.
 */
async function callOnce(
  tool: Tool,
  {
    args,
    instead,
    asked,
  }: { readonly args: JsonObject; readonly instead: string | undefined; readonly asked: JsonObject },
  seen: readonly string[],
  bench: ToolBench,
  context: AgentContext,
): Promise<CallOutcome> {
  const { name, effects } = tool.spec;
  const tally = tallyOf(bench, name, args);
  const row = bench.keyOf(name, args, tally.made++);
  const key = effects === "idempotent" ? bench.keyOf(name, args, tally.settled) : row;
  const options = {
    effects,
    tool: name,
    intent: { tool: name, args, ...(instead === undefined ? {} : { asked }), ...(key === row ? {} : { key }) },
    ...(effects === "none" ? {} : { key: row }),
    instead: (again: boolean): CallOutcome | undefined => {
      const answer = bench.guard(tool.spec, { args, key: row, ...(instead === undefined ? {} : { instead }) }, seen);
      if (answer === "call") return undefined;
      if (answer === "wait") throw new CallHeld({ key: row, tool: name, called: seen }, args);
      return { ok: false, failure: answer.refused, own: true, ...(again && { uncertain: true }) };
    },
  };
  let made = false;
  const recorded = await context.checkpoint<CallOutcome>(`tool ${name}`, options, (again) => {
    made = true;
    context.progress(`calls ${name}`);
    return attemptCall(tool, args, key, context, again === true || tally.doubtful);
  });
  const outcome = outcomeIn(recorded);
  if (!made && outcome.usage !== undefined) context.budget?.spend(outcome.usage);
  // What is refused says nothing about a call before it.
  const before = !outcome.ok && outcome.own === true && tally.doubtful;
  tally.doubtful = before || (!outcome.ok && outcome.uncertain === true);
  tally.acted = !outcome.ok && outcome.acted === true;
  if (!tally.doubtful) tally.settled++;
  if (outcome.usage !== undefined) bench.spend(outcome.usage);
  return outcome;
}

function tallyOf(bench: ToolBench, name: string, args: JsonObject): Tally {
  const like = `${name} ${canonicalJson(args)}`;
  const tally = bench.tallies.get(like) ?? { made: 0, settled: 0, doubtful: false, acted: false };
  bench.tallies.set(like, tally);
  return tally;
}

/**
 * `doubtful`: an earlier call under this key may have acted. A refusal of the tool now says nothing about that earlier
 * call.
 */
async function attemptCall(
  tool: Tool,
  args: JsonObject,
  key: string,
  context: AgentContext,
  doubtful: boolean,
): Promise<CallOutcome> {
  const { name, effects } = tool.spec;
  const known = (outcome: CallOutcome, inDoubt: boolean): CallOutcome =>
    outcome.ok || outcome.acted === true || !inDoubt || effects !== "idempotent"
      ? outcome
      : { ...outcome, uncertain: true };
  const first = await endingOf(tool, args, key, context);
  if (!("thrown" in first)) return known(first, doubtful);
  if (effects === "once") throw new UnknownOutcome({ key, tool: name, args, cause: first.thrown });
  context.signal.throwIfAborted();
  const last = effects === "idempotent" ? await endingOf(tool, args, key, context) : first;
  if (!("thrown" in last)) return known(last, true);
  context.signal.throwIfAborted();
  const { thrown } = last;
  const text = { text: messageOf(thrown), retryable: true };
  const failure = thrown instanceof CallUnsettled ? thrown.failure : failWith("TOOL_THREW", {}, text);
  const failed = { ok: false, failure } as const;
  return effects === "idempotent" ? { ...failed, uncertain: true } : failed;
}

/** The result of one call: a known outcome, or an error that leaves it unknown. */
async function endingOf(
  tool: Tool,
  args: JsonObject,
  key: string,
  context: AgentContext,
): Promise<CallOutcome | { readonly thrown: unknown }> {
  const { signal, runId, stepId, attempt, budget } = context;
  const progress = (value: number | string): void => context.progress(value);
  let usage = NO_USAGE;
  const count = (more: Usage): void => void (usage = addUsage(usage, more));
  const spend = (more: Usage): void => {
    count(soundUsage(more));
    budget?.spend(soundUsage(more));
  };
  const modelCall = callsOfTool(budget, signal, count);
  const spent = () => (usage.calls === 0 ? {} : { usage });
  try {
    const output = await tool.call(args, { signal, key, runId, stepId, attempt, progress, spend, modelCall });
    return { ok: true, output, ...spent() };
  } catch (thrown) {
    if (thrown instanceof UnusableOutput) return { ...unusableOutcome(tool, thrown), ...spent() };
    const known = thrown instanceof ToolError && !(signal.aborted && tool.spec.effects === "none");
    return known ? { ok: false, failure: toldBy(thrown), ...spent() } : { thrown };
  }
}

/** A tool's own words, or a failure of Planloom's. */
function toldBy({ failure, code, message, retryable }: ToolError): Failure {
  if (failure !== undefined) return failure;
  const told = soundFailure({ code, text: message, retryable }, "TOOL_FAILED");
  return isOurCode(told.code) ? { ...told, foreign: true } : told;
}

function unusableOutcome(
  { spec: { effects } }: Tool,
  { failure, returned }: UnusableOutput,
): CallOutcome & { readonly ok: false } {
  const failed = { ok: false, failure } as const;
  return effects === "none" ? failed : { ...failed, acted: true, ...rawOutput(returned) };
}

function failureText(outcome: CallOutcome & { readonly ok: false }, tool: Tool): string {
  const { failure, acted, output } = outcome;
  const { code } = failure;
  const message = wordsOf(failure);
  if (outcome.own === true) return toolFailure(code, message);
  const said = beginning(message, LIMITS.previewChars);
  if (acted === true) {
    const { name } = tool.spec;
    const returned = beginning(JSON.stringify(output ?? null), LIMITS.previewChars);
    return (
      `${actedText(name, code, false)} The reason and the output are ` +
      `data:\n${dataBlock(name, said)}\n${dataBlock(`${name} output`, returned)}`
    );
  }
  const hint = code === "BAD_ARGUMENTS" ? argumentsHint(tool) : "";
  return toolFailure(code, tool.spec.trusted === true ? said : dataBlock(tool.spec.name, said), hint);
}

function argumentsHint(tool: Tool): string {
  return ` The arguments of ${tool.spec.name} are ${typeText(typeFromSchema(tool.spec.input))}.`;
}
