// Marks for servers that keep the beginning of a request only where it is marked. In: call options, and the model that
// is called. Out: the same options with marks. Other servers keep what they have read by themselves.
import type { CallOptions } from "../ai-sdk.js";

type Message = CallOptions["prompt"][number];
type Options = NonNullable<Message["providerOptions"]>;

interface CalledModel {
  readonly provider: string;
  readonly modelId: string;
}

const ANTHROPIC: Options = { anthropic: { cacheControl: { type: "ephemeral" } } };
const BEDROCK: Options = { bedrock: { cachePoint: { type: "default" } } };

/**
 * Marks the end of the tools, of the system message, and of a conversation that will go on. A mark costs a quarter more
 * for the tokens that are kept, so a request that nothing follows has none at its end.
 */
export function withCacheMarks(options: CallOptions, model: CalledModel): CallOptions {
  const mark = markOf(model);
  if (mark === undefined) return options;
  const { prompt, tools = [] } = options;
  const goesOn = tools.length > 0 || prompt.some(({ role }) => role === "assistant");
  const last = prompt.length - 1;
  return {
    ...options,
    prompt: prompt.map((message, at) =>
      message.role === "system" || (goesOn && at === last) ? marked(message, mark) : message,
    ),
    ...(tools.length === 0
      ? {}
      : { tools: tools.map((tool, at) => (at < tools.length - 1 ? tool : marked(tool, mark))) }),
  };
}

/** Claude, by the packages that read such marks, and the models of Bedrock that take them. */
function markOf({ provider, modelId }: CalledModel): Options | undefined {
  if (/bedrock/i.test(provider)) return /anthropic|claude|nova/i.test(modelId) ? BEDROCK : undefined;
  const isClaude = /anthropic/i.test(provider) || (/openrouter/i.test(provider) && /anthropic|claude/i.test(modelId));
  return isClaude ? ANTHROPIC : undefined;
}

function marked<Part extends Message | NonNullable<CallOptions["tools"]>[number]>(part: Part, mark: Options): Part {
  return { ...part, providerOptions: { ...(part as { providerOptions?: Options }).providerOptions, ...mark } };
}
