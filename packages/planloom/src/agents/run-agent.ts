// The executor of an agent step: turns of one model call each, until the model gives the result. In: the step with its
// data and tools. Out: the output, the tools called, the usage. Every turn and every call is in the journal, so a crash
// neither pays twice nor acts twice.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { orderedMessages } from "../model/message-rules.js";
import type { Model, ModelMessage, ModelReply, ModelRequest, ToolCall } from "../model/port.js";
import type { Json } from "../plan/json.js";
import type { AgentStep } from "../plan/plan.js";
import type { Type } from "../plan/type/type.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import type { Tool } from "../tools/tool.js";
import type { MadeCall } from "../run/event.js";
import { failWith, type Failure, type ReplyProblem } from "../run/failure.js";
import { PlanloomError } from "../words/planloom-error.js";
import { askModel } from "./ask-model.js";
import type { AgentContext, CallEdits, CallGuard } from "./checkpoint.js";
import { announcesCall, onlyAnnounces } from "./announcement.js";
import { describedOutput } from "../plan/type/schema.js";
import { listOrRecord, readReply, type ReadReply } from "./json-reply.js";
import { Previews } from "./preview.js";
import {
  executorCorrection,
  executorStep,
  executorSystem,
  goesOnText,
  LAST_TURN,
  NOT_DONE,
  NOT_MADE,
  READ_ON_DESCRIPTION,
  REPEATED,
  type StepFacts,
} from "./prompts.js";
import { Turns } from "./repetition.js";
import { failedIn, resultForm, type ResultForm } from "./result-form.js";
import { failureOf, operatingFailure, StepFailure } from "./step-failure.js";
import { offeredSpecs, READ_RESULT, type KeyOf, type ToolBench } from "./tool-bench.js";
import { callTools, type TurnResults } from "./tool-turn.js";

const turnName = (turn: number): string => `turn ${turn}`;

/** Whether a row of a journal with this name holds a reply of the model. */
export const isTurn = (name: string): boolean => /^turn \d+$/.test(name);

export interface AgentRequest extends StepFacts {
  readonly step: AgentStep;
  /**
   * The tools of the step. Those that need a person's approval are not offered, because nobody could approve their
   * arguments here; they are only needed for calls that were made before. Each call is awaited without a time limit.
   * The caller sets limits, and throws an error other than a ToolError for a call that is too late.
   */
  readonly tools: readonly Tool[];
  /** Maximum number of model replies. One more is allowed to correct a result that does not match. */
  readonly turns: number;
  /** Replaces the opening of the executor's prompt. */
  readonly instructions?: string;
  readonly keyOf: KeyOf;
  /** Absent: every call is made. */
  readonly guard?: CallGuard;
  /** Absent: every call has the arguments that the model gives it. */
  readonly edits?: CallEdits;
  /** Calls with effects that the step has made in another conversation. */
  readonly made?: readonly MadeCall[];
  /** Where the conversation continues after a failure. Turns are counted anew from there. In order. */
  readonly breaks?: readonly AgentBreak[];
  /** Type of the output; undefined or string = text. */
  readonly type: Type | undefined;
}

/** A failure after that many replies. `atLimit`: the calls of the last reply were not made. */
export interface AgentBreak {
  readonly turns: number;
  readonly why: string;
  readonly atLimit: boolean;
}

export interface AgentResult {
  readonly output: Json;
  /** Names of the called tools, in order of the first call. */
  readonly tools: readonly string[];
  readonly usage: Usage;
}

/**
 * Performs an agent step. Throws UnknownOutcome (an inner call may have acted), CallHeld (an inner call waits for a
 * person), or StepFailure: TURN_LIMIT, AGENT_REPEATS, OUTPUT_MISMATCH, STEP_NOT_DONE (the model says so),
 * MODEL_REFUSED, BUDGET_EXHAUSTED, the codes of the provider, INTERRUPTED.
 */
export async function runAgent(request: AgentRequest, model: Model, context: AgentContext): Promise<AgentResult> {
  const previews = new Previews();
  const { tools, keyOf, guard = () => "call" as const, edits = () => undefined, made = [] } = request;
  const specs = offeredSpecs(tools);
  // Calls of another conversation are shown: their arguments may repeat what any tool of the step had given there.
  const called = new Set(made.length === 0 ? [] : tools.map(({ spec }) => spec.name));
  const spent = { usage: NO_USAGE };
  const spend = (usage: Usage): void => void (spent.usage = addUsage(spent.usage, usage));
  const fresh = { tallies: new Map(), called, turns: new Turns(), count: 0 };
  const bench: ToolBench = { tools, keyOf, guard, edits, previews, spend, ...fresh };
  const form = resultForm(request.type);
  const opened = (): ResultForm | undefined => (toolsOffered(bench).length === 0 ? form : undefined);
  const opening: ModelMessage = { role: "user", text: executorStep(request, specs, request, previews, opened) };
  try {
    const output = await takeTurns(request, [opening], bench, { form, spent }, model, context);
    return { output, tools: [...bench.called], usage: spent.usage };
  } catch (thrown) {
    throw failureOf(thrown, context.signal, spent.usage);
  }
}

