// http_get, http_post and so on over real servers of this machine.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { httpTools } from "../../src/tools/builtin/http.js";
import { hostFault, originOf } from "../../src/tools/http/named-hosts.js";
import { ToolError, type Tool } from "../../src/tools/tool.js";
import { serve, type LocalServer } from "./local-server.js";
import { called, errorOf } from "./tool-context.js";

const KEY = "Bearer a-key-of-the-operator";
let api: LocalServer;
let other: LocalServer;
let stranger: LocalServer;
let tools: ReadonlyMap<string, Tool>;
let seen: { method: string; path: string; headers: IncomingMessage["headers"]; body: string }[] = [];

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const ANSWERS: { readonly [path: string]: Answer } = {
  "/json": (_request, response) =>
    response.setHeader("content-type", "application/json").setHeader("etag", '"1"').end('{"total":3}'),
  "/echo": (request, response) => response.end(`you sent ${String(request.headers.authorization)}`),
  "/binary": (_request, response) => response.setHeader("content-type", "image/png").end(Buffer.from([0, 1])),
  "/large": (_request, response) => response.setHeader("content-type", "text/plain").end("x".repeat(5_000_000)),
  "/empty": (_request, response) => response.writeHead(204).end(),
  "/busy": (_request, response) => response.writeHead(429, { "retry-after": "7" }).end("slow  down"),
  "/wrong": (_request, response) => response.writeHead(422).end('{"error":"no such field"}'),
  "/broken": (_request, response) => response.writeHead(500).end("oh no"),
  "/cut": (request) => request.socket.destroy(),
  "/made": (_request, response) => response.writeHead(303, { location: "/json" }).end(),
  "/moved": (_request, response) => response.writeHead(308, { location: "/json" }).end(),
  "/to-other": (_request, response) => response.writeHead(307, { location: `${other.url}/json` }).end(),
  "/to-stranger": (_request, response) => response.writeHead(302, { location: `${stranger.url}/json` }).end(),
  "/copied": (request, response) =>
    response
      .writeHead(301, { location: `/wrong?key=${encodeURIComponent(String(request.headers.authorization))}` })
      .end(),
  "/loop": (_request, response) => response.writeHead(302, { location: "/loop" }).end(),
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
    ANSWERS[url.split("?")[0]!]!(request, response);
  });
}

beforeAll(async () => {
  [api, other, stranger] = await Promise.all([serve(answer), serve(answer), serve(answer)]);
  const made = httpTools({
    hosts: [api.url, other.url],
    headers: { [api.url]: { Authorization: KEY } },
    methods: ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"],
  });
  tools = new Map(made.map((tool) => [tool.spec.name, tool]));
});
beforeEach(() => void (seen = []));
afterAll(() => Promise.all([api, other, stranger].map((server) => server.close())));

const call = (name: string, path: string, more: JsonObject = {}): Promise<Json> =>
  called(tools.get(name)!, { url: path.startsWith("/") ? api.url + path : path, ...more });

it("says what each method does: reading has no effects, PUT and DELETE may be repeated, POST and PATCH not", () => {
  const facts = [...tools.values()].map(({ spec: { name, effects, egress, trusted, content } }) => [
    ...[name, effects, egress, trusted, content],
  ]);
  expect(facts).toEqual([
    ["http_get", "none", true, undefined, ["query", "headers"]],
    ["http_head", "none", true, undefined, ["query", "headers"]],
    ["http_put", "idempotent", true, undefined, []],
    ["http_delete", "idempotent", true, undefined, []],
    ["http_post", "once", true, undefined, []],
    ["http_patch", "once", true, undefined, []],
  ]);
  expect(tools.get("http_get")!.spec).not.toHaveProperty("public");
  expect(tools.get("http_get")!.spec.reach).toEqual({ hosts: [api.url, other.url].sort() });
  expect(httpTools({ hosts: ["a.example"] }).map(({ spec }) => spec.name)).toEqual(["http_get", "http_head"]);
});

it("knows before a plan is approved that nobody has named a host", async () => {
  const context = { context: undefined, signal: new AbortController().signal };
  const check = (url: string) => tools.get("http_get")!.precheck!({ url }, context);
  expect(await check(`${api.url}/json`)).toBeUndefined();
  expect(await check("https://stranger.example/a")).toMatchObject({
    what: "the host stranger.example among those that are named",
    argument: "url",
    nearest: expect.arrayContaining([api.url]) as string[],
  });
});

