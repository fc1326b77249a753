// Parses model names. In: `provider:model`, or any other name. Out: the parts of the first form; undefined for others.
// Ollama writes `family:tag` in the same form, so settings and opening share this file.

export interface ProviderName {
  readonly provider: string;
  readonly model: string;
}

/** Providers of the AI SDK, each with the major version of its package that speaks specification v3 (AI SDK 6). */
const PROVIDERS: ReadonlyMap<string, number> = new Map([
  ...["openai", "anthropic", "google", "mistral", "azure", "groq", "xai", "cohere", "perplexity"].map(
    (name) => [name, 3] as const,
  ),
  ...["google-vertex", "amazon-bedrock"].map((name) => [name, 4] as const),
  ...["deepseek", "togetherai", "fireworks", "cerebras", "deepinfra", "vercel"].map((name) => [name, 2] as const),
]);

/** Tags of Ollama that could follow a provider's name: `mistral:latest`, `mistral:7b-instruct`. */
const OLLAMA_TAG = /^(latest$|\d+(\.\d+)?[bm](-|$))/;

/** The parts of `provider:model`, if the provider is known or `isInstalled` finds its package; else undefined. */
export function providerNameOf(
  name: string,
  isInstalled: (provider: string) => boolean = () => false,
): ProviderName | undefined {
  const match = /^([a-z-]+):(.+)$/.exec(name);
  const [, provider, model] = match ?? [];
  if (provider === undefined || model === undefined || OLLAMA_TAG.test(model)) return undefined;
  return PROVIDERS.has(provider) || isInstalled(provider) ? { provider, model } : undefined;
}

/** The package name to give to `npm install` for this provider. */
export function packageToInstall(provider: string): string {
  const major = PROVIDERS.get(provider);
  return `@ai-sdk/${provider}${major === undefined ? "" : `@${major}`}`;
}

/** The name that is meant where a name is none of a provider: of a package, or at the usual address of a server. */
type MeantName =
  { readonly use: string; readonly provider: string } | { readonly use: string; readonly address: string };

/** Other names of providers. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...["gemini", "google-ai", "googleai", "google-generative-ai", "google-gla"].map((name) => [name, "google"] as const),
  ...["vertex", "vertexai", "vertex_ai", "vertex-ai"].map((name) => [name, "google-vertex"] as const),
  ...["bedrock", "aws", "aws-bedrock", "aws_bedrock"].map((name) => [name, "amazon-bedrock"] as const),
  ...["azure-openai", "azureopenai", "azure_openai"].map((name) => [name, "azure"] as const),
  ...([
    ["claude", "anthropic"],
    ["chatgpt", "openai"],
    ["gpt", "openai"],
    ["open-ai", "openai"],
  ] as const),
  ...([
    ["mistralai", "mistral"],
    ["x-ai", "xai"],
    ["grok", "xai"],
    ["deep-seek", "deepseek"],
  ] as const),
  ...([
    ["together", "togetherai"],
    ["together-ai", "togetherai"],
    ["fireworks-ai", "fireworks"],
  ] as const),
]);

/** How the names of a provider's models begin. Names that local servers use too are left out. */
const MAKERS: readonly (readonly [beginning: RegExp, provider: string])[] = [
  [/^claude-/i, "anthropic"],
  [/^(?:gpt-\d|chatgpt-|o[1-9](?:-|$))/i, "openai"],
  [/^gemini-/i, "google"],
  [/^grok-/i, "xai"],
  [/^(?:mistral-(?:large|medium|small)|codestral|ministral|magistral)-/i, "mistral"],
  [/^command-/i, "cohere"],
  [/^deepseek-(?:chat|reasoner)$/i, "deepseek"],
  [/^sonar(?:-|$)/i, "perplexity"],
];

/** The provider that has a model of this name, as far as the name tells. */
export const makerOf = (model: string): string | undefined => MAKERS.find(([beginning]) => beginning.test(model))?.[1];

/** Servers that need no package. Port and path are those that they have by default. */
const SERVERS: ReadonlyMap<string, string> = new Map([
  ["ollama", "http://localhost:11434/v1"],
  ...["lmstudio", "lm-studio", "lm_studio"].map((name) => [name, "http://localhost:1234/v1"] as const),
  ...["llamacpp", "llama.cpp", "llama-cpp"].map((name) => [name, "http://localhost:8080/v1"] as const),
  ["vllm", "http://localhost:8000/v1"],
  ["openrouter", "https://openrouter.ai/api/v1"],
  ...["moonshot", "kimi"].map((name) => [name, "https://api.moonshot.ai/v1"] as const),
]);

/**
 * The name that is meant by `gemini:…`, `claude:…`, `openai/…` and the like. undefined for any other name. Only for a
 * model that has no server of its own: there `family:tag` and `maker/model` are names of models.
 */
export function meantName(name: string): MeantName | undefined {
  const [, given, model] = /^([A-Za-z][\w.-]*)[:/](.+)$/.exec(name) ?? [];
  if (given === undefined || model === undefined) return undefined;
  const word = given.toLowerCase();
  const address = SERVERS.get(word);
  if (address !== undefined) return { use: model, address };
  const provider = MEANT.get(word) ?? (PROVIDERS.has(word) ? word : undefined);
  const use = `${provider}:${model}`;
  return provider === undefined || use === name ? undefined : { use, provider };
}
