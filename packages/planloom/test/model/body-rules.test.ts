// Fields of a request that a server refuses by name: left out, renamed or changed, once, and remembered. In: servers on
// loopback that refuse them in the words of servers in use. Out: the requests that they receive.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { ruleFor, underRules, type BodyRule } from "../../src/model/request/body-rules.js";
import { openModel } from "../../src/model/model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { wayFile } from "../../src/model/ways/way-file.js";
import { startFakeOpenAI, type ChatBody, type FakeOpenAI } from "../../src/testing/index.js";

const tools = [{ name: "look", description: "Looks.", input: { type: "object", additionalProperties: false } }];
const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "",
  messages: [{ role: "user", text: "Go." }],
  tools,
  signal: new AbortController().signal,
  ...more,
});

/** A server that refuses each body about which `why` has something to say. */
async function serverThat(why: (body: ChatBody & { [field: string]: unknown }) => unknown): Promise<FakeOpenAI> {
  const server = await startFakeOpenAI({
    reply: (body) => {
      const refusal = why(body as never);
      return refusal === undefined ? { text: "Well." } : { status: 400, raw: JSON.stringify(refusal) };
    },
  });
  onTestFinished(() => server.close());
  return server;
}

const SHARED = {
  type: "object",
  properties: { a: { $ref: "#/$defs/text" }, b: { $ref: "#/$defs/text" } },
  $defs: { text: { type: "string" } },
};
const says = (message: string) => ({ error: { message } });
const google = (message: string) => [{ error: { code: 400, message, status: "INVALID_ARGUMENT" } }];

describe("a refused field is left out or changed, and no later request has it", () => {
  it.each<[string, Partial<ModelRequest>, (body: { [field: string]: unknown }) => unknown]>([
    [
      "stream_options",
      { onText: () => undefined },
      (body) => (body["stream_options"] === undefined ? undefined : says("Unrecognized argument: stream_options")),
    ],
    [
      "max_tokens",
      {},
      (body) =>
        body["max_tokens"] === undefined ? undefined : says("Use 'max_completion_tokens' instead of 'max_tokens'."),
    ],
    [
      "tools without reasoning_effort",
      {},
      (body) =>
        body["reasoning_effort"] === "none" ? undefined : says("To use tools, set reasoning_effort to 'none'."),
    ],
    [
      "a keyword of a schema",
      { tools: [], output: { name: "plan", schema: SHARED } },
      (body) =>
        JSON.stringify(body["response_format"]).includes("$defs")
          ? google('Invalid JSON payload received. Unknown name "$defs" at response_schema')
          : undefined,
    ],
  ])("%s", async (_name, request, why) => {
    const server = await serverThat(why);
    const settings = { model: "m", baseURL: server.url, maxOutputTokens: 100 };
    expect(await openModel(settings, "executor").call(ask(request))).toMatchObject({
      text: "Well.",
      usage: { calls: 2 },
    });
    expect(await openModel(settings, "planner").call(ask(request))).toMatchObject({ usage: { calls: 1 } });
    expect(server.requests).toHaveLength(3);
  });
});

test("requests that are refused together all follow the rule", async () => {
  const open: (() => void)[] = [];
  const server = await startFakeOpenAI({
    reply: async (body) => {
      if (body.max_tokens === undefined) return { text: "Well." };
      await new Promise<void>((answer) => {
        open.push(answer);
        if (open.length === 3) open.forEach((go) => go());
      });
      return { status: 400, raw: JSON.stringify(says("Use 'max_completion_tokens' instead of 'max_tokens'.")) };
    },
  });
  onTestFinished(() => server.close());
  const model = openModel({ model: "together", baseURL: server.url, maxOutputTokens: 100 }, "executor");
  const replies = await Promise.all([ask(), ask(), ask()].map((request) => model.call(request)));
  expect(replies.map(({ text, usage }) => [text, usage.calls])).toEqual(Array(3).fill(["Well.", 2]));
});

test("another process begins with what one has found out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "planloom-rules-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "ways.json");
  const server = await serverThat((body) =>
    body["max_tokens"] === undefined ? undefined : says("max_completion_tokens"),
  );
  const settings = { model: "kept", baseURL: server.url, maxOutputTokens: 100 };
  await openModel(settings, "executor", { keeper: wayFile(path) }).call(ask());
  const [entry] = Object.entries(JSON.parse(readFileSync(path, "utf8")) as { [key: string]: object });
  const [key, kept] = entry!;
  expect(kept).toMatchObject({ rules: ["max-completion-tokens"] });
  expect(wayFile(path).recall(key)).toMatchObject({ rules: ["max-completion-tokens"] });
  // An entry with a rule that this build does not know is found out again.
  writeFileSync(path, JSON.stringify({ [key]: { ...kept, rules: ["odd"] } }));
  expect(wayFile(path).recall(key)).toBeUndefined();
});

test("a refusal that stays is given up, with the server's words", async () => {
  const server = await serverThat(() => says("stream_options and everything else: no."));
  const model = openModel({ model: "m", baseURL: server.url }, "executor");
  await expect(model.call(ask())).rejects.toMatchObject({ code: "PROVIDER_REFUSED" });
  expect(server.requests).toHaveLength(2);
});

test("the property of a tool that has the name of a keyword stays", () => {
  const parameters = {
    type: "object",
    properties: { const: { const: 1 }, list: { type: "array", items: { type: "number", multipleOf: 2 } } },
    additionalProperties: false,
  };
  const body = { tools: [{ type: "function", function: { name: "f", strict: true, parameters } }] };
  const plain = underRules(body, new Set<BodyRule>(["plain-tools", "no-strict"]));
  expect(plain).toEqual({
    tools: [
      {
        type: "function",
        function: {
          name: "f",
          parameters: {
            type: "object",
            properties: {
              const: { type: "number", description: "always 1" },
              list: { type: "array", items: { type: "number", description: "a multiple of 2" } },
            },
          },
        },
      },
    ],
  });
});

test.each([
  ["Unrecognized request argument supplied: stream_options", "no-stream-options"],
  ["Unsupported parameter: 'parallel_tool_calls' is not supported with this model.", "no-parallel-calls"],
  ["tools.0.function.strict: Extra inputs are not permitted", "no-strict"],
  ["The strict mother does not exist", undefined],
  ["temperature must be 1", undefined],
])("%j asks for %s", (words, rule) => {
  expect(ruleFor(words, new Set())).toBe(rule);
});
