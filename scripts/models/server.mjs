// An OpenAI-compatible server on 127.0.0.1 with one behaviour of a known server. In: a mode. Out: its address, and the
// requests that it got. A mode may have `model`, `settings` and `path` (instead of /v1), or `modelAt(url)`, and:
//   refuse(body, state, request)   an answer of another kind: { status, body, headers }
//   says(said, body, state)        what the model says instead
//   call(call)                     a tool call as it stands in a message
//   message(message, body)         a message of a whole reply
//   whole(completion, body, state) a whole reply: an object, or its text
//   unstreamed: true               replies are never streamed
//   chunks(chunks, body, state)    a streamed reply: objects are data, texts are sent as they are
import { once } from "node:events";
import { createServer } from "node:http";
import { partOf, said } from "./model.mjs";

export async function startServer(mode) {
  const state = {};
  const requests = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = JSON.parse(Buffer.concat(parts).toString("utf8"));
    requests.push({ part: partOf(body), body, headers: request.headers, path: request.url });
    const refusal = mode.refuse?.(body, state, request);
    if (refusal) return send(response, refusal.status, refusal.body, refusal.headers);
    const right = said(body);
    const completion = completionOf(mode, body, mode.says?.(right, body, state) ?? right);
    if (body.stream !== true || mode.unstreamed)
      return send(response, 200, mode.whole?.(completion, body, state) ?? completion);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunks = chunksOf(completion, body);
    for (const chunk of mode.chunks?.(chunks, body, state) ?? chunks)
      response.write(typeof chunk === "string" ? chunk : `data: ${JSON.stringify(chunk)}\n\n`);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}${mode.path ?? "/v1"}`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(response, status, body, headers = {}) {
  const isText = typeof body === "string";
  const type = isText && !body.trimStart().startsWith("{") ? "text/html" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

const tokens = (value) => Math.ceil(JSON.stringify(value ?? "").length / 4);

function completionOf(mode, body, { text, calls, reasoning, thoughts, refusal, finish }) {
  const made = calls?.map((call, index) => ({
    ...{ index, id: `call_${index}${requestsId()}`, type: "function" },
    function: { name: call.name, arguments: JSON.stringify(call.args) },
  }));
  const plain = {
    ...{ role: "assistant", content: text ?? null },
    ...(refusal && { refusal }),
    ...(reasoning && { reasoning_content: reasoning }),
    ...(thoughts && { reasoning: thoughts }),
    ...(made && { tool_calls: made.map(mode.call ?? ((call) => call)) }),
  };
  const message = mode.message?.(plain, body) ?? plain;
  const counts = { prompt_tokens: tokens(body.messages) + tokens(body.tools), completion_tokens: tokens(message) };
  return {
    ...{ id: "chatcmpl-1", object: "chat.completion", created: 1764460800, model: body.model },
    choices: [{ index: 0, finish_reason: finish ?? (made ? "tool_calls" : "stop"), message }],
    usage: { ...counts, total_tokens: counts.prompt_tokens + counts.completion_tokens },
  };
}

let ids = 0;
const requestsId = () => String((ids += 1)).padStart(4, "0");

/** The same reply in chunks: role, reasoning, text, calls, finish, usage. */
function chunksOf({ choices, usage, object: _, ...head }, body) {
  const [{ message, finish_reason: finish }] = choices;
  const { role, content, tool_calls: calls, ...more } = message;
  const chunk = (delta, reason = null) => ({
    ...{ ...head, object: "chat.completion.chunk" },
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const pieces = typeof content === "string" ? (content.match(/[^]{1,40}/gu) ?? []) : content === null ? [] : [content];
  return [
    chunk({ role, content: "" }),
    ...Object.entries(more).map(([name, value]) => chunk({ [name]: value })),
    ...pieces.map((piece) => chunk({ content: piece })),
    ...(calls ?? []).map((call) => chunk({ tool_calls: [call] })),
    chunk({}, finish),
    ...(body.stream_options?.include_usage ? [{ ...chunk({}), choices: [], usage }] : []),
    "data: [DONE]\n\n",
  ];
}
