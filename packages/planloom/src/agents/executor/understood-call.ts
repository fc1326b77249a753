// A call as the model wrote it. In: the call, and the tools of the step. Out: the tool and arguments that are meant, or
// the text that answers a call that cannot be made.
import type { ToolCall } from "../../model/port.js";
import { toolMeant } from "../../model/reply/tool-name.js";
import { canonicalJson, isObject, type Json, type JsonObject } from "../../plan/json.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import type { Tool } from "../../tools/tool.js";
import { argumentsHint } from "./call-outcome.js";
import type { AgentContext } from "../checkpoint.js";
import type { Previews } from "../preview.js";
import { toolFailure } from "../prompts.js";
import { fromStrict } from "../typed/strict-schema.js";
import { withoutTextValues } from "../typed/text-values.js";
import { offeredSpecs, READ_RESULT, type ToolBench } from "./tool-bench.js";

export type UnderstoodCall = { readonly call: ToolCall } & (
  { readonly tool: Tool; readonly args: JsonObject } | { readonly text: string; readonly isError?: true }
);

/** Finds the tool of a call. A call that cannot be made is answered here. An exact name comes first. */
export function understand(call: ToolCall, bench: ToolBench): UnderstoodCall {
  const exact = bench.tools.find(({ spec }) => spec.name === call.name);
  const offered = offeredSpecs(bench).map(({ name }) => name);
  const named = toolMeant(call.name, offered.includes(READ_RESULT) ? offered : [...offered, READ_RESULT]);
  const name = named.found === "one" ? named.name : undefined;
  const tool = exact ?? bench.tools.find(({ spec }) => spec.name === name);
  if (tool === undefined && name === READ_RESULT) return { call, ...readOn(call.args, bench.previews) };
  if (tool === undefined && named.found === "several")
    return { call, text: severalText(call, named.names), isError: true };
  if (tool === undefined) return { call, text: unknownToolText(call, bench), isError: true };
  const given = call.args === null || call.args === "" ? {} : call.args;
  const type = typeFromSchema(tool.spec.input);
  const args = withoutTextValues(fromStrict(given, type), type);
  if (isObject(args)) return { call, tool, args };
  return {
    call,
    text: toolFailure("BAD_ARGUMENTS", "The arguments are not a JSON object.", argumentsHint(tool)),
    isError: true,
  };
}

const severalText = ({ name }: ToolCall, names: readonly string[]): string =>
  toolFailure("UNKNOWN_TOOL", `"${name}" may be any of these tools: ${names.join(", ")}. Write its name exactly.`);

export function unknownToolText({ name }: ToolCall, bench: ToolBench): string {
  const names = offeredSpecs(bench).map((spec) => spec.name);
  return toolFailure(
    "UNKNOWN_TOOL",
    `There is no tool "${name}" in this step. Its tools: ${names.join(", ") || "none"}.`,
  );
}

/**
 * The arguments of a call with effects as the journal has them, if it was made before. Another release of the tool may
 * read the same reply of the model in another way, and what was done stays what it was.
 */
export async function recordedArgs(
  { args: given }: ToolCall,
  { spec: { name, effects } }: Tool,
  { intended }: AgentContext,
): Promise<JsonObject | undefined> {
  // Calls without effects are made side by side, and their rows have no keys.
  const intent = effects === "none" ? undefined : await intended?.();
  if (!isObject(intent) || intent["tool"] !== name) return undefined;
  const recorded = intent["asked"] ?? intent["args"];
  const isSame = isObject(recorded) && canonicalJson(asWritten(recorded)) === canonicalJson(asWritten(given || {}));
  return isSame ? recorded : undefined;
}

/**
 * A value without what depends on the definition of the tool: which nulls stand for an absent argument, and which texts
 * for numbers and booleans.
 */
function asWritten(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(asWritten);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value.trim();
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [name, asWritten(field)]));
}

function readOn(args: Json, previews: Previews): { readonly text: string; readonly isError?: true } {
  const { step = "", from = 0 } = isObject(args) ? args : {};
  const start = typeof from === "number" && from > 0 ? Math.floor(from) : 0;
  const text = typeof step === "string" ? previews.read(step, start) : undefined;
  if (text !== undefined) return { text };
  const names = previews.names.join(", ") || "none: no data was cut";
  return { text: toolFailure("BAD_ARGUMENTS", `step must be one of: ${names}.`), isError: true };
}
