// Words for failures of calls to tools of a server, such as an MCP server.
import { wireProblemText, type WireProblem } from "../wire-problem.js";
import type { ToolTable } from "./tool-words.js";

export interface ServerFailures {
  /** `problem`: the limit that the server broke. */
  SERVER_ENDED: { readonly server: string; readonly problem?: WireProblem };
  SERVER_TOOL_CHANGED: { readonly tool: string };
  /** Nothing was sent, or the server refused the request before it did anything. */
  SERVER_NOT_REACHED: { readonly server: string; readonly problem: WireProblem };
  /** A person has to sign in to the server. */
  SERVER_SIGN_IN: { readonly server: string };
  /** `method`: what it wants. `rounds`: it wants answers again and again. */
  SERVER_ASKS: { readonly server: string; readonly method?: string; readonly rounds?: number };
  /** A person did not want to open the address that the server wants. */
  SERVER_DECLINED: { readonly server: string };
}

export const SERVER_FAILURES: ToolTable<ServerFailures> = {
  SERVER_ENDED: {
    retryable: true,
    message: ({ server, problem }) =>
      `The connection to the server "${server}" ended. ${problem === undefined ? "" : `${wireProblemText(problem)} `}` +
      "The next call starts it again.",
  },
  SERVER_TOOL_CHANGED: {
    retryable: true,
    message: ({ tool }) => `The server has changed the tool ${tool} since the plan was made. Nothing was called.`,
    next: () => ["Try again: the changes are shown before the next call."],
  },
  SERVER_NOT_REACHED: {
    retryable: true,
    message: ({ server, problem }) => `The server "${server}" did not take the call. ${wireProblemText(problem)}`,
  },
  SERVER_SIGN_IN: {
    message: ({ server }) => `The server "${server}" wants a person to sign in.`,
    next: ({ server }) => ["Sign in with ", { action: "sign-in", server }, ", then retry the run."],
  },
  SERVER_ASKS: {
    message: ({ server, method, rounds }) =>
      rounds === undefined
        ? `The server "${server}" asks for ${method === undefined || method === "" ? "something" : method}, which it does not get.`
        : `The server "${server}" asked ${rounds} times in one call without a result.`,
  },
  SERVER_DECLINED: {
    message: ({ server }) => `The server "${server}" wanted an address to be opened first. That was declined.`,
  },
};
