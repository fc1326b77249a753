// The part of an AI SDK model that Planloom calls. In: any value. Out: types, and whether the value can be called. The
// SDK itself is loaded at the first call, so this file has only types of it.
import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";

/** A model instance of an AI SDK provider, for example `openai("gpt-4o")`; of AI SDK 5, 6 or 7 (v2, v3, v4). */
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

/**
 * They take the same requests, but for the setting of reasoning (call-settings.ts). reply.ts handles the differences of
 * their replies.
 */
const CALLABLE_VERSIONS: ReadonlySet<string> = new Set(["v2", "v3", "v4"]);

export function isAiSdkModel(value: object): value is AiSdkModel {
  return "doGenerate" in value && "specificationVersion" in value;
}

export function isCallable(model: AiSdkModel): boolean {
  return CALLABLE_VERSIONS.has(model.specificationVersion);
}
