// Errors of MCP servers, with their parameters and words.
import type { ErrorTable } from "../error-words.js";
import { wireProblemText, type WireProblem } from "../wire-problem.js";

export interface ToolServerErrors {
  MCP_UNAVAILABLE: { readonly server: string; readonly problem: WireProblem };
  /** A remote server wants a person to sign in, and there is none. */
  MCP_LOGIN_NEEDED: { readonly server: string };
}

export const TOOL_SERVER_ERRORS: ErrorTable<ToolServerErrors> = {
  MCP_UNAVAILABLE: {
    kind: "config",
    message: ({ server, problem }) => `The MCP server "${server}" cannot be used. ${wireProblemText(problem)}`,
    next: ({ server }) => [
      "Check how it is started or reached under ",
      { action: "set", setting: `mcp.${server}` },
      ", or leave it out.",
    ],
  },
  MCP_LOGIN_NEEDED: {
    kind: "config",
    message: ({ server }) => `The MCP server "${server}" wants a person to sign in.`,
    next: ({ server }) => ["Sign in with ", { action: "sign-in", server }, ", then try again."],
  },
};
