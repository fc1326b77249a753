// Prints the size of a request to the planner for 10, 50 and 80 tools: bytes, and tokens by a rule of 4 bytes for one
// token. In: the built package, or that of another folder (`node scripts/planner-tokens.mjs OTHER_CHECKOUT`). Out: a
// table. The tools have four arguments each; once all alike, once with names of their own.
import { createServer } from "node:http";
import { once } from "node:events";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./install.mjs";

const checkout = path.resolve(process.argv[2] ?? root);
const built = (file) => import(pathToFileURL(path.join(checkout, "packages", "planloom", "dist", file)).href);
const { createLoom, tool } = await built("index.js");
const BYTES_PER_TOKEN = 4;
const PLAN = { steps: [{ id: "say", title: "Say", agent: "Say hello." }], answer: { value: "hello" } };

/** The first request of a run: the planner's. */
async function plannerRequest(tools) {
  const bodies = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    bodies.push(JSON.parse(Buffer.concat(parts).toString()));
    const choices = [
      { index: 0, message: { role: "assistant", content: JSON.stringify(PLAN) }, finish_reason: "stop" },
    ];
    const delta = [{ index: 0, delta: { role: "assistant", content: JSON.stringify(PLAN) }, finish_reason: "stop" }];
    const isStream = bodies.at(-1).stream === true;
    response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
    response.end(
      isStream
        ? `data: ${JSON.stringify({ choices: delta })}\n\ndata: [DONE]\n\n`
        : JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const model = { model: "m", baseURL: `http://127.0.0.1:${server.address().port}/v1`, apiKey: "none" };
  const loom = await createLoom({ tools, builtins: {}, store: "memory", models: { default: model } }, { env: {} });
  await (await loom.start("Say hello")).result().catch(() => undefined);
  await loom.close();
  server.closeAllConnections();
  server.close();
  return bodies[0];
}

/** `own`: each tool has arguments that no other has. */
function makeTool(at, own) {
  const name = (word) => (own ? `${word}${at}` : word);
  const properties = {
    [name("customer")]: { type: "string", description: "The id of the customer" },
    [name("since")]: { type: "string" },
    [name("limit")]: { type: "integer" },
    [name("kind")]: { type: "string", enum: ["a", "b", "c"] },
  };
  const line = { type: "object", properties: { sku: { type: "string" }, amount: { type: "number" } } };
  return tool({
    name: `tool_${at}`,
    description: `Reads record ${at} of a customer.`,
    effects: "none",
    input: { type: "object", properties, required: [name("customer")], additionalProperties: false },
    output: { type: "object", properties: { id: { type: "string" }, lines: { type: "array", items: line } } },
    run: () => ({ id: "x", lines: [] }),
  });
}

const number = (value) => Math.round(value).toLocaleString("en-US");
console.log("| tools | arguments | schema, bytes | messages, bytes | input, tokens |");
console.log("|---|---|---|---|---|");
for (const own of [false, true]) {
  for (const count of [10, 50, 80]) {
    const body = await plannerRequest(Array.from({ length: count }, (_, at) => makeTool(at, own)));
    const schema = Buffer.byteLength(JSON.stringify(body.response_format?.json_schema?.schema ?? null));
    const messages = Buffer.byteLength(JSON.stringify(body.messages));
    const row = [count, own ? "their own" : "alike", number(schema), number(messages)];
    console.log(`| ${[...row, number((schema + messages) / BYTES_PER_TOKEN)].join(" | ")} |`);
  }
}
