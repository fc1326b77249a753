// One tool of an MCP server as a tool of Planloom. In: what the server tells of it, and what the operator says of the
// server. Out: the tool. Without a word of the operator each call acts once, and its arguments leave this machine.
import type { CallToolResult, Tool as ToldTool } from "@modelcontextprotocol/client";
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Json, JsonObject } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { serverTool, ToolError, type Tool, type ToolDefinition } from "../tool.js";
import { previewIn } from "./call-preview.js";
import { callServer } from "./mcp-call.js";
import type { ServerClient } from "./server-client.js";
import type { ServerRules, ServerToolRules } from "./server-config.js";
import { PARTS_OUTPUT, dataOfParts, TEXT_OUTPUT, textOfParts } from "./told-content.js";

export interface TakenTool {
  readonly server: string;
  /** The part of its name after that of the server. */
  readonly name: string;
  readonly rules: ServerRules;
  readonly told: ToldTool;
  /** The connection, if the tool is still the one that was told. */
  readonly client: () => Promise<ServerClient>;
}

type ServerToolDefinition = ToolDefinition<JsonObject, JsonObject | undefined>;

/** Throws PlanloomError BAD_TOOL if a plan cannot use it. */
export function mcpTool(taken: TakenTool): Tool {
  const { server, name, rules, told } = taken;
  const own = rulesOf(rules, told.name);
  const labels = labelsOf(rules, own, told.annotations);
  const output = outputOf(told, own);
  const call = (args: JsonObject, context: Parameters<typeof callServer>[3]): Promise<CallToolResult> =>
    callServer(taken.client, { told, effects: labels.effects }, args, context);
  return serverTool({
    name: `${server}.${name}`,
    description: beginning(told.description ?? told.title ?? told.name, LIMITS.serverTextChars),
    input: told.inputSchema as JsonObject,
    output: output.schema,
    ...labels,
    ...(own.preview === undefined
      ? {}
      : {
          preview: async (args, { signal }) =>
            previewIn(settled(await call({ ...args, ...own.preview }, { signal, ...ALONE }), "none"), args),
        }),
    run: async (args, context) => output.of(settled(await call(args, context), labels.effects)),
  });
}

/** Nobody is told of the progress of a preview, and its server can ask nobody. */
const ALONE = { key: "preview", progress: () => undefined };

export const rulesOf = ({ tools = {} }: ServerRules, name: string): ServerToolRules =>
  Object.hasOwn(tools, name) ? tools[name]! : {};

/** The word of the operator wins. The annotations of the server count if the operator trusts it. */
export function labelsOf(
  { trusted = false }: ServerRules,
  own: ServerToolRules,
  annotations: ToldTool["annotations"] = {},
): Pick<ServerToolDefinition, "effects" | "egress"> & Partial<ServerToolDefinition> {
  const egress = own.egress ?? !(trusted && annotations.openWorldHint === false);
  return {
    effects: own.effects ?? (trusted ? hintedEffects(annotations) : "once"),
    egress,
    ...(own.approval === undefined ? {} : { approval: own.approval }),
    ...(own.trusted === undefined ? {} : { trusted: own.trusted }),
    ...(own.public === undefined ? {} : { public: own.public }),
    ...(own.content === undefined ? {} : { content: own.content }),
    ...(own.timeout === undefined ? {} : { timeout: own.timeout }),
  };
}

/** A tool that says both that it only reads and that it destroys is not believed. */
function hintedEffects({
  readOnlyHint,
  destructiveHint,
  idempotentHint,
}: NonNullable<ToldTool["annotations"]>): EffectClass {
  if (readOnlyHint === true && destructiveHint !== true) return "none";
  return idempotentHint === true ? "idempotent" : "once";
}

/** The result. An error that the server reports of a call that acts once is not followed by another call. */
function settled(result: CallToolResult, effects: EffectClass): CallToolResult {
  if (result.isError !== true) return result;
  const text = textOfParts(result.content ?? []);
  throw new ToolError(text === "" ? "The server gave no reason." : text, { retryable: effects !== "once" });
}

interface ServerOutput {
  readonly schema: JsonObject;
  readonly of: (result: CallToolResult) => Json;
}

/** The structured content, if the tool declares a schema of it; else its text, or the parts of its content. */
function outputOf({ outputSchema }: ToldTool, { output }: ServerToolRules): ServerOutput {
  if (outputSchema !== undefined)
    return { schema: outputSchema as JsonObject, of: (result) => (result.structuredContent ?? null) as Json };
  return output === "parts"
    ? { schema: PARTS_OUTPUT, of: ({ content = [] }) => dataOfParts(content) }
    : { schema: TEXT_OUTPUT, of: ({ content = [] }) => textOfParts(content) };
}
