// The fake server as any client sees it: plain fetch against its URL.
import { afterEach, describe, expect, it } from "vitest";
import { startFakeOpenAI, type FakeOpenAI, type FakeOpenAIOptions } from "../../src/testing/index.js";

const servers: FakeOpenAI[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: FakeOpenAIOptions): Promise<FakeOpenAI> {
  const server = await startFakeOpenAI(options);
  servers.push(server);
  return server;
}

function post(server: FakeOpenAI, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const chat = { model: "m", messages: [{ role: "user", content: "hi" }], ...body };
  return fetch(`${server.url}/chat/completions`, { method: "POST", headers, body: JSON.stringify(chat) });
}

describe("the fake server", () => {
  it("lists its models, and knows no other paths", async () => {
    const server = await start({ reply: () => ({}), models: ["a", "b"] });
    expect(await (await fetch(`${server.url}/models`)).json()).toMatchObject({
      object: "list",
      data: [{ id: "a" }, { id: "b" }],
    });
    expect((await fetch(`${server.url}/other`)).status).toBe(404);
    expect(server.requests).toHaveLength(0);
  });

  it("answers with a completion, and records what it was sent", async () => {
    const server = await start({ reply: ({ model }, index) => ({ text: `${model} ${index}` }) });
    const body: unknown = await (await post(server, {}, { authorization: "Bearer k" })).json();
    expect(body).toMatchObject({
      choices: [{ message: { role: "assistant", content: "m 0" }, finish_reason: "stop" }],
      usage: { prompt_tokens: expect.any(Number) as number, completion_tokens: expect.any(Number) as number },
    });
    const [request] = server.requests;
    expect(request).toMatchObject({
      path: "/v1/chat/completions",
      body: { model: "m" },
      headers: { authorization: "Bearer k" },
    });
    expect(await request?.ended).toBe("answered");
  });

  it("streams chunks, with usage only where it is asked for", async () => {
    const server = await start({ reply: () => ({ text: "some words to stream" }) });
    const plain = await (await post(server, { stream: true })).text();
    expect(plain.trim().split("\n\n").length).toBeGreaterThan(3);
    expect(plain).toMatch(/data: \[DONE\]\n\n$/);
    expect(plain).not.toContain("usage");
    expect(await (await post(server, { stream: true, stream_options: { include_usage: true } })).text()).toContain(
      '"usage":{"prompt_tokens"',
    );
  });

  it("refuses features, wrong keys, and whatever its script says", async () => {
    const server = await start({
      refuse: ["json_schema"],
      apiKey: "right",
      reply: () => ({ status: 429, text: "slow", headers: { "retry-after": "2" } }),
    });
    const right = { authorization: "Bearer right" };
    expect((await post(server, {}, { authorization: "Bearer wrong" })).status).toBe(401);
    const refused = await post(server, { response_format: { type: "json_schema" } }, right);
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining("json_schema") as string } },
    ]);
    const limited = await post(server, {}, right);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(server.requests).toHaveLength(3);
  });

  it("answers 500 where its script throws", async () => {
    const server = await start({
      reply: () => {
        throw new Error("the script is wrong");
      },
    });
    const response = await post(server, {});
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("the script is wrong")]);
  });

  it("closes while a client waits", async () => {
    const server = await startFakeOpenAI({ reply: () => ({ wait: new Promise(() => {}) }) });
    const waiting = post(server, {}).catch(() => "cut");
    for (let turn = 0; turn < 1_000 && server.requests.length === 0; turn++)
      await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    expect(await waiting).toBe("cut");
  });
});
