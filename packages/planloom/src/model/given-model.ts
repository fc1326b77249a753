// A model object that a user gives: one of any provider of the AI SDK. In: any value. Out: whether it can be called. The
// types of the SDK itself are in ai-sdk.ts: the published types must not need the SDK's.

/** A model instance of an AI SDK provider, for example `openai("gpt-4o")`; of AI SDK 5, 6 or 7 (v2, v3, v4). */
export interface AiSdkModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: object): PromiseLike<object>;
  doStream(options: object): PromiseLike<object>;
}

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
