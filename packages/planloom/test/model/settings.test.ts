// What a role adds to each request: headers, query parameters and fields of the body. In: settings. Out: what the server
// receives, and settings that are refused.
import { afterEach, describe, expect, it, onTestFinished, test, vi } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { openModel } from "../../src/model/model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { resolveRoles, type RoleSettings } from "../../src/model/settings/role.js";
import { scriptedModel, startFakeOpenAI, type FakeOpenAI, type FakeOpenAIOptions } from "../../src/testing/index.js";

const servers: FakeOpenAI[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const ask = (request: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "",
  messages: [{ role: "user", text: "Go." }],
  signal: new AbortController().signal,
  ...request,
});

it.each([false, true])(
  "are sent with each request; the body's fields replace Planloom's own (stream: %s)",
  async (stream) => {
    const server = await startFakeOpenAI({ reply: () => ({ text: "Well." }) });
    servers.push(server);
    const settings = {
      model: "m",
      baseURL: `${server.url}?from=url`,
      headers: { "x-tenant": "blue", "api-key": "secret-of-azure" },
      query: { "api-version": "2030-01-01" },
      body: { reasoning_effort: "low", temperature: 1 },
    };
    const request = ask(stream ? { onText: () => undefined } : {});
    expect(await openModel(settings, "planner").call(request)).toMatchObject({ text: "Well." });
    const [sent] = server.requests;
    expect(sent!.headers).toMatchObject({ "x-tenant": "blue", "api-key": "secret-of-azure" });
    expect(sent!.query).toEqual({ from: "url", "api-version": "2030-01-01" });
    expect(sent!.body).toMatchObject({ model: "m", reasoning_effort: "low", temperature: 1 });
  },
);

it("a header that a server repeats in its error is not shown", async () => {
  const text = "No access for secret-of-azure.";
  const server = await startFakeOpenAI({ reply: () => ({ text, status: 403 }) });
  servers.push(server);
  const settings = { model: "m", baseURL: server.url, headers: { "api-key": "secret-of-azure" } };
  const thrown: unknown = await openModel(settings, "planner")
    .call(ask())
    .catch((error: unknown) => error);
  expect(String(thrown)).toContain("No access for [key]");
});

test("they go only to the server that they were set for", () => {
  const one = { model: "m", baseURL: "http://one/v1", headers: { a: "1" }, query: { b: "2" }, body: { c: 3 } };
  const { planner, executor } = resolveRoles({ config: { ...one, executor: { baseURL: "http://two/v1" } }, env: {} });
  expect(planner).toMatchObject({ headers: { a: "1" }, query: { b: "2" }, body: { c: 3 } });
  for (const field of ["headers", "query", "body"]) expect(executor).not.toHaveProperty(field);
  const named = resolveRoles({ config: { ...one, planner: { model: "anthropic:claude" } }, env: {} });
  expect(named.planner).toEqual({ model: "anthropic:claude" });
});

test.each<[string, RoleSettings]>([
  ["headers", { model: scriptedModel([]), headers: { a: "1" } }],
  ["body", { model: scriptedModel([]), body: { a: 1 } }],
])("%s of a model that is an object are refused", (setting, settings) => {
  expect(() => openModel(settings, "executor")).toThrow(
    expect.objectContaining({ code: "MODEL_BAD_SETTING", params: { role: "executor", setting } }) as Error,
  );
});

test.each<[string, object]>([
  ["models.default.headers", { headers: ["x"] }],
  ["models.default.headers", { headers: { a: 1 } }],
  ["models.default.headers.a b", { headers: { "a b": "1" } }],
  ["models.default.headers.a", { headers: { a: "1\r\nb: 2" } }],
  ["models.default.query", { query: { a: 1 } }],
  ["models.default.body", { body: "text" }],
  ["models.default.body", { body: { a: 1n } }],
])("a wrong %s is refused: %o", async (setting, more) => {
  const config = { models: { default: { model: "m", baseURL: "http://localhost:1/v1", ...more } } };
  await expect(createLoom({ ...config, store: "memory" }, { env: {} })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    params: { setting },
  });
});

const openAt = async (settings: RoleSettings, reply: FakeOpenAIOptions["reply"] = () => ({ text: "Well." })) => {
  const server = await startFakeOpenAI({ reply });
  servers.push(server);
  return { server, model: openModel({ model: "m", baseURL: server.url, ...settings }, "planner") };
};

