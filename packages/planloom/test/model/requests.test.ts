// Requests to an OpenAI-compatible server, as the server receives them.
import { afterEach, describe, expect, it } from "vitest";
import { openModel } from "../../src/model/model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { startFakeOpenAI, type FakeOpenAI, type FakeReply } from "../../src/testing/index.js";

const servers: FakeOpenAI[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverSaying(...replies: FakeReply[]): Promise<FakeOpenAI> {
  const server = await startFakeOpenAI({
    reply: (_body, index) => replies[index] ?? { text: "no reply left", status: 500 },
  });
  servers.push(server);
  return server;
}

const ask = (request: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "You are brief.",
  messages: [{ role: "user", text: "How are you?" }],
  signal: new AbortController().signal,
  ...request,
});

const search = {
  name: "search",
  description: "Finds pages.",
  input: { type: "object", properties: { query: { type: "string" } } },
};
const schema = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};

describe("a request", () => {
  it("carries model, messages and the role's temperature, and nothing else", async () => {
    const server = await serverSaying({ text: "Well.", usage: { prompt_tokens: 11, completion_tokens: 2 } });
    const reply = await openModel({ model: "plain", baseURL: server.url }, "planner").call(ask());
    expect(server.requests[0]?.body).toEqual({
      model: "plain",
      temperature: 0.2,
      messages: [
        { role: "system", content: "You are brief." },
        { role: "user", content: "How are you?" },
      ],
    });
    expect(reply).toEqual({
      text: "Well.",
      toolCalls: [],
      finish: "stop",
      usage: { calls: 1, inputTokens: 11, outputTokens: 2 },
    });
  });

  it("says how many of its tokens the server had cached, where the server says so", async () => {
    const usage = { prompt_tokens: 11, completion_tokens: 2 };
    const server = await serverSaying(
      { text: "Well.", usage: { ...usage, prompt_tokens_details: { cached_tokens: 8 } } },
      { text: "Well.", usage: { ...usage, prompt_tokens_details: {} } },
      { text: "Well.", usage: { ...usage, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 3 } as never },
    );
    const model = openModel({ model: "caching", baseURL: server.url }, "planner");
    const counted = { calls: 1, inputTokens: 11, outputTokens: 2 };
    expect((await model.call(ask())).usage).toEqual({ ...counted, cachedInputTokens: 8 });
    expect((await model.call(ask())).usage).toEqual(counted);
    expect((await model.call(ask())).usage).toEqual({ ...counted, cachedInputTokens: 8 });
  });

  it("has the default temperature of its role unless another is set", async () => {
    const server = await serverSaying({}, {}, {}, {});
    for (const role of ["planner", "executor", "synthesizer"] as const) {
      await openModel({ model: "warm", baseURL: server.url }, role).call(ask());
    }
    await openModel({ model: "warm", baseURL: server.url, temperature: 0, maxOutputTokens: 99 }, "planner").call(ask());
    expect(server.requests.map(({ body }) => body.temperature)).toEqual([0.2, 0.1, 0.3, 0]);
    expect(server.requests.map(({ body }) => body.max_tokens)).toEqual([undefined, undefined, undefined, 99]);
  });

  it("sends the key that is set, and not-needed otherwise", async () => {
    const server = await serverSaying({}, {});
    await openModel({ model: "keyed", baseURL: server.url, apiKey: "k-1234" }, "planner").call(ask());
    await openModel({ model: "keyed", baseURL: server.url }, "planner").call(ask());
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer k-1234", "Bearer not-needed"]);
  });

  it("keeps the query of the base URL, and needs no exact slash at its end", async () => {
    const server = await serverSaying({}, {});
    await openModel({ model: "query", baseURL: `${server.url}/?api-version=1` }, "planner").call(ask());
    await openModel({ model: "query", baseURL: `${server.url}/` }, "planner").call(ask());
    expect(server.requests.map(({ path, query }) => [path, query])).toEqual([
      ["/v1/chat/completions", { "api-version": "1" }],
      ["/v1/chat/completions", {}],
    ]);
  });

  it("offers tools without anything that runs them, and hands their calls back", async () => {
    const server = await serverSaying({ toolCalls: [{ id: "a", name: "search", args: { query: "x" } }] });
    const reply = await openModel({ model: "tools", baseURL: server.url }, "executor").call(
      ask({ tools: [search], toolChoice: "required" }),
    );
    const { body } = server.requests[0] ?? {};
    expect(body?.tools).toEqual([
      { type: "function", function: { name: "search", description: "Finds pages.", parameters: search.input } },
      expect.objectContaining({ function: expect.objectContaining({ name: "give_result" }) as object }),
    ]);
    expect(body?.tool_choice).toBe("required");
    expect(body?.response_format).toBeUndefined();
    expect(reply).toMatchObject({
      text: "",
      finish: "tool-calls",
      toolCalls: [{ id: "a", name: "search", args: { query: "x" } }],
    });
  });

  it("repeats the conversation in order: calls, results, errors", async () => {
    const server = await serverSaying({ text: "done" });
    await openModel({ model: "history", baseURL: server.url }, "executor").call(
      ask({
        tools: [search],
        messages: [
          { role: "user", text: "find x" },
          {
            role: "assistant",
            text: "I look.",
            toolCalls: [
              { id: "a", name: "search", args: { query: "x" } },
              { id: "b", name: "search", args: "{broken" },
            ],
          },
          {
            role: "tool",
            results: [
              { id: "a", name: "search", text: "found" },
              { id: "b", name: "search", text: "not JSON", isError: true },
            ],
          },
        ],
      }),
    );
    const calls = [
      { id: "a", type: "function", function: { name: "search", arguments: '{"query":"x"}' } },
      { id: "b", type: "function", function: { name: "search", arguments: '{"arguments":"{broken"}' } },
    ];
    expect(server.requests[0]?.body.tool_choice).toBe("auto");
    expect(server.requests[0]?.body.messages).toEqual([
      { role: "system", content: "You are brief." },
      { role: "user", content: "find x" },
      { role: "assistant", content: "I look.", tool_calls: calls },
      { role: "tool", tool_call_id: "a", content: "found" },
      { role: "tool", tool_call_id: "b", content: "not JSON" },
    ]);
  });

  it("refuses tools and output together before anything is sent", async () => {
    const server = await serverSaying();
    const both = ask({ tools: [search], output: { name: "plan", schema } });
    await expect(openModel({ model: "both", baseURL: server.url }, "planner").call(both)).rejects.toThrow(
      "not for both",
    );
    expect(server.requests).toHaveLength(0);
  });
});

