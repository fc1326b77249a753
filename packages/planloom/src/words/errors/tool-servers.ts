// Errors of MCP servers, with their parameters and words.
import type { ErrorTable } from "../error-words.js";

export interface ToolServerErrors {
  /** `reason`: what the system, the server or the SDK said. */
  MCP_UNAVAILABLE: { readonly server: string; readonly reason: string };
}

export const TOOL_SERVER_ERRORS: ErrorTable<ToolServerErrors> = {
  MCP_UNAVAILABLE: {
    kind: "config",
    message: ({ server, reason }) => `The MCP server "${server}" cannot be used: ${reason}`,
    next: ({ server }) => [
      "Check how it is started or reached under ",
      { action: "set", setting: `mcp.${server}` },
      ", or leave it out.",
    ],
  },
};
