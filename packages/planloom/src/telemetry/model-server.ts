// Who serves a model, in the names of the GenAI conventions. In: the label of its endpoint: `host:port/path`, or the name
// of a package. Out: attributes.
import type { Attributes } from "./open-telemetry.js";

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)openai\.azure\.com|azure/, "azure.ai.openai"],
  [/(^|[./])openai(\.com|$)/, "openai"],
  [/anthropic/, "anthropic"],
  [/vertex|aiplatform/, "gcp.vertex_ai"],
  [/generativelanguage|google|gemini/, "gcp.gemini"],
  [/mistral/, "mistral_ai"],
  [/deepseek/, "deepseek"],
  [/groq/, "groq"],
  [/bedrock/, "aws.bedrock"],
  [/cohere/, "cohere"],
  [/moonshot/, "moonshot_ai"],
  [/perplexity/, "perplexity"],
  [/(^|[./])x\.ai|xai/, "x_ai"],
];

/** A server that only speaks the protocol of OpenAI, or a model of the program itself. */
const OTHER = { server: "openai_compatible", own: "custom" };

export function modelServer(label: string | undefined): Attributes {
  if (label === undefined) return { "gen_ai.provider.name": OTHER.own };
  const known = PROVIDERS.find(([names]) => names.test(label.toLowerCase().replace(/\/v\d.*$/, "")))?.[1];
  const host = label.startsWith("@") || !/[.:]/.test(label) ? undefined : /^(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(label);
  const port = host?.[2];
  return {
    "gen_ai.provider.name": known ?? (host ? OTHER.server : OTHER.own),
    ...(host && { "server.address": host[1]!, "server.port": port === undefined ? 443 : Number(port) }),
  };
}
