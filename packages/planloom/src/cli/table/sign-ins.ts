// The commands that sign a person in to a remote MCP server, and out. In: nothing. Out: their data.
import type { Argument, CommandData } from "./command.js";
import * as flags from "./flags.js";

const SERVER: Argument = {
  argument: "<name>",
  does: "the server, as it is named in the configuration",
  completes: "text",
};

export const SIGN_INS: readonly CommandData[] = [
  {
    name: "login",
    arguments: [SERVER],
    summary: "sign in to a remote MCP server",
    description:
      "Prints an address to open in a browser, and waits until you have signed in. The tokens are kept in a private file " +
      "of yours, outside of the project. Runs use and renew them.",
    flags: [...flags.STORE],
    examples: [{ words: "mcp login crm", does: "the server crm of the configuration" }],
  },
  {
    name: "logout",
    arguments: [SERVER],
    summary: "remove the tokens of a remote MCP server",
    flags: [...flags.STORE],
    examples: [{ words: "mcp logout crm", does: "runs cannot use it any more" }],
  },
];
