// A model object of the AI SDK, as far as Planloom calls it. In: anything. Out: types, and whether it can be called.
// Separate because these types come from a package that is loaded only at the first call; here they are types alone.
import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";

/** A model instance of an AI SDK provider, for example `openai("gpt-4o")`; specification v2 (AI SDK 5) or v3 (AI SDK 6). */
export interface AiSdkModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: object): PromiseLike<object>;
  doStream(options: object): PromiseLike<object>;
}

export type LanguageModelV3 = ReturnType<OpenAICompatibleProvider["chatModel"]>;
export type CallOptions = Parameters<LanguageModelV3["doGenerate"]>[0];
export type Generated = Awaited<ReturnType<LanguageModelV3["doGenerate"]>>;
export type StreamPart =
  Awaited<ReturnType<LanguageModelV3["doStream"]>>["stream"] extends ReadableStream<infer Part> ? Part : never;

/** v2 and v3 take the same requests; how their replies differ is settled in reply.ts. */
const CALLABLE_VERSIONS: ReadonlySet<string> = new Set(["v2", "v3"]);

export function isAiSdkModel(value: object): value is AiSdkModel {
  return "doGenerate" in value && "specificationVersion" in value;
}

export function isCallable(model: AiSdkModel): boolean {
  return CALLABLE_VERSIONS.has(model.specificationVersion);
}
