// Marks for servers that keep the beginning of a request only where it is marked: on the wire of Claude's package.
import { createAnthropic as anthropic6 } from "ai-sdk-6-anthropic";
import { createAnthropic as anthropic7 } from "ai-sdk-7-anthropic";
import { describe, expect, it } from "vitest";
import type { AiSdkModel } from "../../src/model/given-model.js";
import { withCacheMarks } from "../../src/model/request/cache-marks.js";
import { openModel } from "../../src/model/model.js";
import type { ModelMessage, ModelRequest } from "../../src/model/port.js";
import { anthropic } from "./native/anthropic.js";
import { startNative } from "./native/server.js";

const look = { name: "look", description: "Looks.", input: { type: "object", properties: { a: { type: "string" } } } };
const read = { ...look, name: "read" };
const MESSAGES: readonly ModelMessage[] = [
  { role: "user", text: "Go." },
  { role: "assistant", text: "", toolCalls: [{ id: "c1", name: "look", args: { a: "x" } }] },
  { role: "tool", results: [{ id: "c1", name: "look", text: "found" }] },
];
const MARK = { cache_control: { type: "ephemeral" } };

interface Sent {
  readonly system: readonly object[];
  readonly tools?: readonly object[];
  readonly messages: readonly { readonly content: readonly object[] }[];
}

const marksIn = (value: unknown): number => JSON.stringify(value ?? []).split('"cache_control"').length - 1;

describe.each([
  ["6", anthropic6],
  ["7", anthropic7],
])("Claude by AI SDK %s", (_, make) => {
  async function sent(more: Partial<ModelRequest>): Promise<Sent> {
    const server = await startNative(anthropic, [{ text: "Well." }]);
    const model = make({ baseURL: server.url, apiKey: "none" }).languageModel("claude-haiku-4-5") as AiSdkModel;
    const request = { system: "Do it.", messages: MESSAGES, signal: new AbortController().signal, ...more };
    const { usage } = await openModel({ model }, "executor").call(request);
    expect(usage.cachedInputTokens).toBe(4);
    return server.got[0]!.body as unknown as Sent;
  }

  it("keeps the tools, the system text and the conversation", async () => {
    const { system, tools, messages } = await sent({ tools: [look, read] });
    expect(system.at(-1)).toMatchObject(MARK);
    expect(tools?.map((tool) => marksIn(tool))).toEqual([0, 1]);
    expect(messages.map((message) => marksIn(message))).toEqual([0, 0, 1]);
  });

  it("keeps no end that nothing follows", async () => {
    const { system, messages } = await sent({ messages: [{ role: "user", text: "Write the answer." }] });
    expect(system.at(-1)).toMatchObject(MARK);
    expect(marksIn(messages)).toBe(0);
  });
});

it.each([
  ["openai.responses", "gpt-5", undefined],
  ["amazon-bedrock", "us.anthropic.claude-haiku-4-5", "bedrock"],
  ["amazon-bedrock", "meta.llama3-70b", undefined],
  ["vertex.anthropic.messages", "claude-opus-4-5", "anthropic"],
  ["openrouter.chat", "anthropic/claude-haiku-4-5", "anthropic"],
  ["openrouter.chat", "openai/gpt-5", undefined],
])("a model of %s, %s, has marks of %s", (provider, modelId, key) => {
  const options = { prompt: [{ role: "system" as const, content: "Do it." }] };
  const { prompt } = withCacheMarks(options, { provider, modelId });
  expect(Object.keys(prompt[0]?.providerOptions ?? {})).toEqual(key === undefined ? [] : [key]);
});
