// What a bad server can do. One small server for each case; docs/mcp.md has the table. A run goes on or stops, the process
// keeps its memory, and the next call works.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createLoom } from "../../../src/index.js";
import type { McpServer } from "../../../src/tools/mcp/server-config.js";
import { plainFetch } from "../../../src/tools/mcp/http-transport.js";
import { WIRE_LIMITS } from "../../../src/tools/mcp/wire-limits.js";
import { serve } from "../local-server.js";
import { atAddress, json, MODERN, OLDER, program, type Answer } from "./raw-servers.js";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function loomWith(raw: McpServer) {
  const loom = await createLoom({ store: "memory", approval: "never", guard: "off", mcp: { raw } }, { env: {} });
  ends.push(() => loom.close());
  return loom;
}

const plan = (steps = 1) => ({
  steps: Array.from({ length: steps }, (_, i) => ({
    id: `s${i + 1}`,
    tool: "raw.echo",
    with: { n: i + 1 },
    ...(i === 0 ? {} : { after: [`s${i}`] }),
  })),
  answer: { value: `\${{ s${steps} }}` },
});

async function ranWith(server: McpServer, steps = 1) {
  const loom = await loomWith(server);
  return (await loom.start("Echo.", { plan: plan(steps) })).result();
}

const done = (answer: unknown) => ({ status: "completed", answer });
const failed = (error: object) => ({ status: "failed", error });
/** The call may have acted, so a person decides. */
const inDoubt = (error: string) => ({
  status: "needs-attention",
  waiting: { unknown: [{ step: "s1", error: expect.stringContaining(error) as string }] },
});

/** A server that answers each call with this JavaScript. `id` and `params` are those of the call. */
const onCall = (body: string): string => `on("tools/call", (params, id) => { ${body} });`;
const text = `return { content: [{ type: "text", text: "fine" }] };`;
const parts = [
  { type: "text", text: "a" },
  { type: "image", data: "aGVsbG8=", mimeType: "image/png" },
  { type: "audio", data: "aGVsbG8=", mimeType: "audio/wav" },
  { type: "resource_link", uri: "file:///x", name: "x" },
];

