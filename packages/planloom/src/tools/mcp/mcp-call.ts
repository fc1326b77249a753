// One request to an MCP server for a plan: a call of a tool, or the reading of a resource. In: a connected client. Out:
// what the server answers, without its secrets; or an error that says whether the request may have acted.
import type { CallToolResult, RequestOptions, Tool as ToldTool } from "@modelcontextprotocol/client";
import { messageOf } from "../../error.js";
import type { Json } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { builtinError } from "../builtin-error.js";
import { CallUnsettled, ToolError, type ToolArguments, type ToolContext } from "../tool.js";
import type { ServerClient } from "./server-client.js";

/** What a call needs of its tool. */
export interface CalledTool {
  readonly told: ToldTool;
  readonly effects: EffectClass;
}

/** Calls the tool. Rejects as `requested` does. */
export async function callServer(
  client: ServerClient,
  { told: { name, inputSchema }, effects }: CalledTool,
  args: ToolArguments,
  { signal, progress }: Pick<ToolContext, "signal" | "progress">,
): Promise<CallToolResult> {
  const shown = (text: string): void => progress(client.filter.text(text));
  const options: RequestOptions = {
    ...untilAborted(signal),
    onprogress: ({ progress: done, total, message }) => {
      if (message !== undefined) shown(message);
      if (total !== undefined && total > 0) progress(Math.min(1, Math.max(0, done / total)));
    },
  };
  // The SDK checks no output of a definition without a schema. Planloom checks it, and knows that the call has acted.
  const toolDefinition = { name, inputSchema };
  return requested(client, { effects, signal }, () =>
    client.callTool({ name, arguments: args }, { ...options, toolDefinition }),
  );
}

/** The deadline is that of the call in Planloom. The server is told when it ends. */
export const untilAborted = (signal: AbortSignal): RequestOptions => ({ signal, timeout: LONGEST_TIMER_MS });

/** A timer of Node counts no longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The answer to a request. Rejects with ToolError if nothing was done, with CallUnsettled or another error if the
 * request may have acted, and with any error if the signal is aborted.
 */
export async function requested<T>(
  client: ServerClient,
  { effects, signal }: { readonly effects: EffectClass; readonly signal: AbortSignal },
  request: () => Promise<T>,
): Promise<T> {
  if (client.transport === undefined) throw ended(client);
  try {
    return client.filter.value((await request()) as Json) as T;
  } catch (thrown) {
    throw signal.aborted ? thrown : requestError(thrown, client, effects);
  }
}

/** JSON-RPC codes by which a server refuses a request before it acts. */
const REFUSED: readonly unknown[] = [-32700, -32600, -32601, -32602];

/** What an error of the SDK means. A code is a number if the server answered, and a text of the SDK else. */
function requestError(thrown: unknown, client: ServerClient, effects: EffectClass): unknown {
  if (thrown instanceof ToolError) return thrown;
  const { code } = (thrown ?? {}) as { readonly code?: unknown };
  const text = messageOf(thrown, client.filter.text);
  if (REFUSED.includes(code)) return new ToolError(text, { retryable: false });
  if (code === "CONNECTION_CLOSED" || code === "SEND_FAILED") return new CallUnsettled(ended(client).failure);
  return typeof code === "number" && effects === "none" ? new ToolError(text) : new Error(text);
}

function ended({ server, guard }: ServerClient) {
  const problem = guard.broken === undefined ? {} : { problem: guard.broken.problem };
  return builtinError("SERVER_ENDED", { server, ...problem });
}