async function takeTurns(
  request: AgentRequest,
  messages: ModelMessage[],
  bench: ToolBench,
  { form, spent }: { readonly form: ResultForm | undefined; readonly spent: { usage: Usage } },
  model: Model,
  context: AgentContext,
): Promise<Json> {
  const fail = (failed: Failure): StepFailure => new StepFailure(failed, spent.usage);
  const { breaks = [] } = request;
  const breakAfter = (turn: number): AgentBreak | undefined => breaks.findLast(({ turns: at }) => at === turn);
  let turns = request.turns;
  let corrected = false;
  // After a reply that only announced a call, the model must make one.
  let mustCall = false;
  // The form of this turn: with tools, only a result that is corrected is asked for under a schema.
  const opening = toolsOffered(bench).length === 0 ? form : undefined;
  let asked = opening;
  for (let turn = 1; turn <= turns; turn++) {
    const before = breakAfter(turn - 1);
    if (before !== undefined && turn > 1) {
      addNote(messages, goesOnText(before.why));
      turns = turn - 1 + request.turns;
      corrected = false;
      mustCall = false;
      asked = opening;
      bench.turns.clear();
    }
    const goesOn = breakAfter(turn);
    if (turn === turns && toolsOffered(bench).length > 0) addNote(messages, LAST_TURN);
    context.progress(`turn ${turn}`);
    const reply: ModelReply = await askModel(
      turnName(turn),
      turnRequest(request, messages, bench, { isLast: turn === turns, mustCall, opening, asked }),
      model,
      context,
    ).catch((thrown: unknown) => {
      throw turnFailure(thrown, turn, spent.usage, context.signal);
    });
    bench.spend(reply.usage);
    mustCall = false;
    if (reply.toolCalls.length > 0) {
      // A filter ended the reply, so nobody knows what it would have said.
      if (reply.finish === "content-filter") throw fail(failWith("MODEL_REFUSED", { what: "result" }));
      if (turn === turns && goesOn === undefined) break;
      const { results, times } =
        goesOn?.atLimit === true ? notMade(reply.toolCalls) : await callTools(reply.toolCalls, bench, context);
      if (times >= LIMITS.repeats && goesOn === undefined) throw fail(repeats(reply.toolCalls, times));
      const { text, toolCalls, reasoning } = reply;
      const said = { text, toolCalls, ...(reasoning === undefined ? {} : { reasoning }) };
      messages.push({ role: "assistant", ...said }, { role: "tool", results });
      if (goesOn !== undefined) turns = Math.max(turns, turn + 1);
      else if (times === LIMITS.repeats - 1) addNote(messages, REPEATED);
      continue;
    }
    if (goesOn !== undefined) {
      messages.push({ role: "assistant", text: reply.text || "(empty)" });
      turns = Math.max(turns, turn + 1);
      continue;
    }
    const read = readResult(reply, request.type, asked);
    if ("failed" in read) throw fail(read.failed);
    const mayCall = (corrected || turn < turns) && asked === undefined;
    const announced = mayCall && (!read.ok || bench.count === 0) && announces(reply.text, bench, corrected);
    if (read.ok && !announced) return resultOf(read.value, request.step);
    const problem = read.ok || announced ? ({ code: "CALL_ANNOUNCED" } as const) : read.problem;
    if (corrected) throw fail(failWith("OUTPUT_MISMATCH", { problem }));
    corrected = true;
    turns = Math.max(turns, turn + 1);
    if (!isOfCall(problem) && (isResult(problem) || bench.count > 0)) asked = form;
    const tools = asked === undefined && toolsOffered(bench).length > 0;
    mustCall = tools && isOfCall(problem);
    const correction = executorCorrection(problem, request.type, { tools, form: asked });
    messages.push({ role: "assistant", text: reply.text || "(empty)" }, { role: "user", text: correction });
  }
  throw fail(failWith("TURN_LIMIT", { turns: request.turns }, { retryable: true }));
}

/** A text of ours, where a text of the user may stand. */
function addNote(messages: ModelMessage[], text: string): void {
  messages.splice(0, messages.length, ...orderedMessages([...messages, { role: "user", text }]));
}

const isOfCall = ({ code }: ReplyProblem): boolean => code === "CALL_ANNOUNCED" || code === "CALL_IN_TEXT";

/** Whether a reply with this problem meant to give the result. Any other reply may be of a model that needs its tools. */
const isResult = ({ code }: ReplyProblem): boolean => code === "MISFIT" || code === "TOO_DEEP" || code === "CUT";

