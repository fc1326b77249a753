// The resources of an MCP server, as tools. In: a server that has resources. Out: a tool that reads one by its address,
// and one that lists them. The inventory has these two, however many resources there are.
import { LIMITS } from "../../limits.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { serverTool, type Tool } from "../tool.js";
import { requested, untilAborted } from "./mcp-call.js";
import { labelsOf, rulesOf } from "./mcp-tool.js";
import type { ServerClient } from "./server-client.js";
import type { ServerRules } from "./server-config.js";
import { toldResources, toldTemplates } from "./told-list.js";
import { codeOf } from "./wire-problem.js";
import { dataOfResource, PARTS_OUTPUT, TEXT_OUTPUT, textOfResource } from "./told-content.js";

export const READ_RESOURCE = "read_resource";
export const LIST_RESOURCES = "list_resources";

interface ResourceSource {
  readonly server: string;
  readonly rules: ServerRules;
  readonly client: () => Promise<ServerClient>;
}

/** The protocol says that both only read. It counts, as a hint does, if the operator trusts the server. */
const HINTS = { readOnlyHint: true } as const;

export function readResourceTool({ server, rules, client }: ResourceSource): Tool {
  const own = rulesOf(rules, READ_RESOURCE);
  const labels = labelsOf(rules, own, HINTS);
  const { effects } = labels;
  const isParts = own.output === "parts";
  return serverTool({
    name: `${server}.${READ_RESOURCE}`,
    description: `Reads a resource of the server ${server} by its URI. ${server}.${LIST_RESOURCES} lists them.`,
    input: {
      type: "object",
      properties: { uri: { type: "string", description: "The URI of the resource." } },
      required: ["uri"],
      additionalProperties: false,
    },
    output: isParts ? PARTS_OUTPUT : TEXT_OUTPUT,
    ...labels,
    run: async ({ uri }, { signal }): Promise<Json> => {
      const { contents } = await requested(client, { effects, signal }, (connected) =>
        connected.readResource({ uri: uri as string }, { ...untilAborted(signal), cacheMode: "bypass" }),
      );
      return isParts ? contents.map(dataOfResource) : contents.map(textOfResource).join("\n");
    },
  });
}

const LISTED: JsonObject = {
  type: "array",
  items: {
    type: "object",
    properties: {
      uri: { type: "string", description: "An address, or (isTemplate) a pattern of addresses." },
      name: { type: "string" },
      description: { type: "string" },
      mimeType: { type: "string" },
      isTemplate: { type: "boolean" },
    },
    required: ["uri", "name"],
  },
};

export function listResourcesTool({ server, rules, client }: ResourceSource): Tool {
  const labels = labelsOf(rules, rulesOf(rules, LIST_RESOURCES), HINTS);
  const { effects } = labels;
  return serverTool({
    name: `${server}.${LIST_RESOURCES}`,
    description: `Lists the resources of the server ${server}: at most ${LIMITS.serverResources}.`,
    input: { type: "object", properties: {}, additionalProperties: false },
    output: LISTED,
    ...labels,
    run: async (_args, { signal }): Promise<Json> => {
      const listed = await requested(client, { effects, signal }, async (connected) => {
        const resources = await toldResources(connected, signal);
        const templates = await toldTemplates(connected, signal).catch((error: unknown) => noTemplates(error, signal));
        return [
          ...resources.entries.map((one) => ({ ...told(one), uri: one.uri })),
          ...templates.entries.map((one) => ({ ...told(one), uri: one.uriTemplate, isTemplate: true })),
        ];
      });
      return listed.slice(0, LIMITS.serverResources);
    },
  });
}

/** A server may have resources and know no templates. */
function noTemplates(error: unknown, signal: AbortSignal): { readonly entries: readonly never[] } {
  if (signal.aborted || codeOf(error) !== -32601) throw error;
  return { entries: [] };
}

interface ToldResource {
  readonly name: string;
  readonly description?: string | undefined;
  readonly mimeType?: string | undefined;
}

const told = ({ name, description, mimeType }: ToldResource) => ({
  name,
  ...(description === undefined ? {} : { description }),
  ...(mimeType === undefined ? {} : { mimeType }),
});
