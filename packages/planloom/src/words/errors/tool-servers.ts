// Errors of MCP servers, with their parameters and words.
import type { ErrorTable } from "../error-words.js";
import { wireProblemText, type WireProblem } from "../wire-problem.js";

export interface ToolServerErrors {
  MCP_UNAVAILABLE: { readonly server: string; readonly problem: WireProblem };
  /** A remote server wants a person to sign in, and there is none. */
  MCP_LOGIN_NEEDED: { readonly server: string };
  MCP_KEEPS_ENDING: { readonly server: string; readonly times: number; readonly seconds: number };
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
  MCP_KEEPS_ENDING: {
    kind: "config",
    message: ({ server, times, seconds }) =>
      `The MCP server "${server}" was started ${times} times within ${seconds} seconds and ended each time. It is not ` +
      "started again for now.",
    next: ({ server }) => [
      "Start its command by hand to see why it ends. Correct it under ",
      { action: "set", setting: `mcp.${server}` },
      ".",
    ],
  },
};
