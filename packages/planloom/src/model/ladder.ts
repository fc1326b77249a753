// The capability ladder: four ways to ask for JSON of a schema, from the strictest to plain words. In: a rung and options.
// Out: the options in that way, the reply read back, and which way to try after a refusal. Pure; remembers nothing itself.
import type { JsonObject } from "../plan/json.js";
import type { CallOptions } from "./ai-sdk.js";
import { functionTool } from "./call-options.js";
import type { ModelReply } from "./port.js";
import type { ProviderFailure } from "./provider-failure.js";

export type Rung = "json_schema" | "tool" | "json_object" | "text";

/** From the top down. */
export const RUNGS: readonly Rung[] = ["json_schema", "tool", "json_object", "text"];

/** How a request is put: only what servers are known to refuse. */
export interface Way {
  readonly rung: Rung;
  readonly temperature: boolean;
}

export interface Output {
  readonly name: string;
  readonly schema: JsonObject;
}

/** Statuses that say nothing about the form of a request: credentials, money, size, pace, conflict, law. */
const NOT_ABOUT_FORM: ReadonlySet<number> = new Set([401, 402, 403, 407, 408, 409, 410, 413, 425, 429, 451]);

/** The options that ask for `output` in the way of a rung. Tools and a response format are never in one request. */
export function shaped(options: CallOptions, output: Output, rung: Rung): CallOptions {
  const { name, schema } = output;
  switch (rung) {
    case "json_schema":
      return { ...options, responseFormat: { type: "json", name, schema: schema } };
    case "tool":
      return {
        ...options,
        tools: [functionTool(name, "Give the reply by calling this once.", schema)],
        toolChoice: { type: "required" },
      };
    case "json_object":
      return { ...options, prompt: withSchema(options.prompt, schema), responseFormat: { type: "json" } };
    case "text":
      return { ...options, prompt: withSchema(options.prompt, schema) };
  }
}

/** The reply as text, also where it came as the input of the one tool. */
export function readBack(reply: ModelReply, rung: Rung): ModelReply {
  const call = reply.toolCalls[0];
  if (rung !== "tool" || call === undefined) return reply;
  const text = typeof call.args === "string" ? call.args : JSON.stringify(call.args);
  return { ...reply, text, toolCalls: [], finish: reply.finish === "tool-calls" ? "stop" : reply.finish };
}

/** What to try after this failure, or undefined where another form of the request would not help. */
export function wayAfter(
  way: Way,
  failure: ProviderFailure,
  sent: { temperature: boolean; output: boolean },
): Way | undefined {
  if (failure.kind !== "refused") return undefined;
  if (sent.temperature && /temperature/i.test(failure.words)) return { ...way, temperature: false };
  const lower = RUNGS[RUNGS.indexOf(way.rung) + 1];
  if (!sent.output || lower === undefined || NOT_ABOUT_FORM.has(failure.status ?? 400)) return undefined;
  return { ...way, rung: lower };
}

/** After the instructions, so that the part which servers may cache stays in front. */
function withSchema(prompt: CallOptions["prompt"], schema: JsonObject): CallOptions["prompt"] {
  const demand =
    "Reply with one JSON value and nothing else: no words around it, no code fence. It must be valid against this JSON Schema:\n" +
    JSON.stringify(schema);
  const [head, ...rest] = prompt;
  if (head?.role !== "system") return [{ role: "system", content: demand }, ...prompt];
  return [{ ...head, content: `${head.content}\n\n${demand}` }, ...rest];
}
