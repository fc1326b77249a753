// A model server on 127.0.0.1 that speaks the protocol of one provider. In: the protocol, and the replies in their order.
// Out: its address, and the requests that it got.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What the model says. `thinking` has a signature that the next request must bring back, if there is a call. */
export interface Said {
  readonly thinking?: { readonly text: string; readonly signature: string };
  readonly text?: string;
  readonly call?: { readonly id: string; readonly name: string; readonly args: object };
  readonly failure?: { readonly status: number; readonly message: string };
  /** The stream ends before the reply does. */
  readonly cut?: true;
}

export interface Body {
  readonly [field: string]: unknown;
}

export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

/** One provider's protocol: what is sent for a reply. */
export interface Protocol {
  whole(said: Said, body: Body): object;
  /** Data of the events, in order. */
  events(said: Said, body: Body): readonly object[];
  failure(status: number, message: string): object;
  isStream(got: Got): boolean;
  /** Named events have a line `event:`. */
  readonly named?: true;
  /** The line after the last event. */
  readonly last?: string;
}

export interface NativeServer {
  readonly url: string;
  readonly got: readonly Got[];
}

export async function startNative(protocol: Protocol, replies: readonly Said[]): Promise<NativeServer> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as Body;
      const index = got.push({ path: request.url ?? "", headers: request.headers, body }) - 1;
      answer(response, protocol, got[index]!, replies[Math.min(index, replies.length - 1)]!);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, got };
}

function answer(response: ServerResponse, protocol: Protocol, got: Got, said: Said): void {
  if (said.failure !== undefined) {
    const { status, message } = said.failure;
    return sendJson(response, status, protocol.failure(status, message));
  }
  if (!protocol.isStream(got)) return sendJson(response, 200, protocol.whole(said, got.body));
  response.writeHead(200, { "content-type": "text/event-stream" });
  const events = protocol.events(said, got.body);
  const sent = said.cut === true ? events.slice(0, Math.ceil(events.length / 2)) : events;
  for (const event of sent) {
    const name = protocol.named === true ? `event: ${(event as { type: string }).type}\n` : "";
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
  }
  if (protocol.last !== undefined && said.cut !== true) response.write(`data: ${protocol.last}\n\n`);
  response.end();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** The text in two pieces, as streams have it. */
export const halves = (text: string): readonly [string, string] => {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
};