describe("a reply", () => {
  it("streams as it arrives, and asks for usage in the stream", async () => {
    const text = "A text that is longer than one piece of the stream.";
    const server = await serverSaying({ text, usage: { prompt_tokens: 5, completion_tokens: 6 } });
    const deltas: string[] = [];
    const reply = await openModel({ model: "stream", baseURL: server.url }, "synthesizer").call(
      ask({ onText: (delta) => deltas.push(delta) }),
    );
    expect(server.requests[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toBe(text);
    expect(reply).toEqual({
      text,
      toolCalls: [],
      finish: "stop",
      usage: { calls: 1, inputTokens: 5, outputTokens: 6 },
    });
  });

  it("puts streamed fragments of tool calls together", async () => {
    const args = { query: "a question that does not fit into one fragment" };
    const server = await serverSaying({
      text: "Looking.",
      toolCalls: [
        { name: "search", args },
        { name: "search", args: {} },
      ],
    });
    const reply = await openModel({ model: "fragments", baseURL: server.url }, "executor").call(
      ask({ tools: [search], onText: () => {} }),
    );
    expect(reply.text).toBe("Looking.");
    expect(reply.toolCalls).toEqual([
      { id: "call_0_0", name: "search", args },
      { id: "call_0_1", name: "search", args: {} },
    ]);
  });

  it("keeps arguments as text where they are not JSON, and takes JSON out of a string", async () => {
    const written = ['{"query": ', '"{\\"query\\":\\"x\\"}"', "", "just words"];
    const server = await serverSaying({ toolCalls: written.map((args) => ({ name: "search", args })) });
    const reply = await openModel({ model: "arguments", baseURL: server.url }, "executor").call(
      ask({ tools: [search] }),
    );
    expect(reply.toolCalls.map(({ args }) => args)).toEqual(['{"query": ', { query: "x" }, {}, "just words"]);
  });

  it("gives ids where they are empty or repeated", async () => {
    const server = await serverSaying({
      toolCalls: ["", "same", "same"].map((id) => ({ id, name: "search", args: {} })),
    });
    const { toolCalls } = await openModel({ model: "ids", baseURL: server.url }, "executor").call(
      ask({ tools: [search] }),
    );
    const ids = toolCalls.map(({ id }) => id);
    expect(ids[1]).toBe("same");
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain("");
  });

  it.each([undefined, () => {}])("has unknown usage where the server reports none (listener: %s)", async (onText) => {
    const server = await serverSaying({ text: "hi", usage: "none" }, { text: "hi", usage: { completion_tokens: 3 } });
    const model = openModel({ model: "no-usage", baseURL: server.url }, "planner");
    const request = ask(onText === undefined ? {} : { onText });
    expect((await model.call(request)).usage).toEqual({ calls: 1, inputTokens: null, outputTokens: null });
    expect((await model.call(request)).usage).toEqual({ calls: 1, inputTokens: null, outputTokens: 3 });
  });

  it.each([
    ["length", "length"],
    ["content_filter", "content-filter"],
    ["stop", "stop"],
  ] as const)("says how it ended: %s", async (finish, expected) => {
    const server = await serverSaying({ text: "cut he", finish });
    expect((await openModel({ model: "finish", baseURL: server.url }, "planner").call(ask())).finish).toBe(expected);
  });

  it("is told to end with tool calls also where the server says stop", async () => {
    const server = await serverSaying({ toolCalls: [{ name: "search", args: {} }], finish: "stop" });
    expect(
      (await openModel({ model: "stop-calls", baseURL: server.url }, "executor").call(ask({ tools: [search] }))).finish,
    ).toBe("tool-calls");
  });

  it.each([undefined, () => {}])("drops reasoning, sent apart or in the text (listener: %s)", async (onText) => {
    const reply = { text: "\n<think>I should say hi.</think>\n\nHi <think> you.", reasoning: "Let me think." };
    const server = await serverSaying(reply);
    const model = openModel({ model: "reasoning", baseURL: server.url }, "planner");
    expect((await model.call(ask(onText === undefined ? {} : { onText }))).text).toBe("Hi <think> you.");
  });

  it("makes no call that stands in reasoning, and takes it for no result", async () => {
    const server = await serverSaying({
      text: "",
      reasoning: '<tool_call>{"name": "pay", "arguments": {}}</tool_call>',
    });
    const model = openModel({ model: "thoughts", baseURL: server.url }, "planner");
    expect(await model.call(ask())).toMatchObject({ toolCalls: [], holdsCall: true });
  });

  it("makes no call that stands in a text which a filter has ended", async () => {
    const text = '{"name": "search", "arguments": {"query": "x"}}';
    const server = await serverSaying({ text, finish: "content_filter" });
    const model = openModel({ model: "filtered", baseURL: server.url }, "planner");
    const tools = [{ name: "search", description: "Searches.", input: { type: "object" } }];
    expect(await model.call(ask({ tools }))).toMatchObject({ toolCalls: [], finish: "content-filter" });
  });

  it.each([undefined, () => {}])(
    "takes no result for one beside a call in a channel (listener: %s)",
    async (onText) => {
      const call = '<|channel|>commentary to=functions.pay <|constrain|>json<|message|>{"to": "x"}<|call|>';
      const server = await serverSaying({
        text: `${call}<|start|>assistant<|channel|>final<|message|>Paid.<|return|>`,
      });
      const model = openModel({ model: "channels", baseURL: server.url }, "planner");
      const reply = await model.call(ask(onText === undefined ? {} : { onText }));
      expect(reply).toMatchObject({ text: "Paid.", toolCalls: [], holdsCall: true });
    },
  );
});

describe("roles", () => {
  it("reach only their own endpoint, each with its own key", async () => {
    const roles = ["planner", "executor", "synthesizer"] as const;
    const own = await Promise.all(roles.map(() => serverSaying({}, {})));
    await Promise.all(
      roles.map((role, at) =>
        openModel({ model: `m-${role}`, baseURL: own[at]?.url ?? "", apiKey: `key-${role}` }, role).call(ask()),
      ),
    );
    expect(own.map(({ requests }) => requests.map(({ body, headers }) => [body.model, headers.authorization]))).toEqual(
      roles.map((role) => [[`m-${role}`, `Bearer key-${role}`]]),
    );
  });
});
