// The conversation of an agent step: turns of one model call each, until the model gives the result. In: the step with
// its tools, and the opening message. Out: the result. It decides what each turn asks for, and what follows from a reply.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { orderedMessages } from "../../model/request/message-rules.js";
import type { Model, ModelMessage, ModelReply, ModelRequest, ToolCall } from "../../model/port.js";
import type { Json } from "../../plan/json.js";
import type { Usage } from "../../plan/usage.js";
import { failWith, type Failure, type ReplyProblem } from "../../run/failure.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { AgentBreak, AgentRequest } from "./agent-request.js";
import { readResult, resultOf } from "./agent-result.js";
import { announcesCall, onlyAnnounces } from "./announcement.js";
import { askModel } from "../ask-model.js";
import type { AgentContext } from "../checkpoint.js";
import {
  executorCorrection,
  executorSystem,
  goesOnText,
  LAST_TURN,
  NOT_MADE,
  READ_ON_DESCRIPTION,
  REPEATED,
} from "../prompts.js";
import type { ResultForm } from "../typed/result-form.js";
import { operatingFailure, StepFailure } from "../step-failure.js";
import { offeredSpecs, READ_RESULT, type ToolBench } from "./tool-bench.js";
import { callTools, type TurnResults } from "./tool-turn.js";

const turnName = (turn: number): string => `turn ${turn}`;

/** Whether a row of a journal with this name holds a reply of the model. */
export const isTurn = (name: string): boolean => /^turn \d+$/.test(name);

/** What the step has besides its request. */
export interface AgentMeans {
  readonly bench: ToolBench;
  readonly model: Model;
  readonly context: AgentContext;
  /** The form of its result. Absent: text. */
  readonly form: ResultForm | undefined;
  /** What the step has spent so far. */
  spent(): Usage;
}

/** The result, once it is given. */
type Turned = { readonly output: Json } | undefined;

export class AgentConversation {
  private messages: readonly ModelMessage[];
  /** The number of the last turn. */
  private last: number;
  private corrected = false;
  /** After a reply that only announced a call, the model must make one. */
  private mustCall = false;
  /** The model has called no tool in two replies that should have: from then on calls are asked for as text. */
  private asText = false;
  /** The form of the whole conversation, if no tools are offered. */
  private readonly opening: ResultForm | undefined;
  /** The form of the next turn: with tools, only a result that is corrected is asked for under a schema. */
  private asked: ResultForm | undefined;

  constructor(
    private readonly request: AgentRequest,
    first: ModelMessage,
    private readonly means: AgentMeans,
  ) {
    this.messages = [first];
    this.last = request.turns;
    this.opening = toolsOffered(means.bench).length === 0 ? means.form : undefined;
    this.asked = this.opening;
  }

  /** Throws what runAgent throws. */
  async result(): Promise<Json> {
    for (let turn = 1; turn <= this.last; turn++) {
      this.goOnAfter(turn - 1);
      const reply = await this.ask(turn);
      this.mustCall = false;
      const turned = reply.toolCalls.length > 0 ? await this.call(reply, turn) : this.read(reply, turn);
      if (turned !== undefined) return turned.output;
    }
    throw this.outOfTurns();
  }

  /** After a failure of the step, the conversation continues with new turns. */
  private goOnAfter(turn: number): void {
    const before = turn === 0 ? undefined : this.breakAfter(turn);
    if (before === undefined) return;
    this.note(goesOnText(before.why, before.said));
    this.last = turn + this.request.turns;
    this.corrected = false;
    this.mustCall = false;
    this.asked = this.opening;
    this.means.bench.turns.clear();
  }

  private async ask(turn: number): Promise<ModelReply> {
    const { bench, model, context } = this.means;
    if (this.isForced(turn) && toolsOffered(bench).length > 0) this.note(LAST_TURN);
    context.progress(turnName(turn));
    try {
      const reply = await askModel(turnName(turn), this.turnRequest(turn), model, context);
      bench.spend(reply.usage);
      return reply;
    } catch (thrown) {
      throw turnFailure(thrown, turn, this.means.spent(), context.signal);
    }
  }

  /** A request asks either for calls of tools or for a result under a schema: few servers take both. */
  private turnRequest(turn: number): Omit<ModelRequest, "signal"> {
    const tools = toolsOffered(this.means.bench);
    const toolChoice = this.isForced(turn) ? "none" : this.mustCall ? "required" : "auto";
    const asText = this.asText ? { toolsAsText: true as const } : {};
    const form = tools.length === 0 ? {} : ({ tools, toolChoice, ...asText } as const);
    return {
      system: executorSystem(this.request.instructions, this.opening !== undefined),
      messages: [...this.messages],
      ...(this.asked === undefined ? form : { output: this.asked.output }),
    };
  }