describe("a reading call", () => {
  it("adds the query, sends the headers of the host, and gives JSON as it is", async () => {
    const query = { q: "a&b", tags: ["x", "y"], none: null, n: 1 };
    expect(await call("http_get", "/json?fixed=1", { query, headers: { "X-Own": "1" } })).toEqual({
      url: `${api.url}/json?fixed=1&q=a%26b&tags=x&tags=y&n=1`,
      status: 200,
      headers: { "content-type": "application/json", etag: '"1"' },
      body: { total: 3 },
    });
    expect(seen[0]!.headers).toMatchObject({ authorization: KEY, "x-own": "1" });
    expect(seen[0]!.headers).not.toHaveProperty("idempotency-key");
    expect(await call("http_head", "/json")).toMatchObject({ status: 200, body: null });
    expect(await call("http_get", "/empty")).toMatchObject({ status: 204, body: null });
  });

  it("shows the key to nobody, and lets no plan replace it", async () => {
    const { body } = (await call("http_get", "/echo", { headers: { AUTHORIZATION: "mine" } })) as { body: string };
    expect(seen[0]!.headers.authorization).toBe(KEY);
    expect(body).toBe("you sent [secret authorization_1]");
    await call("http_get", `${other.url}/json`);
    expect(seen[1]!.headers).not.toHaveProperty("authorization");
  });

  it("follows redirects to named hosts only, and takes headers to no other host", async () => {
    expect(await call("http_get", "/made")).toMatchObject({ url: `${api.url}/json` });
    expect(await call("http_get", "/to-other", { headers: { "x-token": "t" } })).toMatchObject({
      url: `${other.url}/json`,
    });
    for (const name of ["authorization", "x-token"]) expect(seen.at(-1)!.headers).not.toHaveProperty(name);
    expect((await errorOf(call("http_get", "/to-stranger"))).failure).toMatchObject({
      code: "HTTP_HOST",
      params: { host: stranger.url, redirected: true },
    });
    expect((await errorOf(call("http_get", "/loop"))).code).toBe("FETCH_REDIRECTS");
    expect(seen.filter(({ headers }) => headers.host === new URL(stranger.url).host)).toEqual([]);
  });

  it.each<readonly [string, string, JsonObject, object]>([
    ["another host", "https://stranger.example/", {}, { code: "HTTP_HOST" }],
    ["the same host over https", "https://127.0.0.1:1/", {}, { code: "HTTP_HOST" }],
    ["a user in the address", "http://me:pass@127.0.0.1/", {}, { code: "FETCH_URL" }],
    ["a file", "file:///etc/passwd", {}, { code: "FETCH_URL" }],
    ["two lines in a header", "/json", { headers: { a: "b\r\nc: d" } }, { code: "HTTP_HEADER" }],
    ["a header of the connection", "/json", { headers: { Host: "b" } }, { code: "HTTP_HEADER" }],
    ["another method", "/json", { headers: { "X-HTTP-Method-Override": "DELETE" } }, { code: "HTTP_HEADER" }],
    ["a picture", "/binary", {}, { code: "FETCH_TYPE" }],
    ["too much", "/large", {}, { code: "FETCH_TOO_LARGE" }],
    ["a busy service", "/busy", {}, { code: "HTTP_STATUS", retryable: true, retryAfterMs: 7_000 }],
    ["a refusal", "/wrong", {}, { code: "HTTP_STATUS", retryable: false }],
    ["a fault", "/broken", {}, { code: "HTTP_STATUS", retryable: true }],
    ["a cut connection", "/cut", {}, { code: "HTTP_FAILED", retryable: true }],
    ["no server", "http://127.0.0.1:1/", {}, { code: "HTTP_HOST" }],
  ])("ends clearly: %s", async (_what, path, more, ending) => {
    expect(await errorOf(call("http_get", path, more))).toMatchObject(ending);
  });

  it("shows no key that a redirect copies into the address", async () => {
    const { message } = await errorOf(call("http_get", "/copied"));
    expect(message).toContain("/wrong?key=[secret authorization_1]");
    expect(decodeURIComponent(message)).not.toContain(KEY);
  });

  it("tells what the service says of a refusal", async () => {
    expect((await errorOf(call("http_get", "/wrong"))).message).toBe(
      `GET ${api.url}/wrong was answered with status 422: {"error":"no such field"}.`,
    );
  });
});

