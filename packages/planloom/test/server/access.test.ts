// Who may ask what: tokens, names, pages, sessions, rights and limits.
import { afterAll, describe, expect, it } from "vitest";
import { serveCommand } from "../../src/cli/command/serve.js";
import { LIMITS } from "../../src/limits.js";
import { openApiOf } from "../../src/server/api/open-api.js";
import { DESCRIBED } from "../../src/server/routes/all.js";
import { serverNames } from "../../src/server/access/place.js";
import { readTokens } from "../../src/server/access/tokens.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { hasCode } from "../../src/words/planloom-error.js";
import { askingRun, codeOf, HERE, testServer, TOKENS, type AskInit } from "./server.js";

const clock = fakeClock(1_000);
const server = await testServer({ clock });
const { ask, loom } = server;
const run = await askingRun(loom, 1);
await run.result();
const commands = `/v1/runs/${run.id}/commands`;
const token = TOKENS.all;

afterAll(() => loom.close());

/** The cookie of a new session, as a browser sends it back. */
async function signedIn(of: string = token): Promise<string> {
  const response = await ask("/v1/session", { body: { token: of } });
  expect(response.status).toBe(200);
  return response.headers.get("set-cookie")!.split(";")[0]!;
}

describe("a refused request", () => {
  const cases: readonly (readonly [what: string, status: number, code: string, path: string, init: AskInit])[] = [
    ["without a token", 401, "TOKEN_NEEDED", "/v1/runs", {}],
    ["without a token, for the description of the API", 401, "TOKEN_NEEDED", "/v1/openapi.json", {}],
    ["with a wrong token", 401, "TOKEN_NEEDED", "/v1/runs", { token: `${token}x` }],
    ["with the beginning of a token", 401, "TOKEN_NEEDED", "/v1/runs", { token: token.slice(0, -1) }],
    ["with another scheme", 401, "TOKEN_NEEDED", "/v1/runs", { headers: { authorization: `Basic ${token}` } }],
    ["with an unknown session", 401, "TOKEN_NEEDED", "/v1/runs", { headers: { cookie: "planloom-4950=abc" } }],
    [
      "with its token as the cookie",
      401,
      "TOKEN_NEEDED",
      "/v1/runs",
      { headers: { cookie: `planloom-4950=${token}` } },
    ],
    ["with a token in the query", 400, "TOKEN_IN_QUERY", `/v1/runs?token=${token}`, {}],
    ["with a token in the query, beside the header", 400, "TOKEN_IN_QUERY", "/v1/runs?access_token=x", { token }],
    ["with a token as a name in the query", 400, "TOKEN_IN_QUERY", `/v1/runs?${token}`, { token }],
    ["with a token under another name in the query", 400, "TOKEN_IN_QUERY", `/v1/runs?q=${token}`, { token }],
    [
      "under a name of others (rebinding)",
      403,
      "HOST_REFUSED",
      "/v1/runs",
      { token, headers: { host: "evil.example:4950" } },
    ],
    [
      "under a name that begins like ours",
      403,
      "HOST_REFUSED",
      "/v1/runs",
      { token, headers: { host: "127.0.0.1.evil.example" } },
    ],
    [
      "of a page of others (CSRF)",
      403,
      "ORIGIN_REFUSED",
      commands,
      { token, headers: { origin: "https://evil.example" }, body: { type: "cancel" } },
    ],
    [
      "of a page of another port",
      403,
      "ORIGIN_REFUSED",
      "/v1/runs",
      { token, headers: { origin: "http://127.0.0.1:3000" } },
    ],
    ["of a page without an origin", 403, "ORIGIN_REFUSED", "/v1/runs", { token, headers: { origin: "null" } }],
    [
      "for a stream, of a page of others",
      403,
      "ORIGIN_REFUSED",
      `/v1/runs/${run.id}/events`,
      { token, headers: { origin: "https://evil.example", accept: "text/event-stream" } },
    ],
    [
      "for a session, of a page of others",
      403,
      "ORIGIN_REFUSED",
      "/v1/session",
      { headers: { origin: "https://evil.example" }, body: { token } },
    ],
    ["for a session, with a wrong token", 401, "TOKEN_NEEDED", "/v1/session", { body: { token: "x" } }],
    [
      "with a form as the body",
      415,
      "MEDIA_TYPE",
      commands,
      { token, headers: { "content-type": "application/x-www-form-urlencoded" }, body: "type=cancel" },
    ],
    [
      "with a plain text as the body",
      415,
      "MEDIA_TYPE",
      commands,
      { token, headers: { "content-type": "text/plain" }, body: '{"type":"cancel"}' },
    ],
    ["that only reads and starts", 403, "RIGHT_NEEDED", "/v1/runs", { token: TOKENS.read, body: { goal: "x" } }],
    [
      "that only reads and approves",
      403,
      "RIGHT_NEEDED",
      commands,
      { token: TOKENS.read, body: { type: "approve", hash: "x" } },
    ],
    [
      "that only approves and cancels",
      403,
      "RIGHT_NEEDED",
      commands,
      { token: TOKENS.approve, body: { type: "cancel" } },
    ],
    [
      "that only approves and edits",
      403,
      "RIGHT_NEEDED",
      commands,
      { token: TOKENS.approve, body: { type: "edit", plan: {} } },
    ],
    ["that only approves and starts", 403, "RIGHT_NEEDED", "/v1/runs", { token: TOKENS.approve, body: { goal: "x" } }],
  ];
  it.each(cases)("%s", async (_what, status, code, path, init) => {
    const response = await ask(path, init);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect((await run.document()).status).toBe("needs-attention");
  });

  it("says how to show a token", async () => {
    expect((await ask("/v1/runs")).headers.get("www-authenticate")).toBe("Bearer");
  });

  it("shows no token", async () => {
    const texts = await Promise.all(
      [`/v1/runs?token=${token}`, `/v1/runs?${token}=1`].map(async (path) => (await ask(path)).text()),
    );
    expect(texts.join("")).not.toContain(token);
  });
});

