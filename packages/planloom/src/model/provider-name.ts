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
