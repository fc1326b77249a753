// One request to an MCP server for a plan: a call of a tool, or the reading of a resource. In: a connection. Out: what the
// server answers, without its secrets; or an error that says whether the request may have acted.
import type {
  CallToolResult,
  InputRequiredResult,
  RequestOptions,
  Tool as ToldTool,
} from "@modelcontextprotocol/client";
import type { Json } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { builtinError } from "../builtin-error.js";
import { CallAsks } from "../question.js";
import { CallUnsettled, ToolError, type ToolArguments, type ToolContext } from "../tool.js";
import { wireProblemText, type WireProblem } from "../../words/wire-problem.js";
import { askingCall, type Asker, type RoundParams } from "./asking-call.js";
import type { ServerClient } from "./server-client.js";
import { codeOf, isSessionLost, isUnauthorized, isUnreached, httpStatusOf, wireProblem } from "./wire-problem.js";

/** What a call needs of its tool. */
export interface CalledTool {
  readonly told: ToldTool;
  readonly effects: EffectClass;
}

type CallContext = Asker & Pick<ToolContext, "progress">;

/** Calls the tool. Rejects as `requested` does, and with CallAsks if the server asks a person. */
export async function callServer(
  connected: () => Promise<ServerClient>,
  { told, effects }: CalledTool,
  args: ToolArguments,
  context: CallContext,
): Promise<CallToolResult> {
  return requested(connected, { effects, signal: context.signal }, (client) =>
    askingCall(
      {
        server: client.server,
        pending: client.pending,
        send: (params, signal) => sentCall(client, told, { args, params }, { ...context, signal }),
      },
      context,
    ),
  );
}

/** The SDK checks no output of a definition without a schema. Planloom checks it, and knows that the call has acted. */
async function sentCall(
  client: ServerClient,
  { name, inputSchema }: ToldTool,
  { args, params }: { readonly args: ToolArguments; readonly params: RoundParams },
  { signal, progress }: Pick<ToolContext, "signal" | "progress">,
): Promise<CallToolResult | InputRequiredResult> {
  const options = {
    ...untilAborted(signal),
    toolDefinition: { name, inputSchema },
    allowInputRequired: true,
    onprogress({ progress: done, total, message }: Progress) {
      const words = message === undefined ? undefined : client.filter.text(message);
      if (total !== undefined && total > 0) progress(Math.min(1, Math.max(0, done / total)), words);
      else if (words !== undefined) progress(words);
    },
  };
  return client.callTool({ name, arguments: args, ...params }, options);
}

type Progress = Parameters<NonNullable<RequestOptions["onprogress"]>>[0];

/** The deadline is that of the call in Planloom. The server is told when it ends. */
export const untilAborted = (signal: AbortSignal): RequestOptions => ({ signal, timeout: LONGEST_TIMER_MS });

/** A timer of Node counts no longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The answer to a request. It is made once more, in a new session, if the server has lost the session. Rejects with
 * ToolError if nothing was done, with CallUnsettled or another error if the request may have acted, and with any error if
 * the signal is aborted.
 */
export async function requested<T>(
  connected: () => Promise<ServerClient>,
  call: { readonly effects: EffectClass; readonly signal: AbortSignal },
  request: (client: ServerClient) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const client = await connected();
    if (client.transport === undefined) throw ended(client);
    try {
      return client.filter.value((await request(client)) as Json) as T;
    } catch (thrown) {
      const isLost = isSessionLost(thrown, client);
      if (isLost) await client.close();
      if (isLost && tries === 1 && !call.signal.aborted) continue;
      throw call.signal.aborted ? thrown : requestError(thrown, client, call.effects);
    }
  }
}

/** JSON-RPC codes by which a server refuses a request before it acts. */
const REFUSED: readonly unknown[] = [-32700, -32600, -32601, -32602];
/** HTTP statuses of a server that has no time for the request. Other ones below 500 say that the request is wrong. */
const BUSY: readonly unknown[] = [404, 429];
/** A proxy says so, too, when its connection to a server breaks that has read the request. */
const UNAVAILABLE = 503;

/** What an error of the SDK means. A code is a number if the server answered, and a text of the SDK else. */
function requestError(thrown: unknown, client: ServerClient, effects: EffectClass): unknown {
  if (thrown instanceof ToolError || thrown instanceof CallAsks || thrown instanceof CallUnsettled) return thrown;
  const { server, filter } = client;
  if (isUnauthorized(thrown)) return builtinError("SERVER_SIGN_IN", { server });
  const status = httpStatusOf(thrown);
  const problem = wireProblem(thrown, filter.text);
  const isBusy = BUSY.includes(status) || (status === UNAVAILABLE && effects !== "once");
  if (isUnreached(thrown) || isBusy) return builtinError("SERVER_NOT_REACHED", { server, problem });
  if (status !== undefined && status < 500)
    return builtinError("SERVER_NOT_REACHED", { server, problem }, { retryable: false });
  const code = codeOf(thrown);
  const text = problem.is === "failed" ? problem.reason : wireProblemText(problem);
  if (REFUSED.includes(code)) return new ToolError(text, { retryable: false });
  const end = client.guard.streamEndIn(thrown);
  if (end !== undefined) return new CallUnsettled(ended(client, end.problem).failure);
  if (code === "CONNECTION_CLOSED" || code === "SEND_FAILED") return new CallUnsettled(ended(client).failure);
  if (problem.is === "too-large") return new CallUnsettled(ended(client, problem).failure);
  return typeof code === "number" && effects === "none" ? new ToolError(text) : new Error(text);
}

function ended({ server, guard }: ServerClient, problem: WireProblem | undefined = guard.broken?.problem) {
  return builtinError("SERVER_ENDED", { server, ...(problem === undefined ? {} : { problem }) });
}
