// The address on this machine to which an authorization server sends the browser of a person. In: the secret that it has to
// send back. Out: what it sent. Only the first request with that secret counts.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SIGNED_IN_TEXT } from "../../words/sign-in-page.js";

export interface Callback {
  readonly code: string | undefined;
  /** Who sent it (RFC 9207). */
  readonly issuer: string | undefined;
  /** The code of an error, such as access_denied. */
  readonly error: string | undefined;
}

export interface CallbackServer {
  readonly url: string;
  /** Waits for the request with this secret. Never rejects. */
  received(state: string): Promise<Callback>;
  close(): void;
}

export async function openCallbackServer(): Promise<CallbackServer> {
  let expected: { readonly state: string; readonly take: (callback: Callback) => void } | undefined;
  const server = createServer((request, response) => {
    const sent = new URL(request.url ?? "/", "http://127.0.0.1").searchParams;
    if (expected === undefined || sent.get("state") !== expected.state) return answer(response, 404);
    answer(response, 200);
    expected.take({
      code: sent.get("code") ?? undefined,
      issuer: sent.get("iss") ?? undefined,
      error: sent
        .get("error")
        ?.replace(/[^\w.-]/gu, "_")
        .slice(0, 60),
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/callback`,
    received: (state) => new Promise((take) => (expected = { state, take })),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(response: ServerResponse, status: 200 | 404): void {
  const text = status === 200 ? SIGNED_IN_TEXT : "Not found.";
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    connection: "close",
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>Planloom</title><p>${text}</p>`);
}
