// The MCP server over HTTP, in process: the story of a client in both revisions, and who may ask.
import { StreamableHTTPClientTransport, type Client } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../../src/loom/create-loom.js";
import { LIMITS } from "../../../src/limits.js";
import { mcpApp } from "../../../src/server/mcp-routes.js";
import { serverApp } from "../../../src/server/app.js";
import { readTokens } from "../../../src/server/access/tokens.js";
import { serverNames } from "../../../src/server/access/place.js";
import { echo, pay, PLAN } from "../../streams/parts.js";
import { TOKENS } from "../server.js";
import { answers, callsOf, mcpClient, mcpOptions, REVISIONS, type Person, type Revision } from "./parts.js";

const HERE = "http://127.0.0.1:4951";

type Fetch = (request: Request) => Response | Promise<Response>;

async function openHttp(of: "mcp" | "serve" = "mcp") {
  const loom = await createLoom({ store: "memory", tools: [echo, pay], approval: "effects" }, { env: {} });
  const stopping = new AbortController();
  const tokens = readTokens([
    // Also the name of the local client, who has no token.
    `mcp=${TOKENS.all}`,
    `eve=${"eve-token-0123456789"}`,
    `bob:approve=${TOKENS.approve}`,
    `ro:read=${TOKENS.read}`,
  ]);
  const names = serverNames("127.0.0.1", []);
  const options = mcpOptions({ stopping: stopping.signal });
  const app =
    of === "mcp"
      ? mcpApp(loom, options, { tokens, names })
      : serverApp(loom, { tokens, names, cookie: "c", stopping: stopping.signal, mcp: options });
  const fetch: Fetch = (request) => app.fetch(request);
  const connect = async (revision: Revision, token: string, person?: Person) => {
    const { client, asked } = mcpClient(revision, person);
    await client.connect(transportTo(fetch, token));
    return { asked, ...callsOf(client) };
  };
  onTestFinished(async () => {
    stopping.abort();
    await loom.close();
  });
  return { loom, fetch, connect };
}

const transportTo = (fetch: Fetch, token: string) =>
  new StreamableHTTPClientTransport(new URL(`${HERE}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (url, init) => fetch(new Request(url, init)),
  });

test.each(REVISIONS)("a client of %s plans, has the plan approved, and runs it over HTTP", async (revision) => {
  const { connect, loom } = await openHttp(revision === "2025-11-25" ? "mcp" : "serve");
  const { call, client, asked } = await connect(revision, TOKENS.all, answers);
  expect(client.getNegotiatedProtocolVersion()).toBe(revision);
  const planned = await call("plan", { plan: PLAN });
  expect(planned.status).toBe("awaiting-approval");
  expect(await call("run", { runId: planned.runId })).toMatchObject({ status: "completed", answer: "paid A1 as pdf" });
  expect(asked).toHaveLength(3);
  const decided = [];
  for await (const { type, by } of loom.engine.events(planned.runId)) if (type === "approval.granted") decided.push(by);
  expect(decided).toEqual(["mcp", "mcp"]);
  await end(client);
});

const end = async (client: Client) => {
  const { transport } = client;
  if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession().catch(() => undefined);
  await client.close();
};

test("a token opens what its right allows, and steers its own runs alone", async () => {
  const { connect } = await openHttp();
  const ann = await connect("2026-07-28", TOKENS.all);
  const eve = await connect("2025-11-25", "eve-token-0123456789", answers);
  const reader = await connect("2026-07-28", TOKENS.read, answers);
  const { runId, plan } = await ann.call("plan", { plan: PLAN });

  expect((await reader.call("run", { plan: PLAN })).error!.code).toBe("RIGHT_NEEDED");
  expect((await reader.call("approve", { runId, hash: plan!.hash })).error!.code).toBe("RIGHT_NEEDED");
  expect(await reader.call("status", { runId })).toMatchObject({ ok: true, status: "awaiting-approval" });
  for (const [tool, more] of [
    ["approve", { hash: plan!.hash }],
    ["reject", { hash: plan!.hash, comment: "no" }],
    ["respond", { step: "format" }],
    ["cancel", {}],
    ["run", {}],
  ] as const)
    expect([tool, (await eve.call(tool, { runId, ...more })).error!.code]).toEqual([tool, "RUN_NOT_OWN"]);
  expect(eve.asked).toEqual([]);
  expect((await eve.call("list")) as { runs?: unknown }).toMatchObject({ runs: [] });
  expect((await eve.call("list", { others: true })) as { runs?: unknown }).toMatchObject({ runs: [{ runId }] });
  await Promise.all([ann, eve, reader].map(({ client }) => end(client)));
});

test("requests without a token, from other pages and for other names are refused; a token opens no other route", async () => {
  const { fetch } = await openHttp();
  const ask = async (path: string, headers: Record<string, string>, body: unknown = {}) => {
    const all = { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers };
    const response = await fetch(
      new Request(`${HERE}${path}`, { method: "POST", headers: all, body: JSON.stringify(body) }),
    );
    return [response.status, ((await response.json()) as { code?: string }).code ?? ""];
  };
  const authorization = `Bearer ${TOKENS.all}`;
  expect(await ask("/mcp", {})).toEqual([401, "TOKEN_NEEDED"]);
  expect(await ask("/mcp", { authorization, host: "evil.example" })).toEqual([403, "HOST_REFUSED"]);
  expect(await ask("/mcp", { authorization, origin: "https://evil.example" })).toEqual([403, "ORIGIN_REFUSED"]);
  expect(await ask(`/mcp?token=${TOKENS.all}`, { authorization })).toEqual([400, "TOKEN_IN_QUERY"]);
  expect(await ask("/mcp", { authorization, "content-type": "text/plain" })).toEqual([415, "MEDIA_TYPE"]);
  expect(await ask("/mcp", { authorization }, "x".repeat(LIMITS.requestBytes))).toEqual([413, "BODY_TOO_LARGE"]);
  const other = await fetch(new Request(`${HERE}/v1/runs`, { headers: { authorization } }));
  expect(other.status).toBe(404);
  const alive = await fetch(new Request(`${HERE}/healthz`));
  expect(alive.status).toBe(200);
});

test("a session belongs to its token, and ends", async () => {
  const { fetch, connect } = await openHttp();
  const ann = await connect("2025-11-25", TOKENS.all);
  const { sessionId } = ann.client.transport as StreamableHTTPClientTransport;
  const send = async (token: string, session: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-session-id": session,
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
    return (await fetch(new Request(`${HERE}/mcp`, { method: "POST", headers, body }))).status;
  };
  expect(await send("eve-token-0123456789", sessionId!)).toBe(404);
  expect(await send(TOKENS.all, "another")).toBe(404);
  await end(ann.client);
  expect(await send(TOKENS.all, sessionId!)).toBe(404);
});