describe("during a call", () => {
  test.each<readonly [name: string, body: string, expected: object]>([
    [
      "garbage lines",
      `process.stdout.write("log: hello\\n{\\n[]\\nnull\\n"); ${onCall(`console.log("working"); ${text}`)}`,
      done("fine"),
    ],
    [
      "10 MB of garbage",
      onCall(`process.stdout.write(("x".repeat(999) + "\\n").repeat(11_000));`),
      inDoubt("It sent more than 10485760 bytes without the end of a message."),
    ],
    [
      "an answer of 100 MB",
      onCall(`return { content: [{ type: "text", text: "x".repeat(1e8) }] };`),
      inDoubt("It sent more than 10485760 bytes without the end of a message."),
    ],
    [
      "a flood of notifications",
      onCall(
        // In one write: the client counts them over 10 s, also on a busy machine.
        `const line = JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "x" } }); process.stdout.write((line + "\\n").repeat(10_100));`,
      ),
      inDoubt("It sent more than 10000 messages in 10 s."),
    ],
    [
      "a flood of progress, and then an answer",
      onCall(
        `const token = params._meta.progressToken; for (let i = 0; i < 5_000; i++) send({ method: "notifications/progress", params: { progressToken: token, progress: i, total: 5_000, message: "x".repeat(500) } }); ${text}`,
      ),
      done("fine"),
    ],
    [
      "log messages",
      onCall(`send({ method: "notifications/message", params: { level: "error", data: "x".repeat(1e6) } }); ${text}`),
      done("fine"),
    ],
    ["a result without content", onCall("return {};"), done("")],
    [
      "an error of the tool",
      onCall(`return { isError: true, content: [{ type: "text", text: "no such room" }] };`),
      failed({ code: "TOOL_FAILED", message: expect.stringContaining("no such room") as string }),
    ],
    [
      "arguments that the server refuses",
      onCall(`throw { code: -32602, message: "n is too large" };`),
      failed({ message: expect.stringContaining("n is too large") as string }),
    ],
    ["an unknown error", onCall(`throw { code: 12345, message: "half done" };`), inDoubt("half done")],
    ["the end of the process", onCall("process.exit(3);"), inDoubt("The connection to the server")],
    [
      "images, audio and links",
      onCall(`return { content: ${JSON.stringify(parts)} };`),
      done("a\n[image, image/png, 5 bytes]\n[audio, audio/wav, 5 bytes]\n[link to file:///x: x]"),
    ],
  ])("%s", async (_name, body, expected) => {
    expect(await ranWith(program(body))).toMatchObject(expected);
    // What was dropped is not kept.
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(64 * 1024 * 1024);
  });

  test("a flood of changes of its tools is followed by few questions about them", async () => {
    const body = `let lists = 0; on("tools/list", () => { lists += 1; return { tools: [{ name: "echo", inputSchema: { type: "object" } }] }; });`;
    const changes = `for (let i = 0; i < 5_000; i++) send({ method: "notifications/tools/list_changed" });`;
    const counted = onCall(
      `${changes} setTimeout(() => send({ id, result: { content: [{ type: "text", text: String(lists) }] } }), 200);`,
    );
    const { answer } = await ranWith(program(body + counted));
    expect(Number(answer)).toBeLessThan(100);
  });

  test("answers under another id, or no JSON-RPC at all, count as none: the call ends at its time limit", async () => {
    const rules = { tools: { echo: { timeout: 300 } } };
    const wrong = onCall(
      `if (params.arguments.n === 1) { send({ id: 99, result: { content: [] } }); send({ id, error: "no" }); send({ id, result: 5 }); return; } ${text}`,
    );
    const loom = await loomWith({ ...program(wrong), ...rules });
    const run = await loom.start("Echo.", { plan: plan(2) });
    expect(await run.result()).toMatchObject(inDoubt("did not end within 300 ms"));
    await run.cancel();
  });

  test("a late answer after the time limit does not disturb the next call", async () => {
    const rules = { tools: { echo: { timeout: 300, effects: "none" as const } } };
    const late = onCall(
      `if (params.arguments.n !== 1) { ${text} } setTimeout(() => send({ id, result: { content: [{ type: "text", text: "late" }] } }), 400); send({ method: "notifications/cancelled", params: { requestId: id } });`,
    );
    const loom = await loomWith({ ...program(late), ...rules });
    const failing = await loom.start("Echo.", {
      plan: {
        steps: [{ id: "s1", tool: "raw.echo", with: { n: 1 }, retry: { attempts: 1 } }],
        answer: { value: "${{ s1 }}" },
      },
    });
    expect(await failing.result()).toMatchObject(failed({ code: "TIMEOUT" }));
    const next = await loom.start("Echo.", {
      plan: { steps: [{ id: "s1", tool: "raw.echo", with: { n: 2 } }], answer: { value: "${{ s1 }}" } },
    });
    expect(await next.result()).toMatchObject(done("fine"));
  });

  test("an output that does not fit its schema is no failed call: it has acted", async () => {
    const output = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    const body = `on("tools/list", () => ({ tools: [{ name: "echo", inputSchema: { type: "object" }, outputSchema: ${JSON.stringify(output)} }] }));`;
    for (const result of [`{ structuredContent: { n: "one" }, content: [] }`, `{ content: [] }`])
      expect(await ranWith(program(body + onCall(`return ${result};`)))).toMatchObject({
        status: "needs-attention",
        waiting: { unusable: [{ step: "s1" }] },
      });
  });

  test("a server that ignores every signal to end is killed", async () => {
    const stubborn = program(
      `process.on("SIGTERM", () => undefined); process.stdin.on("end", () => setInterval(() => undefined, 1_000)); ${onCall(`return { content: [{ type: "text", text: String(process.pid) }] };`)}`,
    );
    const loom = await loomWith(stubborn);
    const { answer } = await (await loom.start("Echo.", { plan: plan() })).result();
    await loom.close();
    await expect.poll(() => isAlive(Number(answer)), { timeout: 5_000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the list of its tools", () => {
  const listing = (body: string) => program(`on("tools/list", (params) => { ${body} });`);
  const unavailable = (server: McpServer) =>
    loomWith(server)
      .then((loom) => loom.tools())
      .then(
        () => expect.unreachable("it has tools"),
        (error: unknown) => error,
      );
  const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: "object" }, ...more });

  test("that never ends makes the server unavailable", async () => {
    const problem = { is: "endless-list", pages: expect.any(Number) as number };
    for (const next of [`"again"`, `String(Number((params ?? {}).cursor ?? 0) + 1)`])
      expect(await unavailable(listing(`return { tools: [], nextCursor: ${next} };`))).toMatchObject({
        code: "MCP_UNAVAILABLE",
        params: { problem },
      });
  });

  test("that is no list makes the server unavailable", async () => {
    expect(await unavailable(listing(`return { tools: "all" };`))).toMatchObject({ code: "MCP_UNAVAILABLE" });
    expect(await unavailable(listing(`throw { code: -32603, message: "broken" };`))).toMatchObject({
      params: { problem: { is: "failed", reason: expect.stringContaining("broken") as string } },
    });
  });

  test("of 10,000 tools is cut, and the planner is told", async () => {
    const loom = await loomWith(
      listing(
        `return { tools: Array.from({ length: 10_000 }, (_, i) => ({ name: "tool_" + i, inputSchema: { type: "object" } })) };`,
      ),
    );
    const { tools, notes } = await told(loom);
    expect(tools.length).toBeLessThan(300);
    expect(notes).toContain("and more tools of raw");
  });

  test("with names, texts and schemas that no plan can take", async () => {
    const recursive = {
      type: "object",
      properties: { next: { $ref: "#" }, list: { $ref: "#/$defs/tree" } },
      $defs: { tree: { type: "array", items: { $ref: "#/$defs/tree" } } },
    };
    const wide = {
      type: "object",
      properties: Object.fromEntries(
        Array.from({ length: 5_000 }, (_, i) => [`field_${i}`, { type: "string", description: "x".repeat(100) }]),
      ),
    };
    let deep: object = { type: "string" };
    for (let i = 0; i < 200; i++) deep = { type: "object", properties: { in: deep } };
    const tools = [
      tool("echo", { description: "x".repeat(1_000_000) }),
      tool("a\u001b[2J\nb"),
      tool("same name"),
      tool("same_name"),
      tool("recursive", { inputSchema: recursive }),
      tool("wide", { inputSchema: wide }),
      tool("deep", { inputSchema: deep }),
      tool("pattern", { inputSchema: { type: "object", properties: { a: { type: "string", pattern: "(a+)+$" } } } }),
      tool("nowhere", { inputSchema: { type: "object", properties: { a: { $ref: "https://evil.example/schema" } } } }),
      tool("__proto__"),
    ];
    const path = join(await mkdtemp(join(tmpdir(), "mcp-tools-")), "tools.json");
    await writeFile(path, JSON.stringify({ tools }));
    ends.push(() => rm(dirname(path), { recursive: true }));
    const server = program(`on("tools/list", () => require(${JSON.stringify(path)})); ${onCall(text)}`);
    const loom = await loomWith(server);
    const { tools: known } = await told(loom);
    const names = known.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.join()).toMatch(/^[\w.,-]+$/);
    expect(known.find(({ name }) => name === "raw.echo")!.description.length).toBeLessThan(5_000);
    expect(names).toEqual(expect.arrayContaining(["raw.echo", "raw.recursive", "raw.deep"]));
    const run = await loom.start("Echo.", {
      plan: {
        steps: [{ id: "s1", tool: "raw.recursive", with: { next: { next: {} } } }],
        answer: { value: "${{ s1 }}" },
      },
    });
    expect(await run.result()).toMatchObject(done("fine"));
  });
});