describe("rights", () => {
  const steps = [{ id: "sum", tool: "calculate", with: { expression: "1 + 1" } }];
  const plan = { goal: "Add", steps };
  const hash = "0".repeat(64);

  /** The status with which each right is answered: read, approve. */
  const cases: readonly (readonly [path: string, body: unknown, read: number, approve: number])[] = [
    ["/v1/plans/check", { plan }, 200, 200],
    ["/v1/plans/estimate", { plan }, 200, 200],
    [`/v1/runs/${run.id}/retry-preview`, {}, 409, 409],
    [`/v1/runs/${run.id}/fork-preview`, { at: "q0" }, 409, 409],
    [`/v1/runs/${run.id}/evidence`, { expected: 1 }, 200, 200],
    [commands, { type: "approve", hash }, 403, 409],
    [commands, { type: "reject", comment: "no", hash }, 403, 409],
    [commands, { type: "cancel", hash }, 403, 409],
    [commands, { type: "cancel" }, 403, 403],
    [commands, { type: "pause" }, 403, 403],
    [commands, { type: "resume" }, 403, 403],
    [commands, { type: "goal", goal: "x" }, 403, 403],
    [commands, { type: "retry" }, 403, 403],
    [`/v1/runs/${run.id}/fork`, { at: "q0" }, 403, 403],
    ["/v1/plans", { goal: "x" }, 403, 403],
  ];
  it.each(cases)(
    "POST %s %j gives %i to one that reads, and %i to one that approves",
    async (path, body, ...statuses) => {
      for (const [index, token_] of [TOKENS.read, TOKENS.approve].entries())
        expect((await ask(path, { token: token_, body })).status).toBe(statuses[index]);
      expect((await run.document()).status).toBe("needs-attention");
    },
  );

  it("are decided by each route: one that does not say so is for all rights, if it is not a GET", async () => {
    for (const one of DESCRIBED.filter(
      ({ method, isOpen, right }) => method !== "get" && !isOpen && right === undefined,
    )) {
      const path = one.path.replaceAll(/\{\w+\}/gu, "x");
      const init = { token: TOKENS.approve, ...(one.method === "post" ? { body: {} } : { method: "DELETE" }) };
      expect([one.id, (await ask(path, init)).status]).toEqual([one.id, 403]);
    }
    const described = openApiOf(DESCRIBED)["paths"] as unknown as Paths;
    expect(described["/v1/plans/check"]!["post"]!["x-right"]).toBe("read");
    expect(described["/v1/runs/{id}/fork"]!["post"]!["x-right"]).toBe("all");
  });
});

interface Paths {
  readonly [path: string]: { readonly [method: string]: { readonly "x-right": string } };
}

