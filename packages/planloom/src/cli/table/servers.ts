// The commands that serve: the HTTP API and the Studio. In: nothing. Out: their data.
import type { CommandData, Flag } from "./command.js";
import * as flags from "./flags.js";
import { SIGN_INS } from "./sign-ins.js";

const ADDRESS: readonly Flag[] = [
  { flag: "--host <host>", does: "the address to listen on", initial: "127.0.0.1" },
  { flag: "--port <port>", does: "the port; 0: any free one", initial: "4950" },
  {
    flag: "--token <token>",
    does: "a token that requests must have: TOKEN, NAME=TOKEN or NAME:RIGHT=TOKEN (read, approve, all)",
    otherwise: "PLANLOOM_TOKEN and PLANLOOM_TOKENS, else a random one, printed",
    isRepeatable: true,
  },
  {
    flag: "--allow-host <name>",
    does: "a further name under which the server answers, such as that of a proxy",
    isRepeatable: true,
  },
];

const TOKEN_NOTE = `Other users of this machine can see a flag. Give tokens in the variables PLANLOOM_TOKEN (one) and PLANLOOM_TOKENS
(several, with spaces between them). The name of a token is the author of its commands.`;

/** What the callers of MCP tools may do. */
const CALLERS: readonly Flag[] = [
  { flag: "--allow-approve", does: "the model that calls may approve plans and calls, and answer questions" },
  { flag: "--no-ask", does: "ask no person through the client; they decide in the Studio or on the command line" },
  { flag: "--studio <url>", does: "the address of the Studio, for links" },
];

/** Each of these flags means that a port is wanted. */
const HTTP: readonly Flag[] = [
  { flag: "--http", does: "serve on a port instead, at the path /mcp" },
  ...ADDRESS.map(({ initial, ...flag }): Flag => {
    const otherwise = flag.flag.startsWith("--port") ? "4951" : (initial ?? flag.otherwise);
    return { ...flag, ...(otherwise === undefined ? {} : { otherwise }), implies: { http: true } };
  }),
];

export const SERVERS: readonly CommandData[] = [
  {
    name: "serve",
    summary: "serve the HTTP API",
    description: "Serves the HTTP API, and drives the runs of the store. The first line on stdout is the address.",
    flags: [...flags.STORE, ...ADDRESS, ...flags.TOOLS, ...flags.MODEL_FLAGS],
    examples: [
      { words: "serve", does: "on this machine only" },
      { words: "serve --port 8080", does: "on another port" },
      { words: "serve --host 0.0.0.0 --allow-host loom.example.org", does: "for other machines, with PLANLOOM_TOKEN" },
    ],
    note: `${TOKEN_NOTE}\n\n${flags.KEY_NOTE}`,
  },
  {
    name: "studio",
    summary: "open the Studio in the browser",
    description: "Serves the Studio with the HTTP API, and prints the link that signs you in.",
    flags: [
      ...flags.STORE,
      ...ADDRESS,
      { flag: "--demo", does: "with the tools and the scripted model of the demo" },
      {
        flag: "--open <file>",
        does: "only to read the run of an exported file",
        conflicts: ["demo", "store", "config"],
      },
      ...flags.TOOLS,
      ...flags.MODEL_FLAGS,
    ],
    examples: [
      { words: "studio", does: "over the store of this project" },
      { words: "studio --demo", does: "without a model of your own" },
      { words: "studio --open run.json", does: "a run that somebody sent you" },
    ],
    note: `${TOKEN_NOTE}\n\n${flags.KEY_NOTE}`,
  },
  {
    name: "mcp",
    summary: "serve MCP clients",
    description:
      "Serves the tools plan, run, status, approve and others to an MCP client, on standard input and output. A model " +
      "that calls them cannot approve what it has planned. `serve` and `studio` serve the same at /mcp.",
    flags: [...flags.STORE, ...CALLERS, ...HTTP, ...flags.TOOLS, ...flags.MODEL_FLAGS],
    examples: [
      { words: "mcp", does: "a client starts this command" },
      { words: "mcp --studio http://127.0.0.1:4950", does: "with links to the Studio, where a person decides" },
      { words: "mcp --http", does: "for clients that connect to a port" },
    ],
    note: `${TOKEN_NOTE}\n\n${flags.KEY_NOTE}`,
    commands: SIGN_INS,
  },
];