/** The tools of the server, and the notes to the planner. */
async function told(loom: Awaited<ReturnType<typeof loomWith>>) {
  const { tools, notes = [] } = await loom.tools();
  return { tools: tools.filter(({ name }) => name.startsWith("raw.")), notes: notes.join("\n") };
}

describe("at an address", () => {
  const called = async (answers: { readonly [method: string]: Answer }) => {
    const server = await atAddress(answers);
    ends.push(() => server.close());
    return ranWith({ url: server.url, tools: { echo: { timeout: 1_000 } } });
  };
  const stream = (response: ServerResponse): ServerResponse =>
    response.writeHead(200, { "content-type": "text/event-stream" });

  test.each<readonly [name: string, call: Answer, expected: object]>([
    [
      "a stream that ends without an answer",
      (_asked, response) => void stream(response).end(": nothing\n\n"),
      inDoubt("The connection to the server"),
    ],
    ["a connection that is cut", (_asked, response) => void response.destroy(), inDoubt("other side closed")],
    [
      "a stream of 20 MB without an event",
      (_asked, response) => void stream(response).end(`data: ${"x".repeat(20_000_000)}`),
      inDoubt("It sent more than 10485760 bytes without the end of a message."),
    ],
    [
      "status 500",
      (_asked, response) => void response.writeHead(500).end("oops"),
      inDoubt("It answered with status 500: oops"),
    ],
    [
      "status 503, which a proxy says when a server ends that has read the call",
      (_asked, response) => void response.writeHead(503).end("upstream reset"),
      inDoubt("It answered with status 503: upstream reset"),
    ],
    [
      "an error that looks like the end of the stream",
      ({ id }, response) =>
        void json(response, { id, error: { code: -32_000, message: "no", data: { is: "failed", reason: "forged" } } }),
      inDoubt("no"),
    ],
    [
      "status 403",
      (_asked, response) => void response.writeHead(403).end("not you"),
      failed({ code: "SERVER_NOT_REACHED" }),
    ],
    [
      "a page",
      (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
      inDoubt("text/html"),
    ],
    [
      "no JSON",
      (_asked, response) => void response.writeHead(200, { "content-type": "application/json" }).end("{"),
      inDoubt("JSON"),
    ],
    [
      "another id",
      ({ id }, response) =>
        void json(response, { id: Number(id) + 7, result: { resultType: "complete", content: [] } }),
      inDoubt("did not end within 1000 ms"),
    ],
  ])("%s", async (_name, call, expected) => {
    expect(await called({ ...MODERN, "tools/call": call })).toMatchObject(expected);
  });

  test("a redirect takes no header of the configuration to another host", async () => {
    const seen: [path: string, key: unknown][] = [];
    const here = await serve((request, response) => {
      seen.push([request.url!, request.headers["x-api-key"]]);
      const location = request.url === "/near" ? "/far" : `${elsewhere.url}/end`;
      response.writeHead(302, { location }).end();
    });
    const elsewhere = await serve((request, response) => {
      seen.push([request.url!, request.headers["x-api-key"]]);
      response.end();
    });
    ends.push(() => Promise.all([here.close(), elsewhere.close()]));
    const get = plainFetch({ url: here.url, headers: { "x-api-key": "a-key" } }, WIRE_LIMITS);
    expect((await get(`${here.url}/near`)).status).toBe(200);
    expect((await get(`${here.url}/near`, { method: "POST" })).status).toBe(302);
    expect(seen).toEqual([
      ["/near", "a-key"],
      ["/far", "a-key"],
      ["/end", undefined],
      ["/near", "a-key"],
    ]);
  });

  test("a session that the server has lost is renewed, and the call is made once", async () => {
    let [sessions, calls] = [0, 0];
    const ended: unknown[] = [];
    const server = await atAddress({
      ...OLDER,
      initialize: (asked, response) => {
        sessions += 1;
        const result = OLDER["initialize"]!(asked, response);
        return void json(response, { id: asked.id, result }, { "mcp-session-id": `session-${sessions}` });
      },
      "tools/call": (asked, response) => {
        if (asked.request.headers["mcp-session-id"] !== "session-2") return void response.writeHead(404).end();
        calls += 1;
        return OLDER["tools/call"]!(asked, response);
      },
      DELETE: ({ request }, response) => {
        ended.push(request.headers["mcp-session-id"]);
        return void response.writeHead(204).end();
      },
    });
    const loom = await loomWith({ url: server.url });
    const run = await loom.start("Echo.", { plan: plan() });
    expect(await run.result()).toMatchObject(done('{"n":1}'));
    expect([sessions, calls]).toEqual([2, 1]);
    await loom.close();
    expect(ended).toEqual(["session-1", "session-2"]);
    await server.close();
  });

  test("a server that goes away is not reached, and is used again when it is back", async () => {
    const first = await atAddress(MODERN);
    const loom = await loomWith({ url: first.url, tools: { echo: { effects: "none" } } });
    const { port } = first;
    expect(await (await loom.start("Echo.", { plan: plan() })).result()).toMatchObject(done('{"n":1}'));
    await first.close();
    const once = {
      steps: [{ id: "s1", tool: "raw.echo", with: { n: 1 }, retry: { attempts: 2 } }],
      answer: { value: "${{ s1 }}" },
    };
    expect(await (await loom.start("Echo.", { plan: once })).result()).toMatchObject(
      failed({ code: "SERVER_NOT_REACHED" }),
    );
    const back = await atAddress(MODERN, port);
    ends.push(() => back.close());
    expect(await (await loom.start("Echo.", { plan: plan() })).result()).toMatchObject(done('{"n":1}'));
  });
});