describe("an accepted request", () => {
  const cases: readonly (readonly [what: string, init: AskInit])[] = [
    ["with a token", { token }],
    ["with a token that reads", { token: TOKENS.read }],
    ["with a token that approves", { token: TOKENS.approve }],
    ["under the name localhost", { token, headers: { host: "localhost:4950" } }],
    ["under the name of IPv6", { token, headers: { host: "[::1]:4950" } }],
    ["of its own page", { token, headers: { origin: HERE } }],
  ];
  it.each(cases)("%s", async (_what, init) => {
    expect((await ask("/v1/runs", init)).status).toBe(200);
  });

  it("needs no token to ask whether the server lives", async () => {
    expect((await ask("/healthz", { headers: { host: "10.0.0.7" } })).status).toBe(200);
  });

  it("of a proxy has the name that the server was given", async () => {
    const behind = await testServer({ names: serverNames("0.0.0.0", ["loom.example.org"]) });
    const status = async (headers: Record<string, string>) => (await behind.ask("/v1/runs", { token, headers })).status;
    expect(await status({ host: "loom.example.org", origin: "https://loom.example.org" })).toBe(200);
    expect(await status({ host: "127.0.0.1:4950", origin: "https://loom.example.org" })).toBe(200);
    expect(await status({ host: "loom.example.org", origin: "https://loom.example.org:8443" })).toBe(403);
    expect(await status({ host: "0.0.0.0" })).toBe(403);
    await behind.loom.close();
  });
});

describe("a session", () => {
  it("has a cookie that is not the token, and that scripts and other sites do not get", async () => {
    const response = await ask("/v1/session", { headers: { origin: "https://127.0.0.1:4950" }, body: { token } });
    const cookie = response.headers.get("set-cookie")!;
    expect(await response.json()).toEqual({ name: "ann", right: "all" });
    expect(cookie).toMatch(/^planloom-4950=[\w-]{43}; .*Path=\/; HttpOnly; Secure; SameSite=Strict/);
    expect(cookie).not.toContain(token);
  });

  it("tells who is signed in, and ends", async () => {
    const cookie = await signedIn(TOKENS.approve);
    expect(await (await ask("/v1/session", { headers: { cookie } })).json()).toEqual({ name: "bob", right: "approve" });
    expect((await ask("/v1/session", { method: "DELETE", headers: { cookie, origin: HERE } })).status).toBe(204);
    expect((await ask("/v1/session", { headers: { cookie } })).status).toBe(401);
  });

  it("ends by itself", async () => {
    const cookie = await signedIn();
    await clock.advance(LIMITS.sessionMs - 1);
    expect((await ask("/v1/session", { headers: { cookie } })).status).toBe(200);
    await clock.advance(1);
    expect((await ask("/v1/session", { headers: { cookie } })).status).toBe(401);
  });

  it("has the right of its token", async () => {
    const cookie = await signedIn(TOKENS.read);
    const response = await ask(commands, { headers: { cookie, origin: HERE }, body: { type: "cancel" } });
    expect([response.status, await codeOf(response)]).toEqual([403, "RIGHT_NEEDED"]);
  });

  const pages: readonly (readonly [status: number, method: string, headers: Record<string, string>])[] = [
    [403, "POST", {}],
    [403, "POST", { "sec-fetch-site": "cross-site" }],
    [403, "POST", { "sec-fetch-site": "same-site" }],
    [403, "POST", { "sec-fetch-site": "none" }],
    [403, "GET", { "sec-fetch-site": "same-site" }],
    [200, "GET", { "sec-fetch-site": "same-origin" }],
    [200, "GET", { "sec-fetch-site": "none" }],
    [200, "GET", {}],
    [409, "POST", { "sec-fetch-site": "same-origin" }],
    [409, "POST", { origin: HERE }],
  ];
  it.each(pages)("gives %i to %s with %j: a browser sends the cookie by itself", async (status, method, headers) => {
    const cookie = await signedIn();
    // The run waits for no approval.
    const init = method === "POST" ? { body: { type: "approve", hash: "0".repeat(24) } } : {};
    const response = await ask(method === "POST" ? commands : "/v1/runs", { headers: { cookie, ...headers }, ...init });
    expect(response.status).toBe(status);
  });
});

describe("limits", () => {
  it("refuse a body that is too large, whether or not it says its length", async () => {
    const big = "x".repeat(LIMITS.requestBytes + 1);
    const declared = await ask(commands, { token, body: big, headers: { "content-length": String(big.length) } });
    expect([declared.status, await codeOf(declared)]).toEqual([413, "BODY_TOO_LARGE"]);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(((sent += 65_536), 65_536)).fill(32)),
    });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = new Request(`${HERE}${commands}`, { method: "POST", headers, body: endless, duplex: "half" });
    const streamed = await server.fetch(request);
    expect([streamed.status, await codeOf(streamed)]).toEqual([413, "BODY_TOO_LARGE"]);
    expect(sent).toBeLessThan(LIMITS.requestBytes + 4 * 65_536);
  });

  it("refuse too many requests of one token in a second, and let the others ask", async () => {
    await clock.advance(10_000);
    for (let count = 0; count < LIMITS.requestsPerSecond; count++) await ask("/v1/session", { token: TOKENS.read });
    const refused = await ask("/v1/session", { token: TOKENS.read });
    expect([refused.status, await codeOf(refused)]).toEqual([429, "TOO_MANY_REQUESTS"]);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await ask("/v1/session", { token })).status).toBe(200);
    await clock.advance(1_000);
    expect((await ask("/v1/session", { token: TOKENS.read })).status).toBe(200);
  });

  it("refuse requests when the server stops", async () => {
    const stopping = new AbortController();
    const other = await testServer({ stopping: stopping.signal });
    stopping.abort();
    const refused = await other.ask("/v1/runs", { token });
    expect([refused.status, await codeOf(refused)]).toEqual([503, "SERVER_STOPPING"]);
    await other.loom.close();
  });
});

