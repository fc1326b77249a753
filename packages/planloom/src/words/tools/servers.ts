// Words for failures of calls to tools of a server, such as an MCP server.
import { wireProblemText, type WireProblem } from "../wire-problem.js";
import type { ToolTable } from "./tool-words.js";

export interface ServerFailures {
  /** `problem`: the limit that the server broke. */
  SERVER_ENDED: { readonly server: string; readonly problem?: WireProblem };
  SERVER_TOOL_CHANGED: { readonly tool: string };
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
};
