// Listens on a port. In: an app that handles requests, and an address. Out: the address that answers, and its end. Slow
// clients are cut off: a request has to arrive in time.
import { serve, type Http2Bindings, type HttpBindings } from "@hono/node-server";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock, type Clock } from "../clock.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, and waits for open requests, but not for long. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Default: those of LIMITS. */
  readonly limits?: {
    readonly [name in "connections" | "headersMs" | "requestMs" | "keepAliveMs" | "stopMs"]?: number;
  };
  readonly clock?: Clock;
}

/** `appFor` gets the port that was chosen. Rejects with LISTEN_FAILED. */
export async function listen(
  appFor: (port: number) => Handling,
  { host, port, limits, clock = systemClock }: ListenOptions,
): Promise<Listening> {
  const most = { ...LIMITS, ...limits };
  const later: { app?: Handling } = {};
  const server = await new Promise<Server>((resolve, reject) => {
    const one = serve(
      {
        fetch: (request: Request, bindings: HttpBindings | Http2Bindings) => later.app!.fetch(request, bindings),
        hostname: host,
        port,
        // The process's own Request and Response stay: models are asked through them.
        overrideGlobalObjects: false,
        serverOptions: {
          headersTimeout: most.headersMs,
          requestTimeout: most.requestMs,
          keepAliveTimeout: most.keepAliveMs,
          connectionsCheckingInterval: Math.min(1_000, most.headersMs),
        },
      },
      () => resolve(one as Server),
    );
    one.once("error", (error: Error) => reject(listenError(error, host, port)));
  });
  server.maxConnections = most.connections;
  const chosen = (server.address() as AddressInfo).port;
  later.app = appFor(chosen);
  return {
    url: addressOf(host, chosen),
    port: chosen,
    close: () => closed(server, clock, most.stopMs),
  };
}

export const addressOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Responses of hono end their connection once they are sent; what lasts longer is cut. */
function closed(server: Server, clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(ms, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

const REASONS = { EADDRINUSE: "in-use", EACCES: "not-allowed", EADDRNOTAVAIL: "no-such-address" } as const;

function listenError(error: Error, host: string, port: number): PlanloomError {
  const { code = "" } = error as NodeJS.ErrnoException;
  const because =
    code === "ENOTFOUND" || code === "EAI_AGAIN"
      ? "no-such-address"
      : (REASONS[code as keyof typeof REASONS] ?? "other");
  return new PlanloomError("LISTEN_FAILED", { host, port, because, reason: messageOf(error) }, { cause: error });
}

interface Handling {
  fetch(request: Request, bindings: HttpBindings | Http2Bindings): Response | Promise<Response>;
}
