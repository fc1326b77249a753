// Models of AI SDK 6 and 7 from the packages of five providers. In: servers on 127.0.0.1 that speak each provider's own
// protocol. Out: replies, and what the servers received. `npm run providers` runs it on Node 20, 22 and 24.
import { createOpenAICompatible as compatible6 } from "@ai-sdk/openai-compatible";
import { createAnthropic as anthropic6 } from "ai-sdk-6-anthropic";
import { createGoogleGenerativeAI as google6 } from "ai-sdk-6-google";
import { createMistral as mistral6 } from "ai-sdk-6-mistral";
import { createOpenAI as openai6 } from "ai-sdk-6-openai";
import { createAnthropic as anthropic7 } from "ai-sdk-7-anthropic";
import { createGoogleGenerativeAI as google7 } from "ai-sdk-7-google";
import { createMistral as mistral7 } from "ai-sdk-7-mistral";
import { createOpenAI as openai7 } from "ai-sdk-7-openai";
import { createOpenAICompatible as compatible7 } from "ai-sdk-7-openai-compatible";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import * as planloom from "../../src/index.js";
import { runMode } from "../../../../scripts/models/run-mode.mjs";
import type { AiSdkModel } from "../../src/model/given-model.js";
import { openModel } from "../../src/model/model.js";
import type { JsonObject } from "../../src/plan/json.js";
import type { ModelRequest } from "../../src/model/port.js";
import type { RoleSettings } from "../../src/model/settings/role.js";
import { anthropic } from "./native/anthropic.js";
import { google } from "./native/google.js";
import { mistral } from "./native/mistral.js";
import { openai } from "./native/openai.js";
import { openaiCompatible } from "./native/openai-compatible.js";
import { startNative, type Body, type Protocol, type Said } from "./native/server.js";

type Make = (at: { readonly baseURL: string; readonly apiKey: string }) => { languageModel(id: string): object };

interface Kind {
  readonly major: 6 | 7;
  readonly name: string;
  readonly id: string;
  readonly make: Make;
  readonly protocol: Protocol;
  /** The settings of SETTINGS as this provider's API names them. */
  readonly settings: Body;
  /** Where the signature of the thoughts comes back. The other providers want none. */
  readonly signed: boolean;
}

const SETTINGS: RoleSettings = { temperature: 0.5, stop: ["END"], maxOutputTokens: 100 };
const CHAT = { temperature: 0.5, max_tokens: 100, stop: ["END"] };

const KINDS: readonly Kind[] = (
  [
    [6, (at) => compatible6({ name: "local", includeUsage: true, supportsStructuredOutputs: true, ...at })],
    [7, (at) => compatible7({ name: "local", includeUsage: true, supportsStructuredOutputs: true, ...at })],
  ] as [6 | 7, Make][]
)
  .map(([major, make]): Kind => ({
    ...{ major, make, name: "openai-compatible", id: "qwen3", protocol: openaiCompatible },
    ...{ settings: CHAT, signed: false },
  }))
  .concat(
    (
      [
        [6, openai6],
        [7, openai7],
      ] as [6 | 7, Make][]
    ).map(([major, make]) => ({
      ...{ major, make, name: "openai", id: "gpt-4o", protocol: openai, signed: false },
      settings: { temperature: 0.5, max_output_tokens: 100 },
    })),
    (
      [
        [6, anthropic6],
        [7, anthropic7],
      ] as [6 | 7, Make][]
    ).map(([major, make]) => ({
      ...{ major, make, name: "anthropic", id: "claude-haiku-4-5", protocol: anthropic, signed: true },
      settings: { temperature: 0.5, max_tokens: 100, stop_sequences: ["END"] },
    })),
    (
      [
        [6, google6],
        [7, google7],
      ] as [6 | 7, Make][]
    ).map(([major, make]) => ({
      ...{ major, make, name: "google", id: "gemini-3-flash-preview", protocol: google, signed: true },
      settings: { generationConfig: { temperature: 0.5, maxOutputTokens: 100, stopSequences: ["END"] } },
    })),
    (
      [
        [6, mistral6],
        [7, mistral7],
      ] as [6 | 7, Make][]
    ).map(([major, make]) => ({
      ...{ major, make, name: "mistral", id: "mistral-small-latest", protocol: mistral, signed: false },
      settings: CHAT,
    })),
  );

