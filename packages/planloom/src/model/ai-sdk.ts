// The types of the AI SDK that Planloom's own code uses. They must not be part of a published type: they need packages
// of types that a user does not have.
import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";

export type LanguageModelV3 = ReturnType<OpenAICompatibleProvider["chatModel"]>;
export type CallOptions = Parameters<LanguageModelV3["doGenerate"]>[0];
export type Generated = Awaited<ReturnType<LanguageModelV3["doGenerate"]>>;
export type StreamPart =
  Awaited<ReturnType<LanguageModelV3["doStream"]>>["stream"] extends ReadableStream<infer Part> ? Part : never;
