// The variables in which packages of the AI SDK look for their keys. In: the name of a provider, or the label of a
// target. Out: the variable. Planloom reads OPENAI_API_KEY and its own variables; the packages read these themselves.

const PROVIDERS: ReadonlySet<string> = new Set(
  (
    "openai anthropic google google-vertex amazon-bedrock mistral azure groq xai cohere perplexity deepseek " +
    "togetherai fireworks cerebras deepinfra vercel"
  ).split(" "),
);

/** Providers whose variable does not begin with their name. */
const OTHER_NAMES: { readonly [provider: string]: string } = {
  google: "google_generative_ai",
  togetherai: "together_ai",
};

function keyVariableOf(provider: string): string | undefined {
  if (!PROVIDERS.has(provider)) return undefined;
  if (provider === "amazon-bedrock") return "AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  return `${(OTHER_NAMES[provider] ?? provider).replaceAll("-", "_").toUpperCase()}_API_KEY`;
}

/** For `@ai-sdk/anthropic`, a model object of `anthropic.messages`, or `api.openai.com/v1`. */
export function keyVariableAt(label = ""): string | undefined {
  if (/^api\.openai\.com(?:[:/]|$)/.test(label)) return keyVariableOf("openai");
  const [, provider] = /^(?:@ai-sdk\/)?([a-z-]+)(?:\.[a-z-]+)?$/.exec(label) ?? [];
  return provider === undefined ? undefined : keyVariableOf(provider);
}

/** The variable of `anthropic:claude-…`. */
export const keyVariableFor = (model: string): string | undefined => keyVariableOf(model.replace(/:.*$/s, ""));
