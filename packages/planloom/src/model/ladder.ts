// The capability ladder: four ways to ask for JSON of a schema, from the strictest to plain words. In: a rung and options.
// Out: the options in that way, the reply read back, and which way to try after a refusal. Pure; remembers nothing itself.
import type { CallOptions } from "./ai-sdk.js";
import { functionTool } from "./call-options.js";
import type { ModelReply, ModelRequest } from "./port.js";
import type { ProviderFailure } from "./provider-failure.js";

export type Rung = "json_schema" | "tool" | "json_object" | "text";

/** From the top down. */
export const RUNGS: readonly Rung[] = ["json_schema", "tool", "json_object", "text"];

/** How a request is put: only what servers are known to refuse. */
export interface Way {
  readonly rung: Rung;
  readonly temperature: boolean;
}

export type Output = NonNullable<ModelRequest["output"]>;

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
      return { ...options, prompt: withSchema(options.prompt, output), responseFormat: { type: "json" } };
    case "text":
      return { ...options, prompt: withSchema(options.prompt, output) };
  }
}

/** The reply as text, also where it came as the input of the one tool. */
export function readBack(reply: ModelReply, rung: Rung): ModelReply {
  const call = reply.toolCalls[0];
  if (rung !== "tool" || call === undefined) return reply;
  const text = typeof call.args === "string" ? call.args : JSON.stringify(call.args);
  return { ...reply, text, toolCalls: [], finish: reply.finish === "tool-calls" ? "stop" : reply.finish };
}

/**
 * What to try after this failure: the highest rung that was not tried, which is the next lower one unless the first came from memory.
 * undefined where another form of the request would not help.
 */
export function wayAfter(
  way: Way,
  failure: ProviderFailure,
  sent: { readonly output: boolean; readonly tried: ReadonlySet<Rung> },
): Way | undefined {
  if (failure.kind === "refused" && way.temperature && /temperature/i.test(failure.words))
    return { ...way, temperature: false };
  if (!sent.output || !isAboutForm(failure, way.rung)) return undefined;
  const rung = RUNGS.find((one) => !sent.tried.has(one));
  return rung === undefined ? undefined : { ...way, rung };
}

/** Whether a server may take the same request in another form. Some answer 500 or 501 where they do not know a form. */
function isAboutForm(failure: ProviderFailure, rung: Rung): boolean {
  if (failure.kind === "failed") return failure.status === 501 || FORM_WORDS[rung].test(failure.words);
  if (failure.kind !== "refused" || NOT_ABOUT_FORM.has(failure.status ?? 400)) return false;
  return !OTHER_WORDS.test(failure.words);
}

const FORMAT_WORDS = /response_format|json|schema|grammar|structured/i;
const FORM_WORDS: Readonly<Record<Rung, RegExp>> = {
  json_schema: FORMAT_WORDS,
  tool: /\btools?\b|tool_choice|jinja|function call/i,
  json_object: FORMAT_WORDS,
  text: /(?!)/,
};

/** Of 400 and 404: the request is too long, the model is not there, the key is wrong. Sent in another form it is refused again. */
const OTHER_WORDS =
  /context (?:length|window|size)|maximum context|too many tokens|prompt is too long|api key|\bmodel\b.{0,80}\b(?:not found|does not exist)\b/i;

/** After the instructions, so that the part which servers may cache stays in front. */
function withSchema(prompt: CallOptions["prompt"], { schema, described }: Output): CallOptions["prompt"] {
  const form = described === true ? "" : ` It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`;
  const demand = `Reply with one JSON value and nothing else: no words around it, no code fence.${form}`;
  const [head, ...rest] = prompt;
  if (head?.role !== "system") return [{ role: "system", content: demand }, ...prompt];
  return [{ ...head, content: `${head.content}\n\n${demand}` }, ...rest];
}
