// Errors of MCP servers, with their parameters and words.
import { byCase } from "../by-case.js";
import { cut, type ErrorTable } from "../error-words.js";
import { wireProblemText, type WireProblem } from "../wire-problem.js";

export interface ToolServerErrors {
  MCP_UNAVAILABLE: { readonly server: string; readonly problem: WireProblem };
  /** A remote server wants a person to sign in, and there is none. */
  MCP_LOGIN_NEEDED: { readonly server: string };
  MCP_KEEPS_ENDING: { readonly server: string; readonly times: number; readonly seconds: number };
  /** A sign-in that did not end well. `reason` is what the authorization server or the SDK said. */
  MCP_LOGIN_FAILED: { readonly server: string } & SignInFault;
}

type SignInFault =
  | { readonly problem: "unknown"; readonly known: readonly string[] }
  /** It runs on this machine, or its configuration names the credentials. */
  | { readonly problem: "no-address" | "own-credentials" }
  | { readonly problem: "late"; readonly minutes: number }
  | { readonly problem: "refused"; readonly reason: string };

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
  MCP_LOGIN_FAILED: {
    kind: "config",
    message: byCase("problem", {
      unknown: ({ server }) => `The configuration has no MCP server "${server}".`,
      "no-address": ({ server }) => `The MCP server "${server}" runs on this machine. Nobody signs in to it.`,
      "own-credentials": ({ server }) => `The configuration gives the MCP server "${server}" its credentials.`,
      late: ({ server, minutes }) => `Nobody signed in to the MCP server "${server}" within ${minutes} minutes.`,
      refused: ({ server, reason }) => `The sign-in to the MCP server "${server}" failed: ${cut(reason, 2_000)}`,
    }),
    next: byCase("problem", {
      unknown: ({ known }) =>
        known.length === 0
          ? ["Name it under ", { action: "set", setting: "mcp" }, "."]
          : [`It has ${known.join(", ")}.`],
      "no-address": ({ server }) => ["Give its keys under ", { action: "set", setting: `mcp.${server}.env` }, "."],
      "own-credentials": ({ server }) => [
        "Change them under ",
        { action: "set", setting: `mcp.${server}.headers` },
        ", or remove them to sign in.",
      ],
      late: ({ server }) => ["Begin again with ", { action: "sign-in", server }, "."],
      refused: ({ server }) => ["Begin again with ", { action: "sign-in", server }, "."],
    }),
  },
};
