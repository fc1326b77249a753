// The synthesizer: writes the answer from the named outputs. In: goal, outputs, the wanted form and type. Out: the
// answer. Without a type it is text, which a person may read while it is written.
import type { Model, ModelMessage, ModelReply } from "../model/port.js";
import type { Json } from "../plan/json.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import { failWith, type ReplyProblem } from "../run/failure.js";
import { hasCode } from "../words/planloom-error.js";
import { answerOutput, isText, readingsOf, replyTypeText, wantedText, type WantedAnswer } from "./typed/answer-form.js";
import { isCutJson } from "./typed/json-reply.js";
import { askModel } from "./ask-model.js";
import type { AgentContext } from "./checkpoint.js";
import { Previews } from "./preview.js";
import { answerCorrection, synthesizerGoal, synthesizerSystem, type AnswerFacts } from "./prompts.js";
import { failureOf, StepFailure } from "./step-failure.js";

export interface AnswerRequest extends AnswerFacts {
  /** Replaces the opening of the synthesizer's prompt. */
  readonly instructions?: string;
  /** Why a value cannot be the answer; undefined if it can. Only with `wanted`. */
  readonly check?: (value: Json) => Promise<ReplyProblem | undefined>;
}

/** Appended to an answer that the output limit cut. */
export const CUT_MARK = "[The answer was cut by the model's output limit.]";

/** The name of the request after a server has refused whole outputs as too long. */
export const FROM_PREVIEWS = "answer from previews";

interface Written {
  readonly answer: Json;
  readonly usage: Usage;
}

/**
 * Writes the answer. `onText` gets the pieces of a text as they arrive; an answer from the journal is not streamed
 * again, and one with a type is not streamed. An answer that does not have the type is corrected once. Throws
 * StepFailure: ANSWER_EMPTY (retryable), ANSWER_INVALID, MODEL_REFUSED, the codes of the provider, INTERRUPTED.
 */
export async function writeAnswer(
  request: AnswerRequest,
  model: Model,
  context: AgentContext,
  onText?: (delta: string) => void,
): Promise<Written> {
  const { wanted } = request;
  const spent = { usage: NO_USAGE };
  const ask = async (name: string, facts: AnswerFacts, more: readonly ModelMessage[] = []): Promise<ModelReply> => {
    const form = wanted !== undefined && !isText(wanted);
    const output = wanted && answerOutput(wanted);
    const messages = [{ role: "user" as const, text: synthesizerGoal(facts, new Previews()) }, ...more];
    const asked = { system: synthesizerSystem(request.instructions, form), messages, ...(output && { output }) };
    const streamed = onText !== undefined && wanted === undefined ? { onText } : {};
    const reply = await askModel(name, { ...asked, ...streamed }, model, context);
    spent.usage = addUsage(spent.usage, reply.usage);
    return reply;
  };
  try {
    const answer =
      wanted === undefined ? await plainAnswer(request, ask, spent) : await typedAnswer(request, wanted, ask, spent);
    return { answer, usage: spent.usage };
  } catch (thrown) {
    throw failureOf(thrown, context.signal, spent.usage);
  }
}

type Ask = (name: string, facts: AnswerFacts, more?: readonly ModelMessage[]) => Promise<ModelReply>;
type Spent = { readonly usage: Usage };

/** The first reply. If the server refuses whole outputs as too long, it gets previews. */
async function firstReply(request: AnswerRequest, ask: Ask): Promise<{ reply: ModelReply; facts: AnswerFacts }> {
  try {
    return { reply: await ask("answer", request), facts: request };
  } catch (thrown) {
    if (!isTooLong(thrown) || !request.outputs.some(({ whole }) => whole === true)) throw thrown;
    const outputs = request.outputs.map(({ whole: _whole, ...output }) => output);
    const facts = { ...request, outputs };
    return { reply: await ask(FROM_PREVIEWS, facts), facts };
  }
}

async function plainAnswer(request: AnswerRequest, ask: Ask, spent: Spent): Promise<string> {
  const { reply } = await firstReply(request, ask);
  const answer = soundText(reply, spent);
  return reply.finish === "length" ? `${answer}\n\n${CUT_MARK}` : answer;
}

/** The text of a reply. Throws StepFailure. */
function soundText({ text, holdsCall, finish }: ModelReply, { usage }: Spent): string {
  const answer = text.trim();
  if (finish === "content-filter") throw new StepFailure(failWith("MODEL_REFUSED", { what: "answer" }), usage);
  // An answer calls no tool. One that explains such marks begins with words.
  if (holdsCall === true && /^(?:<|\[TOOL_CALLS\])/.test(answer)) {
    const problem = { code: "CALL_IN_TEXT" } as const;
    throw new StepFailure(failWith("ANSWER_EMPTY", { problem }, { retryable: true }), usage);
  }
  if (answer === "") throw new StepFailure(failWith("ANSWER_EMPTY", {}, { retryable: true }), usage);
  return answer;
}

/** An answer of the wanted type, corrected once. */
async function typedAnswer(request: AnswerRequest, wanted: WantedAnswer, ask: Ask, spent: Spent): Promise<Json> {
  const { reply, facts } = await firstReply(request, ask);
  const read = await readAnswer(reply, wanted, request, spent);
  if (read.ok) return read.value;
  const said = { role: "assistant", text: reply.text || "(empty)" } as const;
  const correction = { role: "user", text: answerCorrection(read.problem, wantedText(wanted)) } as const;
  const second = await readAnswer(await ask("answer correction", facts, [said, correction]), wanted, request, spent);
  if (second.ok) return second.value;
  const { problem } = second;
  throw new StepFailure(failWith("ANSWER_INVALID", { from: "synthesizer", problem }), spent.usage);
}

type Read = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: ReplyProblem };

/** The first reading of a reply that fits; else the problem of the most literal one. Throws StepFailure. */
async function readAnswer(
  reply: ModelReply,
  wanted: WantedAnswer,
  { check = async () => undefined }: AnswerRequest,
  spent: Spent,
): Promise<Read> {
  if (reply.finish === "length") return { ok: false, problem: { code: "CUT" } };
  const text = soundText(reply, spent);
  // Not every server says that it cut a reply.
  if (!isText(wanted) && isCutJson(text)) return { ok: false, problem: { code: "CUT" } };
  const readings = readingsOf(text, wanted);
  let problem: ReplyProblem | undefined;
  for (const value of readings) {
    const found = await check(value);
    if (found === undefined) return { ok: true, value };
    problem ??= found;
  }
  const isJson = isText(wanted) || readings.some((value) => typeof value !== "string");
  return { ok: false, problem: isJson && problem ? problem : { code: "NOT_JSON", type: replyTypeText(wanted) } };
}

/** Whether the server refused the request because it does not fit into the context of the model. */
const isTooLong = (thrown: unknown): boolean => hasCode(thrown, "PROVIDER_REFUSED") && thrown.params.about === "length";