describe("a call that acts", () => {
  it("sends its body, and its key for services that know idempotency keys", async () => {
    expect(await call("http_post", "/json", { body: { n: [1] } })).toMatchObject({ status: 200, body: { total: 3 } });
    await call("http_post", "/json", { body: "a text" });
    const form = { headers: { "content-type": "application/x-www-form-urlencoded" }, body: { a: "b c", n: 1 } };
    await call("http_put", "/json", form);
    await call("http_delete", "/empty");
    expect(seen.map(({ method, body, headers }) => [method, body, headers["content-type"]])).toEqual([
      ["POST", '{"n":[1]}', "application/json"],
      ["POST", "a text", "text/plain; charset=utf-8"],
      ["PUT", "a=b+c&n=1", "application/x-www-form-urlencoded"],
      ["DELETE", "", undefined],
    ]);
    for (const { headers } of seen) expect(headers["idempotency-key"]).toBe("k1");
  });

  it("is not repeated by a redirect that says it is done, and is by one that says it is elsewhere", async () => {
    expect(await call("http_post", "/made")).toMatchObject({ status: 303, headers: { location: "/json" } });
    expect(await call("http_post", "/moved", { body: [1] })).toMatchObject({ status: 200 });
    expect(seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/made", ""],
      ["POST", "/moved", "[1]"],
      ["POST", "/json", "[1]"],
    ]);
  });

  it.each(["http_post", "http_put"])("%s goes to no other host than its own, also not to a named one", async (name) => {
    const error = await errorOf(call(name, "/to-other", { body: [1] }));
    expect(error.failure).toMatchObject({ code: "HTTP_ELSEWHERE", params: { from: api.url, to: other.url } });
    expect(seen.map(({ path }) => path)).toEqual(["/to-other"]);
  });

  it("is done, although its answer cannot be read", async () => {
    const unread = expect.stringContaining("larger than") as string;
    expect(await call("http_post", "/large")).toMatchObject({ status: 200, body: null, unread });
    expect(await call("http_patch", "/binary")).toMatchObject({ body: null });
  });

  it.each<readonly [string, string, boolean]>([
    ["http_post", "/broken", false],
    ["http_patch", "/cut", false],
    ["http_post", "/wrong", true],
    ["http_post", "/busy", true],
    ["http_put", "/broken", true],
    ["http_delete", "/cut", true],
  ])("%s %s: whether it is known that nothing must not be repeated: %s", async (name, path, known) => {
    const error = await call(name, path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof ToolError).toBe(known);
    expect(String(error)).toContain(api.url + path);
  });

  it("has not acted if there is no server", async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    const [post] = httpTools({ hosts: [gone.url], methods: ["POST"] });
    expect(await errorOf(called(post!, { url: gone.url }))).toMatchObject({ code: "HTTP_FAILED", retryable: true });
  });
});

it.each([
  ["api.example.com", "https://api.example.com"],
  ["api.example.com:8443", "https://api.example.com:8443"],
  ["http://localhost:8080", "http://localhost:8080"],
  ["HTTPS://API.Example.com", "https://api.example.com"],
  ["*.example.com", undefined],
  ["api.example.com/v1", undefined],
  ["https://a:b@api.example.com", undefined],
  ["ftp://api.example.com", undefined],
  ["", undefined],
])("the host %j means %j", (host, origin) => {
  expect(originOf(host)).toBe(origin);
});

it.each<readonly [object, "hosts" | "headers" | undefined]>([
  [{ hosts: ["a.example"], headers: { "a.example": { "x-key": "k" } } }, undefined],
  [{ hosts: [] }, "hosts"],
  [{ hosts: "a.example" }, "hosts"],
  [{ hosts: ["a.example"], headers: { "b.example": {} } }, "headers"],
  [{ hosts: ["a.example"], headers: { "http://a.example": {} } }, "headers"],
  [{ hosts: ["a.example"], headers: { "a.example": { "x-key": "two\nlines" } } }, "headers"],
  [{ hosts: ["a.example"], headers: { "a.example": { host: "b" } } }, "headers"],
])("of the settings %j, %j are wrong", (settings, fault) => {
  expect(hostFault(settings)).toBe(fault);
});
