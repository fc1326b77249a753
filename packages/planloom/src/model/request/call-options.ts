// Turns a request of the port into call options of the AI SDK. In: a ModelRequest. Out: call options, without the
// role's settings. Only this file knows both forms of a message.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { CallOptions } from "../ai-sdk.js";
import { orderedMessages } from "./message-rules.js";
import type { ModelMessage, ModelRequest, ToolCall } from "../port.js";
import { wireSchema } from "./wire-schema.js";

type Prompt = CallOptions["prompt"];
type Message = Prompt[number];
type FunctionTool = Extract<NonNullable<CallOptions["tools"]>[number], { type: "function" }>;

export function callOptionsOf(request: ModelRequest): CallOptions {
  const tools = request.tools ?? [];
  const prompt = promptOf(request.system, orderedMessages(request.messages));
  if (tools.length === 0) return { prompt };
  return {
    prompt,
    tools: tools.map((tool) => functionTool(tool.name, tool.description, wireSchema(tool.input))),
    toolChoice: { type: request.toolChoice ?? "auto" },
  };
}

/** A tool without `execute`: the SDK returns its calls and never runs anything. */
export function functionTool(name: string, description: string, input: JsonObject): FunctionTool {
  return { type: "function", name, description, inputSchema: input };
}

function promptOf(system: string, messages: readonly ModelMessage[]): Prompt {
  const rest = messages.map(messageOf);
  return system === "" ? rest : [{ role: "system", content: system }, ...rest];
}

function messageOf(message: ModelMessage): Message {
  switch (message.role) {
    case "user":
      return { role: "user", content: [{ type: "text", text: message.text }] };
    case "assistant":
      return {
        role: "assistant",
        content: [
          ...(message.reasoning ?? []).map(({ text, meta }) => ({
            type: "reasoning" as const,
            text,
            ...optionsOf(meta),
          })),
          ...(message.text === "" ? [] : [{ type: "text" as const, text: message.text }]),
          ...(message.toolCalls ?? []).map(toolCallPart),
        ],
      };
    case "tool":
      return {
        role: "tool",
        content: message.results.map((result) => ({
          type: "tool-result",
          toolCallId: result.id,
          toolName: result.name,
          output: { type: result.isError ? "error-text" : "text", value: result.text },
        })),
      };
  }
}

function toolCallPart({ id, name, args, meta }: ToolCall) {
  return { type: "tool-call" as const, toolCallId: id, toolName: name, input: argumentsOf(args), ...optionsOf(meta) };
}

type ProviderData = NonNullable<Extract<Message, { role: "assistant" }>["content"][number]["providerOptions"]>;

/** Data of the provider as it came. The package for compatible servers reads signatures under another name. */
function optionsOf(meta: JsonObject | undefined): { readonly providerOptions?: ProviderData } {
  if (meta === undefined) return {};
  const options = Object.fromEntries(Object.entries(meta).filter(([, value]) => isObject(value))) as ProviderData;
  const signature = options[ENDPOINT_PROVIDER]?.["thoughtSignature"];
  return {
    providerOptions: signature === undefined ? options : { ...options, google: { thoughtSignature: signature } },
  };
}

/** The name under which the package for OpenAI-compatible servers gives their data. */
export const ENDPOINT_PROVIDER = "planloom";

/**
 * Chat templates of local servers read arguments as an object. Any other value that a model wrote is wrapped in one.
 */
function argumentsOf(args: Json): JsonObject {
  return isObject(args) ? args : { arguments: args };
}
