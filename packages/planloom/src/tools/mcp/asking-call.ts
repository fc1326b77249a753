// A call of a server's tool during which the server may ask a person. In: how the call is sent, and the context of the
// tool. Out: the result. Each question ends the call for now. The revision 2026-07-28 asks in rounds: its answers are sent
// with a new request, from any process. The older one asks during the request, which is kept in this process.
import type { CallToolResult, ElicitResult, InputRequiredResult } from "@modelcontextprotocol/client";
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { builtinError } from "../builtin-error.js";
import type { AnsweredAsk, AskingContext } from "../question.js";
import { CallAsks } from "../question.js";
import { CallUnsettled, ToolError } from "../tool.js";
import { CANCELLED, elicitResultOf, questionOf } from "./elicitation.js";
import type { PendingCall, PendingCalls } from "./pending-calls.js";

/** What is sent beside the name and the arguments of the tool. */
export interface RoundParams {
  readonly inputResponses?: { readonly [name: string]: ElicitResult };
  readonly requestState?: string;
}

type Answered = CallToolResult | InputRequiredResult;

export interface AskingCall {
  readonly server: string;
  readonly pending: PendingCalls;
  readonly send: (params: RoundParams, signal: AbortSignal) => Promise<Answered>;
}

/** `key`: of the call. Without `ask` nobody is asked, and the server reads that its question was cancelled. */
export type Asker = Partial<AskingContext> & { readonly signal: AbortSignal; readonly key: string };

/**
 * Rejects with CallAsks if a person is asked, with CallUnsettled if the call asked in a process that has ended, and
 * with the errors of `send`.
 */
export async function askingCall(call: AskingCall, asker: Asker): Promise<CallToolResult> {
  const before = asker.answered?.() ?? [];
  let sent = before.length === 0 ? begun(call, asker, {}) : await goneOn(call, asker, before);
  for (let rounds = 0; ;) {
    const sign = await sent.next(asker.signal);
    if ("question" in sign) {
      await askNow(call, asker, sent, sign.question);
      continue;
    }
    const round = await endOf(call, sign.end);
    if (!isRound(round)) return round;
    rounds += 1;
    if (rounds > LIMITS.mcpAskRounds)
      throw builtinError("SERVER_ASKS", { server: call.server, rounds: LIMITS.mcpAskRounds });
    sent = begun(call, asker, await answersNow(call, asker, round, before.length));
  }
}

function begun({ pending, send }: AskingCall, { key }: Asker, params: RoundParams): PendingCall<Answered> {
  // An earlier attempt of the same call asked, and its answer never came.
  pending.take(key)?.cancel(undefined);
  return pending.begin((signal) => send(params, signal));
}

/** Questions that are asked together. It is kept with the first of them. */
type Round = {
  readonly requests: readonly { readonly name: string; readonly params: JsonObject }[];
  readonly requestState?: string;
  /** The server refused the call until somebody has opened an address. The call is then sent as it was. */
  readonly again?: true;
  /** Tells one round from another. */
  readonly number: number;
};

type Kept = { readonly live: true; readonly params: Json } | { readonly round: Round } | { readonly number: number };

const isRound = (result: CallToolResult | Round): result is Round => "requests" in result;

/** The result; or a round, if the server wants answers. */
async function endOf({ server }: AskingCall, end: Promise<Answered>): Promise<CallToolResult | Round> {
  try {
    const result = await end;
    if (result["resultType"] !== "input_required") return result as CallToolResult;
    const { inputRequests = {}, requestState } = result as InputRequiredResult;
    const requests = Object.entries(inputRequests).map(([name, request]) => ({
      name,
      params: paramsOf(server, request),
    }));
    return { requests, number: 0, ...(requestState === undefined ? {} : { requestState }) };
  } catch (error) {
    const addresses = addressesIn(error);
    if (addresses === undefined) throw error;
    return { requests: addresses.map((params, i) => ({ name: String(i), params })), again: true, number: 0 };
  }
}

