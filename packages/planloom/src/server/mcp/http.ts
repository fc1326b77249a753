// The MCP server over HTTP. In: requests whose caller is known. Out: responses. A client of 2026-07-28 sends each request
// on its own; one of 2025-11-25 has a session, so that a person can be asked.
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type AuthInfo,
  type McpRequestContext,
} from "@modelcontextprotocol/server";
import { LIMITS } from "../../limits.js";
import type { Caller, TokenRight } from "../../loom/handler-options.js";
import type { Loom } from "../../loom/loom.js";
import { mcpHome, mcpServerFor } from "./mcp-server.js";
import { McpSessions } from "./mcp-sessions.js";
import type { McpCaller, McpOptions } from "./offered-tool.js";

export interface McpMount {
  readonly handle: (request: Request, caller: Caller) => Promise<Response>;
  /** Ends the sessions, and requests that still run. */
  readonly close: () => Promise<void>;
}

export function mcpMount(loom: Loom, options: McpOptions): McpMount {
  const home = mcpHome(loom, options);
  const sessions = new McpSessions(home);
  const each = createMcpHandler(({ authInfo }: McpRequestContext) => mcpServerFor(home, callerIn(authInfo)), {
    maxRequestBodySize: LIMITS.requestBytes,
    keepAliveMs: LIMITS.heartbeatMs,
  });
  const handle: McpMount["handle"] = async (request, caller) => {
    const meant = callerOf(caller);
    if (await isLegacyRequest(request.clone())) {
      const id = request.headers.get("mcp-session-id");
      if (id !== null) return sessions.answer(id, meant, request);
      if (await isOpening(request)) return sessions.begin(meant, request);
    }
    return each.fetch(request, { authInfo: authOf(caller) });
  };
  return { handle, close: async () => void (await Promise.all([each.close(), sessions.close()])) };
}

/** Each token steers its own runs. */
const callerOf = ({ name, right }: Caller): McpCaller => ({ name, right, tag: `mcp:${name}` });

/** The token itself goes no further. */
const authOf = ({ name, right }: Caller): AuthInfo => ({ token: "", clientId: name, scopes: [right] });

function callerIn(auth: AuthInfo | undefined): McpCaller {
  if (auth === undefined) throw new Error("A request came without its caller.");
  return callerOf({ name: auth.clientId, right: auth.scopes[0] as TokenRight });
}

async function isOpening(request: Request): Promise<boolean> {
  if (request.method !== "POST") return false;
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined);
  return isInitializeRequest(body);
}
