// The HTTP API inside servers of other kinds.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/index.js";
import type { Loom } from "../../src/loom/loom.js";
import { codeOf, TOKENS } from "./server.js";

async function openLoom(): Promise<Loom> {
  const loom = await createLoom({ store: "memory" }, { env: {} });
  onTestFinished(() => loom.close());
  return loom;
}

const headers = { authorization: `Bearer ${TOKENS.all}` };
const tokens = [`ann=${TOKENS.all}`];

test("hono mounts it under a path", async () => {
  const loom = await openLoom();
  const app = new Hono().mount("/planloom", await loom.handler({ tokens }));
  const response = await app.request("http://app.example/planloom/v1/runs", { headers });
  expect([response.status, await response.json()]).toEqual([200, { runs: [], cursor: null }]);
  expect((await app.request("http://app.example/planloom/v1/runs")).status).toBe(401);
  expect((await app.request("http://app.example/planloom/healthz")).status).toBe(200);
});

test("Next.js gives it requests with the whole path", async () => {
  const loom = await openLoom();
  const handler = await loom.handler({ tokens, basePath: "/api/planloom/" });
  const body = JSON.stringify({
    plan: { goal: "Ask", steps: [{ id: "q", ask: "Go on?" }], answer: { value: "${{ q }}" } },
  });
  const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
  const started = await handler(new Request("http://app.example/api/planloom/v1/runs", init));
  const { runId } = (await started.json()) as { readonly runId: string };
  expect(started.status).toBe(201);
  const read = (path: string) => handler(new Request(`http://app.example${path}`, { headers }));
  expect((await read(`/api/planloom/v1/runs/${runId}`)).status).toBe(200);
  expect((await read("/api/planloom")).status).toBe(404);
  expect((await read("/api/planloomy/v1/runs")).status).toBe(404);
});

test("a server of Node, as Express is one, gives it the requests of a path", async () => {
  const loom = await openLoom();
  const listener = getRequestListener(await loom.handler({ tokens, basePath: "/planloom" }), {
    overrideGlobalObjects: false,
  });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/planloom/") === true) void listener(request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/planloom/v1/tools`, { headers });
  expect(response.status).toBe(200);
});

test("the program's own login says who asks", async () => {
  const loom = await openLoom();
  const handler = await loom.handler({
    authenticate: (request) => (request.headers.get("x-user") === "bob" ? { name: "bob", right: "read" } : undefined),
  });
  const ask = (init: RequestInit) => handler(new Request("http://app.example/v1/runs", init));
  expect((await ask({ headers: { "x-user": "bob" } })).status).toBe(200);
  expect(await codeOf(await ask({ headers }))).toBe("TOKEN_NEEDED");
  const start = { method: "POST", body: "{}", headers: { "x-user": "bob", "content-type": "application/json" } };
  expect(await codeOf(await ask(start))).toBe("RIGHT_NEEDED");
  // A browser sends the program's cookie by itself.
  const forged = { ...start, headers: { ...start.headers, cookie: "login=1" } };
  expect(await codeOf(await ask(forged))).toBe("ORIGIN_REFUSED");
  const who = await handler(new Request("http://app.example/v1/session", { headers: { "x-user": "bob" } }));
  expect(await who.json()).toEqual({ name: "bob", right: "read" });
});

test("it is never open to everybody", async () => {
  const loom = await openLoom();
  for (const options of [{}, { tokens: [] }, { tokens, authenticate: () => undefined }])
    await expect(loom.handler(options)).rejects.toMatchObject({ code: "HANDLER_OPEN" });
  await expect(loom.handler({ tokens: ["ann=short"] })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  await expect(loom.handler({ tokens, hosts: ["a b"] })).rejects.toMatchObject({ code: "HOST_INVALID" });
  const named = await loom.handler({ tokens, hosts: ["app.example"] });
  expect(await codeOf(await named(new Request("http://evil.example/v1/runs", { headers })))).toBe("HOST_REFUSED");
});
