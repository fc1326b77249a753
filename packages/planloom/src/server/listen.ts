// Listens on a port. In: an app that handles requests, and an address. Out: the address that answers, and its end.
import { serve, type ServerType } from "@hono/node-server";
import type { AddressInfo } from "node:net";

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** `appFor` gets the port that was chosen: with port 0 the system chooses. Rejects with the system's error. */
export async function listen(
  appFor: (port: number) => Handling,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const later: { app?: Handling } = {};
  const server = await new Promise<ServerType>((resolve, reject) => {
    // The process's own Request and Response stay: models are asked through them.
    const kept = { overrideGlobalObjects: false };
    const fetch = (request: Request) => later.app!.fetch(request);
    const one = serve({ fetch, hostname: host, port, ...kept }, () => resolve(one));
    one.once("error", reject);
  });
  const chosen = (server.address() as AddressInfo).port;
  later.app = appFor(chosen);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${chosen}`, port: chosen, close };
}

interface Handling {
  fetch(request: Request): Response | Promise<Response>;
}