/**
 * Whether a text, a reply of a step with tools, only says that a tool will be called. After the correction, a text that
 * may be a result is one.
 */
function announces(text: string, { tools }: ToolBench, corrected: boolean): boolean {
  const names = offeredSpecs(tools).map(({ name }) => name);
  return names.length > 0 && (corrected ? onlyAnnounces(text) : announcesCall(text, names));
}

/** The calls of a last turn, which are not made. The model reads that when its conversation goes on. */
const notMade = (calls: readonly ToolCall[]): TurnResults => ({
  results: calls.map(({ id, name }) => ({ id, name, text: NOT_MADE, isError: true as const })),
  times: 1,
});

/** A model call that failed by itself can be made again in its place. */
function turnFailure(thrown: unknown, turn: number, usage: Usage, signal: AbortSignal): unknown {
  const failed = thrown instanceof PlanloomError && thrown.kind === "provider" && !signal.aborted;
  return failed ? new StepFailure(operatingFailure(thrown), usage, thrown, turn) : thrown;
}

function repeats([first, ...others]: readonly ToolCall[], times: number): Failure {
  const { name: tool, args } = first!;
  const shown = beginning(JSON.stringify(args), LIMITS.progressChars);
  return failWith("AGENT_REPEATS", { tool, args: shown, others: others.length, times });
}

interface TurnForm {
  readonly isLast: boolean;
  readonly mustCall: boolean;
  /** The form of the whole conversation, if no tools are offered. */
  readonly opening: ResultForm | undefined;
  /** The form of this turn. */
  readonly asked: ResultForm | undefined;
}

/** A request asks either for calls of tools or for a result under a schema: few servers take both. */
function turnRequest(
  request: AgentRequest,
  messages: readonly ModelMessage[],
  bench: ToolBench,
  { isLast, mustCall, opening, asked }: TurnForm,
): Omit<ModelRequest, "signal"> {
  const tools = toolsOffered(bench);
  const toolChoice = isLast ? "none" : mustCall ? "required" : "auto";
  return {
    system: executorSystem(request.instructions, opening !== undefined),
    messages: [...messages],
    ...(asked !== undefined ? { output: asked.output } : tools.length === 0 ? {} : { tools, toolChoice }),
  };
}

/** Without tools of its own, a step is offered `read_result` only if its data was cut. */
function toolsOffered({ tools, previews }: ToolBench): NonNullable<ModelRequest["tools"]> {
  const offered = offeredSpecs(tools).map(({ name, description, input }) => ({ name, description, input }));
  const isTaken = offered.some(({ name }) => name === READ_RESULT);
  if (isTaken || (offered.length === 0 && !previews.anyCut)) return offered;
  return [...offered, { name: READ_RESULT, description: READ_ON_DESCRIPTION, input: READ_RESULT_INPUT }];
}

const READ_RESULT_INPUT = {
  type: "object",
  properties: { step: { type: "string" }, from: { type: "number" } },
  required: ["step"],
  additionalProperties: false,
};

/**
 * Why the model says that the step cannot be done; undefined if it does not say so. The words begin the last paragraph,
 * in any emphasis. Elsewhere a text only mentions them.
 */
function notDoneReason(text: string): string | undefined {
  const last = text.split(/\n\s*\n/).at(-1) ?? "";
  const [, why] = NOT_DONE_MARK.exec(last) ?? [];
  return why === undefined || text.length - last.length > LIMITS.announcementChars ? undefined : why.trim();
}

const NOT_DONE_MARK = new RegExp(`^[\\s*_#>]*${NOT_DONE.slice(0, -1)}[*_]*:[*_]*([^]*)$`);

/** An output that the plan describes in words may be a list or a record. */
function resultOf(value: Json, { output }: AgentRequest["step"]): Json {
  return typeof value === "string" && describedOutput(output) !== undefined ? listOrRecord(value) : value;
}

/** The result in a reply without calls. After `failed`, another request is of no use. */
function readResult(
  reply: ModelReply,
  type: Type | undefined,
  asked: ResultForm | undefined,
): ReadReply | { readonly ok: false; readonly failed: Failure } {
  const text = reply.text.trim();
  if (reply.finish === "content-filter") {
    return { ok: false, failed: failWith("MODEL_REFUSED", { what: "result" }) };
  }
  const why = (asked && failedIn(text)) ?? notDoneReason(text);
  if (why !== undefined) {
    return { ok: false, failed: failWith("STEP_NOT_DONE", {}, why === "" ? {} : { text: why }) };
  }
  if (reply.finish === "length") return { ok: false, problem: { code: "CUT" } };
  if (reply.holdsCall === true) return { ok: false, problem: { code: "CALL_IN_TEXT" } };
  return readReply(text, type, asked?.readings);
}