describe("tokens", () => {
  it("have a name and a right", () => {
    expect(readTokens(["0123456789abcdef"])).toEqual([{ name: "user", token: "0123456789abcdef", right: "all" }]);
    expect(readTokens(["ann=0123456789abcdef"])).toEqual([{ name: "ann", token: "0123456789abcdef", right: "all" }]);
    expect(readTokens(["ann:approve=0123456789abcd=="])).toEqual([
      { name: "ann", token: "0123456789abcd==", right: "approve" },
    ]);
    expect(readTokens(["MDEyMzQ1Njc4OWFiY2RlZg=="])).toMatchObject([
      { name: "user", token: "MDEyMzQ1Njc4OWFiY2RlZg==" },
    ]);
  });

  const wrong: readonly (readonly [fault: string, ...written: string[]])[] = [
    ["empty", ""],
    ["empty", "ann="],
    ["empty", "ann:read="],
    ["short", "secret"],
    ["short", "ann=secret"],
    ["characters", "ann=0123456789 abcdef"],
    ["name", "a b=0123456789abcdef"],
    ["right", "ann:write=0123456789abcdef"],
    ["right", "ann:=0123456789abcdef"],
    ["twice", "ann=0123456789abcdef", "ann:read=fedcba9876543210"],
    ["same", "ann=0123456789abcdef", "bob=0123456789abcdef"],
  ];
  it.each(wrong)("are refused: %s (%s)", (fault, ...written) => {
    expect(() => readTokens(written)).toThrow(
      expect.toSatisfy((error) => hasCode(error, "TOKEN_INVALID") && error.params.fault === fault),
    );
  });

  it.each(["https://x.example/", "x y", "", "a/b"])("a further name is none: %j", (name) => {
    expect(() => serverNames("127.0.0.1", [name])).toThrow(expect.objectContaining({ code: "HOST_INVALID" }));
  });
});

describe("planloom serve", () => {
  const wrong: readonly (readonly [code: string, flags: Partial<Parameters<typeof serveCommand>[0]>])[] = [
    ["HOST_NEEDS_TOKEN", { host: "0.0.0.0" }],
    ["HOST_NEEDS_TOKEN", { host: "::" }],
    ["PORT_INVALID", { port: "http" }],
    ["PORT_INVALID", { port: "65536" }],
    ["TOKEN_INVALID", { token: ["short"] }],
    ["HOST_INVALID", { allowHost: ["https://x.example/"] }],
  ];
  it.each(wrong)("is refused with %s for %j, before anything is opened", async (code, flags) => {
    const starting = serveCommand({ host: "127.0.0.1", port: "0", ...flags });
    await expect(starting).rejects.toMatchObject({ code });
  });
});

describe("an answer", () => {
  it.each(["/v1/session", "/v1/runs", "/v1/nothing", "/healthz", "/nothing"])(
    "of %s is inert and kept nowhere",
    async (path) => {
      const { headers } = await ask(path, { token });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
    },
  );

  it("to HEAD needs a token like that to GET", async () => {
    for (const path of ["/v1/session", "/v1/runs"]) {
      expect((await ask(path, { method: "HEAD" })).status).toBe(401);
      expect((await ask(path, { method: "HEAD", token })).status).toBe(200);
    }
  });
});

describe("the text of a body", () => {
  it.each([
    ["bytes that are no UTF-8", "application/json", 400, "JSON_INVALID"],
    ["another charset", "application/json; charset=iso-8859-1", 415, "MEDIA_TYPE"],
  ])("%s: refused", async (_what, type, status, code) => {
    const body = Buffer.from('{ "type": "cancel", "reason": "caf\xe9" }', "latin1");
    const headers = { authorization: `Bearer ${token}`, "content-type": type, host: "127.0.0.1:4950" };
    const response = await server.fetch(new Request(`${HERE}${commands}`, { method: "POST", headers, body }));
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });
});
