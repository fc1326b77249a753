// Where a model lives: an endpoint, an installed provider, an object; and what is said when it lives nowhere.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiSdkModel } from "../../src/model/ai-sdk-model.js";
import { newMemory } from "../../src/model/ways/way-memory.js";
import { openModel } from "../../src/model/model.js";
import { providerNameOf } from "../../src/model/settings/provider-name.js";
import { findProvider, loadProviderModel } from "../../src/model/provider-package.js";
import type { RoleSettings } from "../../src/model/settings/role.js";
import { scriptedModel, startFakeOpenAI } from "../../src/testing/index.js";

describe("a name", () => {
  it.each([
    ["openai:gpt-4o", { provider: "openai", model: "gpt-4o" }],
    ["anthropic:claude-x", { provider: "anthropic", model: "claude-x" }],
    ["mistral:mistral-large-latest", { provider: "mistral", model: "mistral-large-latest" }],
    ["gpt-4o", undefined],
    ["meta/llama:free", undefined],
    ["qwen2.5:7b", undefined],
    ["llama3:8b", undefined],
    ["codellama:13b", undefined],
    ["mistral:7b-instruct-q4_0", undefined],
    ["mistral:latest", undefined],
    ["ft:gpt-4o-mini:acme::id", undefined],
  ])("%s is read as %o", (name, expected) => {
    expect(providerNameOf(name)).toEqual(expected);
  });

  it("that starts with a package which is installed is read as that provider's", () => {
    expect(providerNameOf("acme:large", (provider) => provider === "acme")).toEqual({
      provider: "acme",
      model: "large",
    });
  });

  it("with a tag of Ollama reaches the endpoint as it is", async () => {
    const server = await startFakeOpenAI({ reply: () => ({ text: "hi" }) });
    const model = openModel({ model: "qwen2.5:7b", baseURL: server.url }, "executor");
    await model.call({ system: "", messages: [{ role: "user", text: "hi" }], signal: new AbortController().signal });
    await server.close();
    expect(model.name).toBe("qwen2.5:7b");
    expect(server.requests[0]?.body.model).toBe("qwen2.5:7b");
  });
});

it.each(["openai/gpt-4o", "gemini:latest", "claude:opus"])("%s is a model of a server with an address", (model) => {
  expect(openModel({ model, baseURL: "https://openrouter.example/v1" }, "planner").name).toBe(model);
});