describe("settings of a role", () => {
  const all = { topP: 0.9, seed: 7, stop: ["END"], reasoningEffort: "low", maxOutputTokens: 50 } as const;

  it("are sent under the names of the API; with topP alone, no temperature is sent", async () => {
    const { server, model } = await openAt(all);
    await model.call(ask());
    const sent = { top_p: 0.9, seed: 7, stop: ["END"], reasoning_effort: "low", max_tokens: 50 };
    expect(server.requests[0]!.body).toMatchObject(sent);
    expect(server.requests[0]!.body).not.toHaveProperty("temperature");
  });

  it.each([
    ["top_p", "Unsupported parameter: 'top_p' is not supported with this model."],
    ["seed", "Extra inputs are not permitted: body.seed"],
    ["stop", "Unsupported parameter: 'stop' is not supported with this model."],
    ["reasoning_effort", "Unrecognized request argument supplied: reasoning_effort"],
  ])("%s is left out once a server has refused it by name", async (field, message) => {
    const { server, model } = await openAt(all, (body) =>
      field in body ? { status: 400, raw: JSON.stringify({ error: { message } }) } : { text: "Well." },
    );
    expect((await model.call(ask())).usage.calls).toBe(2);
    expect((await model.call(ask())).usage.calls).toBe(1);
    const last = server.requests.at(-1)!.body as object;
    expect(Object.keys(all).length - 1).toBe(
      ["top_p", "seed", "stop", "reasoning_effort", "max_tokens"].filter((name) => name in last).length,
    );
  });

  it("a value that the server does not take is told, and the setting is not left out", async () => {
    const message = "Unsupported value: 'reasoning_effort' does not support 'low'. Supported values are: 'high'.";
    const { server, model } = await openAt(all, () => ({ status: 400, raw: JSON.stringify({ error: { message } }) }));
    await expect(model.call(ask())).rejects.toMatchObject({ code: "PROVIDER_REFUSED" });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, RoleSettings]>([
    ["topP", { topP: 2 }],
    ["seed", { seed: 1.5 }],
    ["stop", { stop: ["a", ""] }],
    ["stop", { stop: "END" as never }],
    ["reasoningEffort", { reasoningEffort: "much" as never }],
    ["temperature", { temperature: "hot" as never }],
    ["maxOutputTokens", { maxOutputTokens: 0 }],
    ["providerOptions", { providerOptions: { anthropic: "low" } }],
    ["baseURL", { baseURL: 8080 as never }],
    ["model", { model: 5 as never }],
  ])("a wrong %s is refused: %o", async (setting, more) => {
    const config = { models: { executor: { model: "m", baseURL: "http://localhost:1/v1", ...more } } };
    await expect(createLoom({ ...config, store: "memory" }, { env: {} })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      params: { setting: `models.executor.${setting}` },
    });
  });

  it("providerOptions are for packages, and go with the model that they were set beside", () => {
    const settings = { model: "m", baseURL: "http://localhost:1/v1", providerOptions: { openai: { user: "u" } } };
    expect(() => openModel(settings, "planner")).toThrow(
      expect.objectContaining({
        code: "MODEL_BAD_SETTING",
        params: expect.objectContaining({ only: "package" }) as object,
      }) as Error,
    );
    const options = { anthropic: { sendReasoning: true } };
    const config = {
      model: "anthropic:claude",
      providerOptions: options,
      executor: { model: "qwen3", baseURL: "http://one/v1" },
    };
    const { planner, executor } = resolveRoles({ config, env: {} });
    expect(planner.providerOptions).toEqual(options);
    expect(executor).not.toHaveProperty("providerOptions");
  });
});

describe("headers from a variable", () => {
  const one = { model: "m", baseURL: "http://one/v1" };
  const headersOf = (env: { readonly [name: string]: string }) => resolveRoles({ config: one, env }).planner.headers;

  it.each([
    ['{"X-Tenant": "blue", "api-key": "k:1"}', { "X-Tenant": "blue", "api-key": "k:1" }],
    ["X-Tenant: blue\napi-key:k:1\r\n\n", { "X-Tenant": "blue", "api-key": "k:1" }],
    ["", undefined],
  ])("%j", (text, headers) => {
    expect(headersOf({ PLANLOOM_HEADERS: text })).toEqual(headers);
    expect(headersOf({ PLANLOOM_PLANNER_HEADERS: text, PLANLOOM_HEADERS: "other: 1" })).toEqual(
      headers ?? { other: "1" },
    );
  });

  it.each(["{", '{"a": 1}', "no colon secret-text", "a b: secret-text", '{"a": "secret-text\\n"}'])(
    "%j is refused, and its value is not shown",
    (text) => {
      const error = thrownBy(() => headersOf({ PLANLOOM_HEADERS: text }));
      expect(error).toMatchObject({ code: "MODEL_BAD_SETTING", params: { setting: "PLANLOOM_HEADERS" } });
      expect(JSON.stringify(error) + String(error)).not.toContain("secret-text");
    },
  );
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown;
  }
}

