// A server with the OpenAI chat API on 127.0.0.1. In: a function from requests to replies. Out: its URL, and the
// requests that it got. Tests use it to try the whole system over real HTTP: streams, refusals, cut connections.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../error.js";
import { completionBody, completionChunks, errorBody, type ChatBody, type FakeReply } from "./fake-reply.js";

/** Features that a server can refuse. It then answers 400 and names the feature. */
export type Feature = "json_schema" | "json_object" | "tools" | "temperature";

export interface FakeRequest {
  readonly body: ChatBody;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly query: { readonly [name: string]: string };
  /** ms since 1970. */
  readonly at: number;
  /** The end of this request's connection: after the whole reply, or before it. */
  readonly ended: Promise<"answered" | "cut">;
}

export interface FakeOpenAIOptions {
  /** Called for each chat request that is not refused; `index` counts all chat requests from 0. */
  reply(body: ChatBody, index: number): FakeReply | Promise<FakeReply>;
  /** The models that `GET /v1/models` lists. */
  readonly models?: readonly string[];
  readonly refuse?: readonly Feature[];
  /** If given, any other key is answered with 401. */
  readonly apiKey?: string;
  /** Default: any free port. */
  readonly port?: number;
}

export interface FakeOpenAI {
  /** Ends in /v1. */
  readonly url: string;
  /** Chat requests in the order of their arrival, also refused ones. */
  readonly requests: readonly FakeRequest[];
  close(): Promise<void>;
}

export async function startFakeOpenAI(options: FakeOpenAIOptions): Promise<FakeOpenAI> {
  const requests: FakeRequest[] = [];
  const server = createServer((request, response) => {
    answer(request, response, options, requests).catch((thrown: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, errorBody(500, messageOf(thrown)));
    });
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: FakeOpenAIOptions,
  requests: FakeRequest[],
): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const text = await bodyOf(request);
  if (request.method === "GET" && path === "/v1/models") {
    const data = (options.models ?? []).map((id) => ({ id, object: "model", created: 0, owned_by: "fake" }));
    return sendJson(response, 200, { object: "list", data });
  }
  if (request.method !== "POST" || path !== "/v1/chat/completions") {
    return sendJson(response, 404, errorBody(404, `Unknown path ${path}`));
  }
  const body = JSON.parse(text) as ChatBody;
  const ended = new Promise<"answered" | "cut">((resolve) =>
    response.on("close", () => resolve(response.writableFinished ? "answered" : "cut")),
  );
  const { headers } = request;
  const query = Object.fromEntries(searchParams);
  const index = requests.push({ body, headers, path, query, at: Date.now(), ended }) - 1;
  if (options.apiKey !== undefined && headers.authorization !== `Bearer ${options.apiKey}`) {
    return sendJson(response, 401, errorBody(401, "Incorrect API key provided."));
  }
  const refused = featuresOf(body).find((feature) => options.refuse?.includes(feature));
  if (refused !== undefined)
    return sendJson(
      response,
      400,
      errorBody(400, `Unsupported parameter: ${refused} is not supported with this model.`),
    );
  await send(response, await options.reply(body, index), body, index);
}

function featuresOf(body: ChatBody): readonly Feature[] {
  const used: Feature[] = [];
  const format = body.response_format?.type;
  if (body.temperature !== undefined) used.push("temperature");
  if (format === "json_schema" || format === "json_object") used.push(format);
  if (body.tools !== undefined) used.push("tools");
  return used;
}

async function send(response: ServerResponse, reply: FakeReply, body: ChatBody, index: number): Promise<void> {
  if (reply.wait !== undefined) await reply.wait;
  if (reply.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
  if (reply.cut === "before") return void response.destroy();
  const status = reply.status ?? 200;
  if (status >= 400)
    return sendText(response, status, reply.raw ?? JSON.stringify(errorBody(status, reply.text ?? "")), reply);
  const streams = body.stream === true && reply.raw === undefined;
  const parts = streams
    ? [...completionChunks(reply, body, index).map((chunk) => JSON.stringify(chunk)), "[DONE]"].map(
        (data) => `data: ${data}\n\n`,
      )
    : halves(reply.raw ?? JSON.stringify(completionBody(reply, body, index)));
  const type = body.stream === true ? "text/event-stream" : "application/json";
  response.writeHead(status, { "content-type": type, ...reply.headers });
  await writeParts(response, parts, reply);
}

/** Writes the parts. In the middle, waits or cuts the connection if the reply says so. */
async function writeParts(response: ServerResponse, parts: readonly string[], reply: FakeReply): Promise<void> {
  const middle = Math.floor(parts.length / 2);
  const last = parts.findLastIndex((part) => part.includes('"finish_reason":null'));
  for (const [at, part] of parts.entries()) {
    if (at === last && reply.waitLast !== undefined) await reply.waitLast;
    if (reply.pieceMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.pieceMs));
    if (at === middle && reply.waitDuring !== undefined) await reply.waitDuring;
    if (at === middle && reply.cut === "during") return void response.destroy();
    if (response.destroyed) return;
    await new Promise((resolve) => response.write(part, resolve));
  }
  response.end();
}

function halves(text: string): readonly string[] {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body), {});
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  { headers }: Pick<FakeReply, "headers">,
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const piece of request) text += piece as string;
  return text;
}