/** Models and folders of this side are not for servers: the capabilities for them were not declared. */
function paramsOf(server: string, request: unknown): JsonObject {
  const { method, params } = (isObject(request) ? request : {}) as {
    readonly [name: string]: Json | undefined;
  };
  if (method === "elicitation/create" && isObject(params)) return params;
  throw builtinError("SERVER_ASKS", { server, method: typeof method === "string" ? method.slice(0, 60) : "" });
}

const ADDRESSES_REQUIRED = -32_042;

function addressesIn(error: unknown): readonly JsonObject[] | undefined {
  const { code, data } = (error ?? {}) as { readonly code?: unknown; readonly data?: { readonly elicitations?: Json } };
  if (code !== ADDRESSES_REQUIRED || !Array.isArray(data?.elicitations)) return undefined;
  const found = (data.elicitations as readonly Json[]).filter(isObject).slice(0, LIMITS.mcpAskRounds);
  return found.length === 0 ? undefined : found.map((params) => ({ ...params, mode: "url" }));
}

/** Asks the first question of a round. Without a person, each is cancelled. */
async function answersNow(call: AskingCall, asker: Asker, round: Round, number: number): Promise<RoundParams> {
  const answers: Json[] = [];
  for (const { params } of round.requests) {
    const kept = { round: { ...round, number: number + 1 } };
    const answer = await asked(call, asker, params, answers.length === 0 ? kept : { number: number + 1 });
    answers.push(answer ?? false);
  }
  return paramsFor(call, round, answers);
}

function paramsFor(
  { server }: AskingCall,
  { requests, requestState, again }: Round,
  answers: readonly Json[],
): RoundParams {
  const results = requests.map(({ name, params }, i) => [name, elicitResultOf(params, answers[i]!)] as const);
  if (again === true && results.some(([, { action }]) => action !== "accept"))
    throw builtinError("SERVER_DECLINED", { server });
  if (again === true) return {};
  return {
    ...(results.length === 0 ? {} : { inputResponses: Object.fromEntries(results) }),
    ...(requestState === undefined ? {} : { requestState }),
  };
}

/** After an answer: the next question of its round, the next request, or the request that waits in this process. */
async function goneOn(call: AskingCall, asker: Asker, before: readonly AnsweredAsk[]): Promise<PendingCall<Answered>> {
  const { state, answer } = before.at(-1)!;
  const kept = state as unknown as Kept;
  if ("live" in kept) {
    const waiting = call.pending.take<Answered>(asker.key);
    if (waiting === undefined) throw new CallUnsettled(builtinError("SERVER_ENDED", { server: call.server }).failure);
    waiting.asked?.answer(elicitResultOf(kept.params, answer));
    waiting.asked = undefined;
    return waiting;
  }
  const number = "round" in kept ? kept.round.number : kept.number;
  const of = before.map((one) => ({ kept: one.state as unknown as Kept, answer: one.answer }));
  const first = of.findIndex((one) => "round" in one.kept && one.kept.round.number === number);
  const { round } = of[first]!.kept as { readonly round: Round };
  const answers = of.slice(first).map((one) => one.answer);
  for (const { params } of round.requests.slice(answers.length))
    answers.push((await asked(call, asker, params, { number })) ?? false);
  return begun(call, asker, paramsFor(call, round, answers));
}

async function askNow(
  call: AskingCall,
  asker: Asker,
  sent: PendingCall<Answered>,
  question: { readonly params: unknown; readonly answer: (result: ElicitResult) => void },
): Promise<void> {
  sent.asked = question;
  try {
    const params = question.params as Json;
    const answer = await asked(call, asker, params, { live: true, params });
    question.answer(answer === undefined ? CANCELLED : elicitResultOf(params, answer));
    sent.asked = undefined;
  } catch (error) {
    if (error instanceof CallAsks) call.pending.keep(asker.key, sent);
    else sent.cancel(error);
    throw error;
  }
}

/** undefined if nobody can be asked. Rejects with CallAsks if somebody is asked. */
async function asked({ server }: AskingCall, { ask }: Asker, params: unknown, state: Kept): Promise<Json | undefined> {
  const question = questionOf(server, params);
  if (question === undefined || ask === undefined) return undefined;
  try {
    return await ask({ ...question, state: state });
  } catch (error) {
    if (error instanceof ToolError && error.code === "ASK_UNATTENDED") return undefined;
    throw error;
  }
}
