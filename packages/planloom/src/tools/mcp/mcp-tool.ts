// One tool of an MCP server as a tool of Planloom. In: what the server tells of it, and what the operator says of the
// server. Out: the tool.
import type { CallToolResult, Client, Tool as ToldTool } from "@modelcontextprotocol/client";
import type { Json, JsonObject } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { serverTool, ToolError, type Tool } from "../tool.js";
import type { ServerRules } from "./server-config.js";

interface Told {
  readonly server: string;
  readonly rules: ServerRules;
  readonly told: ToldTool;
  readonly client: () => Promise<Client>;
}

export function mcpTool({ server, rules, told, client }: Told): Tool {
  return serverTool({
    name: `${server}.${told.name}`,
    description: told.description ?? told.title ?? told.name,
    input: told.inputSchema as JsonObject,
    ...(told.outputSchema === undefined ? {} : { output: told.outputSchema as JsonObject }),
    effects: effectsOf(rules, told),
    egress: true,
    async run(args, { signal }) {
      const connected = await client();
      const called = { name: told.name, arguments: args };
      const result = (await connected.callTool(called, { signal }));
      return outputOf(result);
    },
  });
}

function effectsOf({ trusted = false }: ServerRules, { annotations = {} }: ToldTool): EffectClass {
  if (!trusted) return "once";
  if (annotations.readOnlyHint === true) return "none";
  return annotations.idempotentHint === true ? "idempotent" : "once";
}

/** The structured content; else the text. Throws ToolError if the server reports an error. */
function outputOf({ structuredContent, content = [], isError = false }: CallToolResult): Json {
  const text = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  if (isError) throw new ToolError(text);
  return structuredContent === undefined ? text : (structuredContent as Json);
}
