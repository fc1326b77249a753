// Connections to MCP servers: both revisions over both transports, starts that fail, and headers.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectTo } from "../../../src/tools/mcp/connection.js";
import type { McpServer } from "../../../src/tools/mcp/server-config.js";
import { WIRE_LIMITS, type WireLimits } from "../../../src/tools/mcp/wire-limits.js";
import { atAddress, json, MODERN, OLDER, program } from "./raw-servers.js";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function connected(server: McpServer, limits: Partial<WireLimits> = {}) {
  const signs = { closed: () => undefined, changed: () => undefined };
  const client = await connectTo("raw", server, signs, { ...WIRE_LIMITS, ...limits });
  ends.push(() => client.close());
  return client;
}

const failure = (server: McpServer, limits?: Partial<WireLimits>) =>
  connected(server, limits).then(
    () => expect.unreachable("it was connected"),
    (error: unknown) => error,
  );

const echoed = async (server: McpServer) => {
  const client = await connected(server);
  const { content } = await client.callTool({ name: "echo", arguments: { text: "hello" } });
  return [client.getNegotiatedProtocolVersion(), content];
};

const ECHO = [{ type: "text", text: '{"text":"hello"}' }];

test("both revisions are spoken over both transports", async () => {
  const [older, modern] = await Promise.all([atAddress(OLDER), atAddress(MODERN)]);
  ends.push(
    () => older.close(),
    () => modern.close(),
  );
  expect(await echoed(program(""))).toEqual(["2025-11-25", ECHO]);
  expect(await echoed(program("modern();"))).toEqual(["2026-07-28", ECHO]);
  expect(await echoed({ url: older.url })).toEqual(["2025-11-25", ECHO]);
  expect(await echoed({ url: modern.url })).toEqual(["2026-07-28", ECHO]);
});

test("each request of 2026-07-28 carries its revision, and no session", async () => {
  const seen: unknown[] = [];
  const server = await atAddress({
    ...MODERN,
    "tools/call": (asked, response) => {
      const { "mcp-protocol-version": version, "mcp-session-id": session } = asked.request.headers;
      seen.push([version, session, (asked.params["_meta"] as object | undefined) !== undefined]);
      return MODERN["tools/call"]!(asked, response);
    },
  });
  ends.push(() => server.close());
  await echoed({ url: server.url });
  expect(seen).toEqual([["2026-07-28", undefined, true]]);
});

test("a process is started once; one that ends at the first question is started once more", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mcp-starts-"));
  ends.push(() => rm(folder, { recursive: true }));
  const starts = join(folder, "starts");
  const counted = `require("node:fs").appendFileSync(${JSON.stringify(starts)}, "+");`;
  await connected(program(counted));
  expect(readFileSync(starts, "utf8")).toBe("+");
  const touchy = program(`${counted} on("server/discover", () => process.exit(1));`);
  await connected(touchy);
  expect(readFileSync(starts, "utf8")).toBe("+++");
  // The revision is remembered.
  await connected(touchy);
  expect(readFileSync(starts, "utf8")).toBe("++++");
  expect(existsSync(starts)).toBe(true);
});

test("a process that ignores the first question is one of the older revision", async () => {
  const client = await connected(program(`on("server/discover", () => undefined);`), { probeMs: 50 });
  expect(client.getNegotiatedProtocolVersion()).toBe("2025-11-25");
});

test("a slow process of 2026-07-28 that refuses the older handshake is asked once more", async () => {
  const slow = `modern(); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);`;
  const client = await connected(program(slow), { probeMs: 50, startMs: 10_000 });
  expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
});

test("a start that fails says why", async () => {
  const key = "s3cret-value-of-a-key";
  const dies = {
    ...program(`console.error("no folder\\u001b[2J given, key " + process.env.API_KEY); process.exit(2);`),
    env: { API_KEY: key },
  };
  expect(await failure(dies)).toMatchObject({
    code: "MCP_UNAVAILABLE",
    message: `The MCP server "raw" cannot be used. It ended before it answered. It wrote last: no folder [2J given, key [secret API_KEY]`,
  });
  expect(await failure({ command: "no-such-command-anywhere" })).toMatchObject({
    params: { problem: { is: "no-program" } },
  });
});

test("a server that hangs in discovery or in the handshake is given up in time", async () => {
  const hangs = `on("server/discover", () => undefined); on("initialize", () => undefined); console.error("loading");`;
  const problem = { is: "silent", ms: 1_000 };
  expect(await failure(program(hangs), { probeMs: 100, startMs: 1_000 })).toMatchObject({
    code: "MCP_UNAVAILABLE",
    params: { problem: { ...problem, stderr: "loading" } },
  });
  const silent = await atAddress({ "server/discover": () => undefined });
  ends.push(() => silent.close());
  expect(await failure({ url: silent.url }, { startMs: 1_000 })).toMatchObject({ params: { problem } });
});

test("what a server floods before it answers is not kept", async () => {
  const limits = { startMs: 10_000, messageBytes: 200_000, messages: 100 };
  const garbage = `setInterval(() => process.stdout.write("x".repeat(99) + "\\n"), 0); on("server/discover", () => { for (let i = 0; i < 9_000; i++) process.stdout.write("x".repeat(99) + "\\n"); return undefined; });`;
  expect(await failure(program(garbage), limits)).toMatchObject({
    params: { problem: { is: "too-large", bytes: 200_000 } },
  });
  const notes = `on("server/discover", () => { for (let i = 0; i < 1_000; i++) send({ method: "notifications/message", params: { level: "info", data: i } }); return undefined; });`;
  expect(await failure(program(notes), limits)).toMatchObject({ params: { problem: { is: "flood", messages: 100 } } });
});

test("headers go to the address of the server only, and are hidden in what it says", async () => {
  const token = "t0ken-of-the-operator";
  const seen: (string | undefined)[] = [];
  const elsewhere = await atAddress({
    "server/discover": ({ request }) => void seen.push(request.headers.authorization),
  });
  const moved = await atAddress({
    "server/discover": (_asked, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
  });
  const rude = await atAddress({
    "server/discover": ({ request }, response) =>
      void response.writeHead(500).end(`bad ${request.headers.authorization}`),
  });
  ends.push(...[elsewhere, moved, rude].map((server) => () => server.close()));
  const headers = { Authorization: `Bearer ${token}` };
  expect(await failure({ url: moved.url, headers })).toMatchObject({ code: "MCP_UNAVAILABLE" });
  expect(seen).toEqual([]);
  expect(await failure({ url: rude.url, headers })).toMatchObject({
    params: { problem: { is: "status", status: 500, text: "bad [secret Authorization]" } },
  });
});

test("nothing at the address, and an answer that is no MCP", async () => {
  const gone = await atAddress({});
  await gone.close();
  expect(await failure({ url: gone.url })).toMatchObject({
    params: { problem: { is: "failed", reason: expect.stringContaining("ECONNREFUSED") as string } },
  });
  const page = await atAddress({
    "server/discover": (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
  });
  const large = await atAddress({
    ...MODERN,
    "tools/call": ({ id }, response) => void json(response, { id, result: { text: "x".repeat(300_000) } }),
  });
  ends.push(
    () => page.close(),
    () => large.close(),
  );
  expect(await failure({ url: page.url })).toMatchObject({
    params: { problem: { is: "failed", reason: expect.stringContaining("text/html") as string } },
  });
  const client = await connected({ url: large.url }, { messageBytes: 200_000 });
  await expect(client.callTool({ name: "echo", arguments: {} })).rejects.toMatchObject({ name: "WireBroken" });
});
