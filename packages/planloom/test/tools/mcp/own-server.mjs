// An MCP server for tests, in one of two revisions of the protocol. In: `old` or `new`, and `deaf` for a process that
// ends at no friendly sign. Out: the server on its standard input and output. `RECORD` is a file to which it writes
// what it was told.
import { appendFileSync } from "node:fs";
import { Server } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";

const [revision = "new", manner] = process.argv.slice(2);
const record = (line) => process.env.RECORD && appendFileSync(process.env.RECORD, `${line}\n`);
record("started");

const text = (value) => ({ content: [{ type: "text", text: String(value) }] });
const none = { type: "object", properties: {} };
const one = (name) => ({ type: "object", properties: { [name]: { type: "string" } }, required: [name] });
const number = { type: "number" };
const sums = { type: "object", properties: { sum: number }, required: ["sum"] };
const PNG = "iVBORw0KGgo=";
let made = 0;

/** name: [definition, what it does]. */
const TOOLS = {
  echo: [
    { inputSchema: one("text"), annotations: { readOnlyHint: true, openWorldHint: false } },
    (args) => text(args.text),
  ],
  "add up": [
    {
      inputSchema: { type: "object", properties: { a: number, b: number }, required: ["a", "b"] },
      outputSchema: sums,
      annotations: { readOnlyHint: true },
    },
    ({ a, b }) => ({ ...text("see the structure"), structuredContent: { sum: a + b } }),
  ],
  add_up: [{ inputSchema: none }, () => text("the other one")],
  wrong_shape: [{ inputSchema: none, outputSchema: sums }, () => ({ content: [], structuredContent: { sum: "many" } })],
  picture: [
    { inputSchema: none },
    () => ({
      content: [
        { type: "text", text: "a picture:" },
        { type: "image", data: PNG, mimeType: "image/png" },
        { type: "resource", resource: { uri: "note://1", text: "a note" } },
        { type: "resource_link", uri: "note://2", name: "two" },
      ],
    }),
  ],
  put: [
    { inputSchema: one("text"), annotations: { idempotentHint: true, destructiveHint: true } },
    (args) => (record(`put ${args.text}`), text("done")),
  ],
  refuse: [{ inputSchema: none }, () => ({ ...text("the door is shut"), isError: true })],
  broken: [
    { inputSchema: none },
    () => {
      throw new Error("a fault of the server");
    },
  ],
  die: [{ inputSchema: none }, () => (record("dying"), process.exit(1))],
  pid: [{ inputSchema: none, annotations: { readOnlyHint: true } }, () => text(process.pid)],
  variable: [{ inputSchema: one("name") }, (args) => text(process.env[args.name])],
  wait: [{ inputSchema: none }, waiting],
  change: [
    { inputSchema: one("what"), annotations: { readOnlyHint: true } },
    async ({ what }, { server }) => {
      made++;
      if (what === "remove") delete TOOLS.echo;
      else TOOLS.echo[0] = { ...TOOLS.echo[0], description: `echo, number ${made}` };
      await server.sendToolListChanged();
      return text("changed");
    },
  ],
  as_task: [{ inputSchema: none, execution: { taskSupport: "required" } }, () => text("never")],
};

/** Tells its progress, and ends when it is cancelled. */
async function waiting(_args, { mcpReq }) {
  const { _meta: meta, signal, notify } = mcpReq;
  const progressToken = meta?.progressToken;
  if (progressToken !== undefined)
    await notify({
      method: "notifications/progress",
      params: { progressToken, progress: 1, total: 4, message: "page 1 of 4" },
    });
  record("waiting");
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  record("cancelled");
  return text("too late");
}

const PAGE = 4;

function newServer() {
  const server = new Server(
    { name: "own", version: "1.0.0" },
    { capabilities: { tools: { listChanged: true }, resources: {} } },
  );
  server.setRequestHandler("tools/list", ({ params }) => {
    const all = Object.entries(TOOLS).map(([name, [definition]]) => ({
      description: `The tool ${name}.`,
      ...definition,
      name,
    }));
    const from = Number(params?.cursor ?? 0);
    const next = from + PAGE < all.length ? { nextCursor: String(from + PAGE) } : {};
    return { tools: all.slice(from, from + PAGE), ...next };
  });
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const [, run] = TOOLS[params.name];
    return run(params.arguments, { ...context, server });
  });
  server.setRequestHandler("resources/list", () => ({
    resources: [{ uri: "note://1", name: "one", mimeType: "text/plain", description: "The first note." }],
  }));
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [{ uriTemplate: "note://{id}", name: "any" }],
  }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => ({
    contents: uri === "note://1" ? [{ uri, text: "the first note" }] : [{ uri, blob: PNG, mimeType: "image/png" }],
  }));
  return server;
}

if (manner === "deaf") {
  process.on("SIGTERM", () => record("SIGTERM"));
  setInterval(() => undefined, 60_000);
}
if (revision === "new") serveStdio(newServer, { legacy: "reject" });
else await newServer().connect(new StdioServerTransport());