  /** Makes the calls of a reply. */
  private async call(reply: ModelReply, turn: number): Promise<Turned> {
    const { text, toolCalls, reasoning } = reply;
    // A filter ended the reply, so nobody knows what it would have said.
    if (reply.finish === "content-filter") throw this.failed(failWith("MODEL_REFUSED", { what: "result" }));
    const goesOn = this.breakAfter(turn);
    if (turn === this.last && goesOn === undefined) throw this.outOfTurns();
    const { bench, context } = this.means;
    const { results, times } =
      goesOn?.atLimit === true ? notMade(toolCalls) : await callTools(toolCalls, bench, context);
    if (times >= LIMITS.repeats && goesOn === undefined) throw this.failed(repeats(toolCalls, times));
    const said = { text, toolCalls, ...(reasoning === undefined ? {} : { reasoning }) };
    this.add({ role: "assistant", ...said }, { role: "tool", results });
    if (goesOn !== undefined) this.allowAfter(turn);
    else if (times === LIMITS.repeats - 1) this.note(REPEATED);
    return undefined;
  }

  /** Reads the result of a reply. One that does not fit is corrected once. */
  private read(reply: ModelReply, turn: number): Turned {
    const { request } = this;
    const said = { role: "assistant", text: reply.text || "(empty)" } as const;
    if (this.breakAfter(turn) !== undefined) {
      this.add(said);
      this.allowAfter(turn);
      return undefined;
    }
    const read = readResult(reply, request.type, this.asked);
    if ("failed" in read) throw this.failed(read.failed);
    const announced = this.mayAnnounce(turn, read.ok) && this.announces(reply.text);
    if (read.ok && !announced) return { output: resultOf(read.value, request.step) };
    const problem = read.ok || announced ? ({ code: "CALL_ANNOUNCED" } as const) : read.problem;
    if (this.corrected && !this.mayTryText(problem)) throw this.failed(failWith("OUTPUT_MISMATCH", { problem }));
    this.asText = this.corrected;
    this.corrected = true;
    this.allowAfter(turn);
    this.add(said, { role: "user", text: this.correctionOf(problem) });
    return undefined;
  }

  /** Some servers leave tools out in silence. Then their model reads of the tools only in a text. */
  private mayTryText(problem: ReplyProblem): boolean {
    const { model, bench } = this.means;
    const untried = !this.asText && this.asked === undefined && bench.count === 0;
    return untried && model.speaks === true && isOfCall(problem) && toolsOffered(bench).length > 0;
  }

  private mayAnnounce(turn: number, isResult: boolean): boolean {
    const mayCall = (this.corrected || turn < this.last) && this.asked === undefined;
    return mayCall && (!isResult || this.means.bench.count === 0);
  }

  /** Whether a text only says that a tool will be called. After the correction, a text that may be a result is one. */
  private announces(text: string): boolean {
    const names = offeredSpecs(this.means.bench).map(({ name }) => name);
    return names.length > 0 && (this.corrected ? onlyAnnounces(text) : announcesCall(text, names));
  }

  /** Sets what the next turn asks for. */
  private correctionOf(problem: ReplyProblem): string {
    const { bench, form } = this.means;
    if (!isOfCall(problem) && (isResult(problem) || bench.count > 0)) this.asked = form;
    const tools = this.asked === undefined && toolsOffered(bench).length > 0;
    this.mustCall = tools && isOfCall(problem);
    return executorCorrection(problem, this.request.type, { tools, form: this.asked });
  }

  /** Whether this turn has to give the result. Where a planner takes over, a poor answer would be the worse end. */
  private isForced(turn: number): boolean {
    return turn === this.last && this.request.handsOver !== true;
  }

  private breakAfter(turn: number): AgentBreak | undefined {
    return this.request.breaks?.findLast(({ turns }) => turns === turn);
  }

  private allowAfter(turn: number): void {
    this.last = Math.max(this.last, turn + 1);
  }

  private add(...messages: readonly ModelMessage[]): void {
    this.messages = [...this.messages, ...messages];
  }

  /** A text of ours, where a text of the user may stand. */
  private note(text: string): void {
    this.messages = orderedMessages([...this.messages, { role: "user", text }]);
  }

  private failed(failure: Failure): StepFailure {
    return new StepFailure(failure, this.means.spent());
  }

  private outOfTurns(): StepFailure {
    const { turns, step, strategy } = this.request;
    // A step that says how many turns it has gets no more of them in another attempt.
    const retryable = step.turns === undefined;
    return this.failed(failWith("TURN_LIMIT", { turns, ...(strategy && { strategy }) }, { retryable }));
  }
}

const isOfCall = ({ code }: ReplyProblem): boolean => code === "CALL_ANNOUNCED" || code === "CALL_IN_TEXT";

/** Whether a reply with this problem meant to give the result. Any other reply may be of a model that needs its tools. */
const isResult = ({ code }: ReplyProblem): boolean => code === "MISFIT" || code === "TOO_DEEP" || code === "CUT";

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

/** Without tools of its own, a step is offered `read_result` only if its data was cut. */
export function toolsOffered(bench: ToolBench): NonNullable<ModelRequest["tools"]> {
  const offered = offeredSpecs(bench).map(({ name, description, input }) => ({ name, description, input }));
  const isTaken = offered.some(({ name }) => name === READ_RESULT);
  if (isTaken || (offered.length === 0 && !bench.previews.anyCut)) return offered;
  return [...offered, { name: READ_RESULT, description: READ_ON_DESCRIPTION, input: READ_RESULT_INPUT }];
}

const READ_RESULT_INPUT = {
  type: "object",
  properties: { step: { type: "string" }, from: { type: "number" } },
  required: ["step"],
  additionalProperties: false,
};