/** A model of each package that reasons, an option of the package, and what is sent for it. */
const REASONING: { readonly [name: string]: string } = {
  ...{ "openai-compatible": "qwen3", openai: "gpt-5", anthropic: "claude-opus-4-6" },
  ...{ google: "gemini-3-flash-preview", mistral: "mistral-small-latest" },
};
const OPTIONS: { readonly [name: string]: JsonObject } = {
  ...{ "openai-compatible": { user: "u1" }, openai: { user: "u1" }, anthropic: { metadata: { userId: "u1" } } },
  ...{ google: { serviceTier: "flex" }, mistral: { safePrompt: true } },
};
const SENT: { readonly [name: string]: RegExp } = {
  ...{ "openai-compatible": /"user":"u1"/, openai: /"user":"u1"/, anthropic: /"user_id":"u1"/ },
  ...{ google: /"serviceTier":"flex"/, mistral: /"safe_prompt":true/ },
};

const TOOLS: NonNullable<ModelRequest["tools"]> = [
  {
    ...{ name: "look_up", description: "Looks a city up." },
    input: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
];

const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "You know cities.",
  messages: [{ role: "user", text: "Tell me about Paris." }],
  signal: new AbortController().signal,
  ...more,
});

async function open({ make, id, protocol }: Kind, replies: readonly Said[], settings: RoleSettings = {}) {
  const server = await startNative(protocol, replies);
  const model = make({ baseURL: server.url, apiKey: "key-of-no-use" }).languageModel(id) as AiSdkModel;
  return { server, sdk: model, model: openModel({ model, ...settings }, "executor") };
}

