// The capability ladder: four ways to ask for JSON of a schema, from the strictest to plain text. In: a rung and
// options. Out: the options for that rung, the text of a reply, and the rung to try after a refusal. Pure; keeps no
// state.
import type { CallOptions } from "../ai-sdk.js";
import { functionTool } from "./call-options.js";
import type { ModelReply, ModelRequest } from "../port.js";
import type { ProviderFailure } from "../refusal/provider-failure.js";
import { NOT_ABOUT_FORM, refusalSubject } from "../refusal/refusal-subject.js";
import { toolRungAfter, type ToolRung } from "./tool-rung.js";

export type Rung = "json_schema" | "tool" | "json_object" | "text";

/** The rungs, from the strictest to the weakest. */
export const RUNGS: readonly Rung[] = ["json_schema", "tool", "json_object", "text"];

/** The form of a request: only settings that servers are known to refuse. */
export interface Way {
  readonly rung: Rung;
  readonly temperature: boolean;
  /** How tools are offered. Absent: auto. */
  readonly tools?: ToolRung;
}

/** A request that was sent, and the rungs that it was sent at. */
export interface Sent {
  readonly output: boolean;
  readonly tools: boolean;
  readonly tried: ReadonlySet<Rung>;
  readonly triedTools: ReadonlySet<ToolRung>;
}

export type Output = NonNullable<ModelRequest["output"]>;

/** The options that ask for `output` at this rung. Tools and a response format are never in one request. */
export function shaped(options: CallOptions, output: Output, rung: Rung): CallOptions {
  const { name, schema, described } = output;
  const prompt = withText(options.prompt, described?.enforced ?? "");
  switch (rung) {
    case "json_schema":
      return { ...options, prompt, responseFormat: { type: "json", name, schema: schema } };
    case "tool":
      return {
        ...options,
        prompt,
        tools: [functionTool(name, "Give the reply by calling this once.", schema)],
        toolChoice: { type: "required" },
      };
    case "json_object":
      return { ...options, prompt: withText(options.prompt, toldText(output)), responseFormat: { type: "json" } };
    case "text":
      return { ...options, prompt: withText(options.prompt, toldText(output)) };
  }
}

/** The reply as text, also if it came as the input of the one tool. */
export function readBack(reply: ModelReply, rung: Rung): ModelReply {
  const call = reply.toolCalls[0];
  if (rung !== "tool" || call === undefined) return reply;
  const text = typeof call.args === "string" ? call.args : JSON.stringify(call.args);
  return { ...reply, text, toolCalls: [], finish: reply.finish === "tool-calls" ? "stop" : reply.finish };
}

/**
 * The form to try after this failure: the highest rung that was not tried. That is the next lower one, unless the first
 * rung came from memory. undefined if no other form would help.
 */
export function wayAfter(way: Way, failure: ProviderFailure, sent: Sent): Way | undefined {
  if (failure.kind === "refused" && way.temperature && /temperature/i.test(failure.words))
    return { ...way, temperature: false };
  const tools = sent.tools ? toolRungAfter(way.tools ?? "auto", failure, sent.triedTools) : undefined;
  if (tools !== undefined) return { ...way, tools };
  if (!sent.output || !isAboutForm(failure, way.rung)) return undefined;
  const rung = RUNGS.find((one) => !sent.tried.has(one));
  return rung === undefined ? undefined : { ...way, rung };
}

/** Whether a server may accept the same request in another form. Some answer 500 or 501 to a form they do not know. */
function isAboutForm(failure: ProviderFailure, rung: Rung): boolean {
  if (failure.kind === "failed") return failure.status === 501 || FORM_WORDS[rung].test(failure.words);
  if (failure.kind !== "refused" || NOT_ABOUT_FORM.has(failure.status ?? 400)) return false;
  return refusalSubject(failure.status, failure.words) === undefined;
}

const FORMAT_WORDS = /response_format|json|schema|grammar|structured/i;
/** The one tool has the schema of the output. */
const TOOL_WORDS = /\btools?\b|tool_choice|jinja|function call|schema|grammar/i;
const FORM_WORDS: Readonly<Record<Rung, RegExp>> = {
  json_schema: FORMAT_WORDS,
  tool: TOOL_WORDS,
  json_object: FORMAT_WORDS,
  text: /(?!)/,
};

const DEMAND = "Reply with one JSON value and nothing else: no words around it, no code fence.";

const toldText = ({ schema, described }: Output): string =>
  described?.told ?? `${DEMAND} It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`;

/** Placed after the instructions, so that the beginning, which servers may cache, stays the same. */
function withText(prompt: CallOptions["prompt"], text: string): CallOptions["prompt"] {
  if (text === "") return prompt;
  const [head, ...rest] = prompt;
  if (head?.role !== "system") return [{ role: "system", content: text }, ...prompt];
  return [{ ...head, content: `${head.content}\n\n${text}` }, ...rest];
}