describe("the key's header", () => {
  it("a header that holds a key replaces the key", async () => {
    const { server, model } = await openAt({ apiKey: "unused-key", headers: { "Api-Key": "secret-of-azure" } });
    await model.call(ask());
    expect(server.requests[0]!.headers).toMatchObject({ "api-key": "secret-of-azure" });
    expect(server.requests[0]!.headers).not.toHaveProperty("authorization");
  });

  it.each([
    ["https://me.openai.azure.com/openai/v1", "k-1234", { "api-key": "k-1234" }],
    ["https://me.services.ai.azure.com/models", "k-1234", { "api-key": "k-1234" }],
    ["https://me.openai.azure.com/openai/v1", "eyJ0eXAi", { authorization: "Bearer eyJ0eXAi" }],
    ["https://azure.com.example/v1", "k-1234", { authorization: "Bearer k-1234" }],
  ])("at %s with the key %s", async (baseURL, apiKey, expected) => {
    const fetch = vi
      .spyOn(globalThis, "fetch")
      .mockImplementation(() => Promise.resolve(new Response("{}", { status: 400 })));
    onTestFinished(() => fetch.mockRestore());
    await openModel({ model: "m", baseURL, apiKey }, "planner")
      .call(ask())
      .catch(() => undefined);
    const sent = Object.fromEntries(new Headers(fetch.mock.calls[0]![1]!.headers));
    const keys = Object.entries(sent).filter(([name]) => ["authorization", "api-key"].includes(name));
    expect(Object.fromEntries(keys)).toEqual(expected);
  });
});

it.each<[string, RoleSettings]>([
  ["a header with a scheme", { headers: { Authorization: "Bearer abcd-efgh" } }],
  ["a query parameter", { query: { api_key: "abcd-efgh" } }],
  ["a parameter of the address", { baseURL: "?key=abcd-efgh" }],
  ["a field of the body", { body: { extra: { access_token: "abcd-efgh" } } }],
])("the secret of %s is not shown where the server repeats it", async (_, settings) => {
  const server = await startFakeOpenAI({ reply: () => ({ status: 400, text: "Bad: abcd-efgh, api-version 2030." }) });
  servers.push(server);
  const baseURL = `${server.url}${settings.baseURL ?? ""}`;
  const error = await openModel({ model: "m", query: { "api-version": "2030" }, ...settings, baseURL }, "planner")
    .call(ask())
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toContain("Bad: [key], api-version 2030.");
  expect(JSON.stringify(error)).not.toContain("abcd-efgh");
});

it("no secret of a header, query or body is in the log, the result or the trace of a run", async () => {
  const secrets = ["header-secret-1", "query-secret-2", "body-secret-3"];
  const text = `Refused: ${secrets.join(", ")}.`;
  const server = await startFakeOpenAI({ reply: () => ({ status: 400, text }) });
  servers.push(server);
  const settings = {
    ...{ model: "m", baseURL: server.url, headers: { "x-tenant-key": secrets[0]! } },
    ...{ query: { access_token: secrets[1]! }, body: { credentials: { secret: secrets[2]! } } },
  };
  const loom = await createLoom({ models: { default: settings }, store: "memory", onFailure: "fail" }, { env: {} });
  onTestFinished(() => loom.close());
  const plan = { steps: [{ id: "say", title: "Say", agent: "Say hello." }], answer: { from: ["say"] } };
  const run = await loom.start("Say hello.", { plan });
  const document = await run.result();
  const events: unknown[] = [];
  for await (const event of run.events()) events.push(event);
  const seen = JSON.stringify([document, events]);
  expect(seen).toContain("Refused: [key], [key], [key].");
  for (const secret of secrets) expect(seen).not.toContain(secret);
});