describe.each(KINDS.map((kind): [string, Kind] => [`AI SDK ${kind.major}, ${kind.name}`, kind]))("%s", (_, kind) => {
  it("has the specification of its major version", async () => {
    const { sdk } = await open(kind, []);
    expect(sdk.specificationVersion).toBe(kind.major === 6 ? "v3" : "v4");
  });

  it.each([false, true])("replies with text, usage and finish (stream: %s)", async (stream) => {
    const { model } = await open(kind, [{ text: "Paris is a city." }]);
    const pieces: string[] = [];
    const reply = await model.call(ask(stream ? { onText: (piece) => pieces.push(piece) } : {}));
    expect(reply).toMatchObject({ text: "Paris is a city.", toolCalls: [], finish: "stop" });
    expect(reply.usage).toMatchObject({ calls: 1, inputTokens: 16, outputTokens: 5 });
    expect(pieces.join("")).toBe(stream ? "Paris is a city." : "");
  });

  it.each([false, true])(
    "calls a tool, gets its result, and what it thought comes back (stream: %s)",
    async (stream) => {
      const thinking = { text: "I look it up.", signature: "c2lnbmF0dXJl" };
      const call = { id: "call_0001", name: "look_up", args: { city: "Paris" } };
      const { model, server } = await open(kind, [{ thinking, call }, { text: "2100000 people." }]);
      const more = { tools: TOOLS, ...(stream ? { onText: () => undefined } : {}) };
      const first = await model.call(ask(more));
      expect(first).toMatchObject({
        text: "",
        finish: "tool-calls",
        toolCalls: [{ name: "look_up", args: call.args }],
      });
      expect(first.reasoning?.map(({ text }) => text).join("")).toBe("I look it up.");
      const { id, name } = first.toolCalls[0]!;
      const second = await model.call(
        ask({
          ...more,
          messages: [
            ...ask().messages,
            { role: "assistant", text: first.text, toolCalls: first.toolCalls, reasoning: first.reasoning ?? [] },
            { role: "tool", results: [{ id, name, text: '{"population":2100000}' }] },
          ],
        }),
      );
      expect(second).toMatchObject({ text: "2100000 people.", finish: "stop", toolCalls: [] });
      const sent = JSON.stringify(server.got[1]!.body);
      expect(sent).toContain("2100000");
      if (kind.name !== "google") expect(sent).toContain(call.id);
      if (kind.signed) expect(sent).toContain(thinking.signature);
    },
  );

  it.each([false, true])("replies in JSON of a schema (stream: %s)", async (stream) => {
    const schema = {
      ...{ type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      additionalProperties: false,
    };
    const { model } = await open(kind, [{ text: '{"city":"Paris"}' }]);
    const more = stream ? { onText: () => undefined } : {};
    const reply = await model.call(ask({ output: { name: "place", schema }, ...more }));
    expect(JSON.parse(reply.text)).toEqual({ city: "Paris" });
    expect(reply.usage.calls).toBe(1);
  });

  it("sends the settings of the role under the provider's own names", async () => {
    const { model, server } = await open(kind, [{ text: "Well." }], { ...SETTINGS, headers: { "x-tenant": "blue" } });
    await model.call(ask());
    expect(server.got[0]!.body).toMatchObject(kind.settings);
    expect(server.got[0]!.headers).toMatchObject({ "x-tenant": "blue" });
  });

  it("sends how much the model shall reason, and options of the package", async () => {
    const [key] = kind.name.split("-");
    const own = kind.name === "openai-compatible" ? "local" : key!;
    const providerOptions = { [own]: OPTIONS[kind.name]! };
    const reasoning = { ...kind, id: REASONING[kind.name]! };
    const { model, server } = await open(reasoning, [{ text: "Well." }], { reasoningEffort: "high", providerOptions });
    await model.call(ask());
    const sent = JSON.stringify(server.got[0]!.body);
    expect(sent).toMatch(/"(?:reasoning_effort|effort|thinkingLevel)":"high"/);
    expect(sent).toMatch(SENT[kind.name]!);
  });

  it.each([
    [401, "PROVIDER_UNAUTHORIZED"],
    [400, "PROVIDER_REFUSED"],
    [429, "PROVIDER_RATE_LIMITED"],
    [500, "PROVIDER_FAILED"],
  ])("status %i is %s, in the server's words and in one request", async (status, code) => {
    const { model, server } = await open(kind, [{ failure: { status, message: "Not today, said the server." } }]);
    const failed = model.call(ask({ onText: () => undefined }));
    await expect(failed).rejects.toMatchObject({
      code,
      message: expect.stringContaining("Not today, said the server.") as string,
    });
    expect(server.got).toHaveLength(1);
  });

  it("a stream that ends too early is no reply", async () => {
    const { model } = await open(kind, [{ text: "Paris is a city of two million people.", cut: true }]);
    await expect(model.call(ask({ onText: () => undefined }))).rejects.toMatchObject({ code: "PROVIDER_FAILED" });
  });
});

describe("a package that is found by its name", () => {
  const folder = mkdtempSync(join(tmpdir(), "planloom-providers-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(["6", "7"])("of AI SDK %s", async (major) => {
    const project = join(folder, major);
    mkdirSync(join(project, "node_modules/@ai-sdk"), { recursive: true });
    const installed = new URL(`../../../../node_modules/ai-sdk-${major}-anthropic`, import.meta.url);
    symlinkSync(installed, join(project, "node_modules/@ai-sdk/anthropic"));
    const server = await startNative(anthropic, [{ text: "Well." }]);
    const settings: RoleSettings = {
      ...{ model: "anthropic:claude-haiku-4-5", baseURL: server.url, apiKey: "key-of-no-use" },
      ...{ headers: { "x-tenant": "blue" }, providerOptions: { anthropic: { metadata: { userId: "u1" } } } },
    };
    const model = openModel(settings, "executor", { packages: [project] });
    expect(await model.call(ask({ onText: () => undefined }))).toMatchObject({ text: "Well.", usage: { calls: 1 } });
    expect(server.got[0]!.headers).toMatchObject({ "x-api-key": "key-of-no-use", "x-tenant": "blue" });
    expect(server.got[0]!.body).toMatchObject({ metadata: { user_id: "u1" }, temperature: 0.1 });
  });
});

describe("a whole run", () => {
  it.each([
    [6, compatible6],
    [7, compatible7],
  ])("with a model of AI SDK %i reaches its answer, and asks no more than an endpoint", async (_major, make) => {
    const modelAt = (baseURL: string): object =>
      make({ name: "local", includeUsage: true, supportsStructuredOutputs: true, baseURL }).languageModel("qwen3");
    const { outcome, extra, problem } = await runMode({ modelAt }, { ...planloom, z });
    expect({ outcome, extra, problem }).toEqual({ outcome: "answer", extra: 0, problem: undefined });
  });
});
