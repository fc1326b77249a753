// The capability ladder against servers that refuse features, one after the other.
import { afterEach, describe, expect, it } from "vitest";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { openModel } from "../../src/model/model.js";
import type { ModelRequest } from "../../src/model/port.js";
import {
  startFakeOpenAI,
  type ChatBody,
  type FakeOpenAI,
  type FakeReply,
  type Feature,
} from "../../src/testing/index.js";

const servers: FakeOpenAI[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverRefusing(refuse: Feature[], reply: FakeReply = { json: { ok: true } }): Promise<FakeOpenAI> {
  const server = await startFakeOpenAI({ refuse, reply: () => reply });
  servers.push(server);
  return server;
}

const schema = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};
const ask = (request: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "Plan.",
  messages: [{ role: "user", text: "Say ok." }],
  output: { name: "verdict", schema },
  signal: new AbortController().signal,
  ...request,
});

/** Which way a request asked for JSON. */
function wayOf(body: ChatBody): string {
  if (body.tools !== undefined) return body.response_format === undefined ? "tool" : "tool and format";
  return body.response_format?.type ?? "text";
}

describe("output", () => {
  it("is asked for with a strict JSON schema", async () => {
    const server = await serverRefusing([]);
    const reply = await openModel({ model: "ladder-0", baseURL: server.url }, "planner").call(ask());
    expect(server.requests[0]?.body.response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "verdict", strict: true, schema },
    });
    expect(reply).toMatchObject({ text: '{"ok":true}', toolCalls: [], finish: "stop", usage: { calls: 1 } });
  });

  it("is asked for with one required tool where there is no json_schema", async () => {
    const server = await serverRefusing(["json_schema"]);
    const reply = await openModel({ model: "ladder-1", baseURL: server.url }, "planner").call(ask());
    const { body } = server.requests[1] ?? {};
    expect(server.requests.map((request) => wayOf(request.body))).toEqual(["json_schema", "tool"]);
    expect(body?.tools).toMatchObject([{ function: { name: "verdict", parameters: schema } }]);
    expect(body?.tool_choice).toBe("required");
    expect(reply).toMatchObject({ text: '{"ok":true}', toolCalls: [], finish: "stop", usage: { calls: 2 } });
  });

  it("is asked for with json_object and the schema in words where there are no tools either", async () => {
    const server = await serverRefusing(["json_schema", "tools"]);
    const reply = await openModel({ model: "ladder-2", baseURL: server.url }, "planner").call(ask());
    expect(server.requests.map((request) => wayOf(request.body))).toEqual(["json_schema", "tool", "json_object"]);
    const system = server.requests[2]?.body.messages[0]?.content;
    expect(system).toMatch(/^Plan\.\n\n/);
    expect(system).toContain(JSON.stringify(schema));
    expect(reply).toMatchObject({ text: '{"ok":true}', usage: { calls: 3 } });
  });

  it("is asked for in words alone where nothing else is left", async () => {
    const server = await serverRefusing(["json_schema", "tools", "json_object"]);
    const reply = await openModel({ model: "ladder-3", baseURL: server.url }, "planner").call(ask({ system: "" }));
    expect(server.requests.map((request) => wayOf(request.body))).toEqual([
      "json_schema",
      "tool",
      "json_object",
      "text",
    ]);
    expect(server.requests[3]?.body.messages[0]).toMatchObject({
      role: "system",
      content: expect.stringContaining(JSON.stringify(schema)) as string,
    });
    expect(reply).toMatchObject({ text: '{"ok":true}', usage: { calls: 4 } });
  });

  it("is asked for at the rung that worked before, for this model alone", async () => {
    const server = await serverRefusing(["json_schema", "tools"]);
    await openModel({ model: "ladder-memory", baseURL: server.url }, "planner").call(ask());
    const again = await openModel({ model: "ladder-memory", baseURL: server.url }, "executor").call(ask());
    expect(again.usage.calls).toBe(1);
    await openModel({ model: "ladder-other", baseURL: server.url }, "planner").call(ask());
    expect(server.requests.map((request) => wayOf(request.body)).slice(3)).toEqual([
      "json_object",
      "json_schema",
      "tool",
      "json_object",
    ]);
  });

  it("keeps the lower rung when a call that began before ends later", async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const server = await startFakeOpenAI({
      refuse: ["json_schema"],
      reply: ({ tools }) => (tools === undefined ? { wait: gate } : { json: { ok: true } }),
    });
    servers.push(server);
    const model = openModel({ model: "ladder-two", baseURL: server.url }, "planner");
    const early = model.call({
      system: "",
      messages: [{ role: "user", text: "hi" }],
      signal: new AbortController().signal,
    });
    expect((await model.call(ask())).usage.calls).toBe(2);
    open();
    await early;
    expect((await model.call(ask())).usage.calls).toBe(1);
  });

  it.each([401, 403, 408, 429, 500])("is not asked for differently after %i", async (status) => {
    const server = await serverRefusing([], { status, text: "no" });
    await expect(openModel({ model: `ladder-${status}`, baseURL: server.url }, "planner").call(ask())).rejects.toThrow(
      `answered ${status}`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it.each([400, 404, 415, 422])(
    "is tried in every way when each is answered with %i, and none is remembered",
    async (status) => {
      const server = await serverRefusing([], { status, text: "no" });
      const model = openModel({ model: `ladder-${status}`, baseURL: server.url }, "planner");
      await expect(model.call(ask())).rejects.toMatchObject({ code: "PROVIDER_REFUSED" });
      expect(server.requests).toHaveLength(4);
      await expect(model.call(ask())).rejects.toMatchObject({ code: "PROVIDER_REFUSED" });
      expect(server.requests).toHaveLength(8);
      expect(wayOf(server.requests[4]!.body)).toBe("json_schema");
    },
  );

  it("streams the tool's input as the text of the reply", async () => {
    const json = { ok: true, why: "because the reply is longer than a piece" };
    const server = await serverRefusing(["json_schema"], { json });
    const deltas: string[] = [];
    const reply = await openModel({ model: "ladder-stream", baseURL: server.url }, "planner").call(
      ask({ onText: (delta) => deltas.push(delta) }),
    );
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toBe(JSON.stringify(json));
    expect(reply.text).toBe(JSON.stringify(json));
  });

  it("is the words of a model that does not call the tool", async () => {
    const server = await serverRefusing(["json_schema"], { text: 'Here: {"ok": true}' });
    const deltas: string[] = [];
    const reply = await openModel({ model: "ladder-words", baseURL: server.url }, "planner").call(
      ask({ onText: (delta) => deltas.push(delta) }),
    );
    expect(reply.text).toBe('Here: {"ok": true}');
    expect(deltas.join("")).toBe(reply.text);
  });
});

describe("temperature", () => {
  it("is left out after a refusal that names it, and stays out", async () => {
    const server = await serverRefusing(["temperature"], { text: "ok" });
    const model = openModel({ model: "cold", baseURL: server.url }, "planner");
    const plain = {
      system: "",
      messages: [{ role: "user", text: "hi" }],
      signal: new AbortController().signal,
    } as const;
    expect((await model.call(plain)).usage.calls).toBe(2);
    expect((await model.call(plain)).usage.calls).toBe(1);
    expect(server.requests.map(({ body }) => body.temperature)).toEqual([0.2, undefined, undefined]);
  });

  it("and the form of the output are given up one by one", async () => {
    const server = await serverRefusing(["temperature", "json_schema", "tools", "json_object"]);
    const reply = await openModel({ model: "cold-ladder", baseURL: server.url }, "planner").call(ask());
    expect(reply).toMatchObject({ text: '{"ok":true}', usage: { calls: 5 } });
    expect(server.requests.map(({ body }) => [wayOf(body), body.temperature])).toEqual([
      ["json_schema", 0.2],
      ["json_schema", undefined],
      ["tool", undefined],
      ["json_object", undefined],
      ["text", undefined],
    ]);
  });
});

describe("a model of the AI SDK", () => {
  it("is called as it is, with the same ladder", async () => {
    const server = await serverRefusing(["json_schema"]);
    const sdk = createOpenAICompatible({ name: "mine", baseURL: server.url, supportsStructuredOutputs: true });
    const model = openModel({ model: sdk("sdk-model") }, "executor");
    expect(model.name).toBe("sdk-model");
    expect(await model.call(ask())).toMatchObject({ text: '{"ok":true}', usage: { calls: 2 } });
    expect(await model.call(ask())).toMatchObject({ text: '{"ok":true}', usage: { calls: 1 } });
  });

  it("that knows no structured outputs gets the schema another way", async () => {
    const server = await serverRefusing([]);
    const sdk = createOpenAICompatible({ name: "mine", baseURL: server.url });
    await openModel({ model: sdk("sdk-plain") }, "executor").call(ask());
    expect(server.requests.map((request) => wayOf(request.body))).toEqual(["tool"]);
  });
});
