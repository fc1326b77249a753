// What a role adds to each request: headers, query parameters and fields of the body. In: settings. Out: what the server
// receives, and settings that are refused.
import { afterEach, expect, it, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { openModel } from "../../src/model/model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { resolveRoles, type RoleSettings } from "../../src/model/role.js";
import { scriptedModel, startFakeOpenAI, type FakeOpenAI } from "../../src/testing/index.js";

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