describe("opening", () => {
  it.each<[RoleSettings, string, RegExp]>([
    [{}, "MODEL_NOT_SET", /PLANLOOM_PLANNER_MODEL/],
    [{ model: "gpt-4o" }, "MODEL_NO_ENDPOINT", /set OPENAI_API_KEY.*openai:gpt-4o.*PLANLOOM_BASE_URL/],
    [{ model: "GPT-4o" }, "MODEL_NO_ENDPOINT", /openai:gpt-4o,/],
    [{ model: "Claude Opus 4.6" }, "MODEL_NO_ENDPOINT", /anthropic:claude-opus-4-6,/],
    [{ model: "Llama 3.1" }, "MODEL_NO_ENDPOINT", /^(?!.*:llama).*PLANLOOM_BASE_URL/],
    [{ model: "llama3" }, "MODEL_NO_ENDPOINT", /^(?!.*openai:llama3).*PLANLOOM_BASE_URL/],
    [
      { model: "claude-opus-4-6" },
      "MODEL_NO_ENDPOINT",
      /anthropic:claude-opus-4-6.*npm install @ai-sdk\/anthropic@3.*PLANLOOM_BASE_URL/,
    ],
    [{ model: "gemini-2.5-pro" }, "MODEL_NO_ENDPOINT", /google:gemini-2\.5-pro/],
    [
      { model: "claude-haiku-3-7", baseURL: "https://api.openai.com/v1" },
      "MODEL_UNKNOWN_PROVIDER",
      /anthropic:claude-haiku-3-7/,
    ],
    [{ model: "gpt-4o", baseURL: "localhost:8000/v1" }, "MODEL_BAD_ENDPOINT", /Write http:\/\/localhost:8000\/v1\. /],
    [{ model: "gpt-4o", baseURL: "sk-a-key" }, "MODEL_BAD_ENDPOINT", /such as http:\/\/localhost:8000\/v1/],
    [
      { model: "anthropic:claude-x" },
      "PROVIDER_NOT_INSTALLED",
      /npm install @ai-sdk\/anthropic@3`, and set ANTHROPIC_API_KEY\.$/,
    ],
    [
      {
        model: {
          specificationVersion: "v9",
          provider: "p",
          modelId: "m",
          doGenerate: async () => ({}),
          doStream: async () => ({}),
        },
      },
      "MODEL_UNSUPPORTED",
      /npm install/,
    ],
    [{ model: "gemini:gemini-2.5-pro" }, "MODEL_UNKNOWN_PROVIDER", /google:gemini-2\.5-pro.*install @ai-sdk\/google@3/],
    [
      { model: "bedrock:amazon.nova-pro" },
      "MODEL_UNKNOWN_PROVIDER",
      /amazon-bedrock:amazon\.nova-pro.*amazon-bedrock@4/,
    ],
    [{ model: "claude:claude-haiku-4-5" }, "MODEL_UNKNOWN_PROVIDER", /anthropic:claude-haiku-4-5/],
    [{ model: "openai/gpt-4o" }, "MODEL_UNKNOWN_PROVIDER", /openai:gpt-4o/],
    [{ model: "openai/gpt-4o", baseURL: "https://api.openai.com/v1" }, "MODEL_UNKNOWN_PROVIDER", /openai:gpt-4o/],
    [{ model: "OpenAI:gpt-4o" }, "MODEL_UNKNOWN_PROVIDER", /openai:gpt-4o/],
    [{ model: "ollama:qwen3:8b" }, "MODEL_UNKNOWN_PROVIDER", /qwen3:8b.*localhost:11434\/v1/],
    [{ model: "mistral:latest" }, "MODEL_NO_ENDPOINT", /PLANLOOM_BASE_URL/],
    [{ model: "acme:large" }, "MODEL_NO_ENDPOINT", /PLANLOOM_BASE_URL/],
  ])("%o is refused: %s", (settings, code, next) => {
    expect(() => openModel(settings, "planner")).toThrow(
      expect.objectContaining({ code, next: expect.stringMatching(next) as string }) as Error,
    );
  });

  it("a model of our own port gives it back", () => {
    const model = scriptedModel([]);
    expect(openModel({ model }, "planner")).toBe(model);
  });

  it("loads no package of the AI SDK: the library would start slowly", async () => {
    const folder = new URL("../../src/model/", import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
    expect(files).toContain("model.ts");
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      expect(await readFile(new URL(file, folder), "utf8"), file).not.toMatch(
        /^import (?!type )[^;]*from "(@ai-sdk\/|ai")/m,
      );
    }
  });
});

describe("an installed provider", () => {
  let project: string;
  const place = (): string => project;

  /** A provider as AI SDK 5 had them (specification v2), which answers with what it was asked. */
  const source = `
    export const acme = null;
    export function createAcme({ apiKey, baseURL } = {}) {
      const seen = (options) => JSON.stringify({ apiKey, baseURL, system: options.prompt[0].content, temperature: options.temperature });
      const usage = { inputTokens: 3, outputTokens: undefined, totalTokens: 3 };
      return { languageModel: (modelId) => ({
        specificationVersion: "v2", provider: "acme", modelId,
        async doGenerate(options) {
          return { content: [{ type: "text", text: seen(options) }], finishReason: "stop", usage, warnings: [] };
        },
        async doStream(options) {
          return { stream: new ReadableStream({ start(controller) {
            controller.enqueue({ type: "text-delta", id: "1", delta: seen(options) });
            controller.enqueue({ type: "finish", finishReason: "length", usage });
            controller.close();
          } }) };
        },
      }) };
    }`;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "planloom-provider-"));
    const folder = join(project, "node_modules", "@ai-sdk", "acme");
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "@ai-sdk/acme", type: "module", exports: "./index.js" }),
    );
    await writeFile(join(folder, "index.js"), source);
    await writeFile(join(project, "package.json"), "{}");
  });
  afterAll(() => rm(project, { recursive: true }));

  it("is found in the project, and nowhere else", () => {
    expect(findProvider("acme", [place()])).toContain(join("@ai-sdk", "acme", "index.js"));
    expect(findProvider("acme")).toBeUndefined();
    expect(findProvider("nobody", [place()])).toBeUndefined();
  });

  it("that cannot be loaded is told by its name, with the reason", async () => {
    const folder = join(project, "node_modules", "@ai-sdk", "broken");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", exports: "./index.js" }));
    await writeFile(join(folder, "index.js"), 'import "a-package-that-is-missing";');
    const file = findProvider("broken", [place()]) ?? "";
    const loaded = loadProviderModel(file, { provider: "broken", model: "large" }, {});
    await expect(loaded).rejects.toMatchObject({
      code: "PROVIDER_NOT_INSTALLED",
      message: expect.stringMatching(/@ai-sdk\/broken, which cannot be loaded: Cannot find/) as string,
      next: expect.stringContaining("Install it anew") as string,
    });
  });

  it("is called with the role's key and address, streaming or not", async () => {
    const named = { provider: "acme", model: "large" };
    const settings = { apiKey: "k", baseURL: "http://acme/v1" };
    const load = () => loadProviderModel(findProvider("acme", [place()]) ?? "", named, settings);
    const model = aiSdkModel(
      { name: "acme:large", label: "acme", role: "planner", memory: newMemory(), load },
      settings,
    );
    const request = { system: "S", messages: [], signal: new AbortController().signal };
    const text = JSON.stringify({ ...settings, system: "S", temperature: 0.2 });
    const usage = { calls: 1, inputTokens: 3, outputTokens: null };
    expect(await model.call(request)).toEqual({ text, toolCalls: [], finish: "stop", usage });
    expect(await model.call({ ...request, onText: () => {} })).toEqual({
      text,
      toolCalls: [],
      finish: "length",
      usage,
    });
  });
});
