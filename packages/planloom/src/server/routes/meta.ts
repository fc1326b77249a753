// What the server has, and whether it works, over HTTP. In: nothing. Out: routes.
import { messageOf } from "../../error.js";
import type { Loom } from "../../loom/loom.js";
import { isControl } from "../../plan/label.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

/** `control`: the arguments that choose what a call does, and to whom. */
function toolDocument(tool: ToolSpec): object {
  const { properties = {} } = tool.input;
  return { ...tool, control: Object.keys(properties as object).filter((name) => isControl(tool, name)) };
}

function serverDocument({ error, ...server }: Awaited<ReturnType<Loom["toolServers"]>>[number]): object {
  if (error === undefined) return server;
  const code = error instanceof PlanloomError ? { code: error.code } : {};
  return { ...server, error: { ...code, message: messageOf(error) } };
}

const tools = route({
  method: "get",
  path: "/v1/tools",
  id: "listTools",
  summary: "List the tools",
  description:
    "The tools that plans may use: their schemas, their effects, and the arguments that control a call. Starts the MCP servers that do not run.",
  answers: { 200: { description: "The tools, and what the planner is told about missing ones.", schema: "Tools" } },
  handle: async (loom) => {
    const servers = (await loom.toolServers()).map(serverDocument);
    const { tools: all, notes = [] } = loom.inventory;
    return jsonAnswer({ tools: all.map(toolDocument), notes, servers });
  },
});

const health = route({
  method: "get",
  path: "/healthz",
  id: "isAlive",
  isOpen: true,
  summary: "Whether the process answers",
  answers: { 200: { description: "It does.", schema: "Ok" } },
  handle: async () => jsonAnswer({ ok: true }),
});

const ready = route({
  method: "get",
  path: "/readyz",
  id: "isReady",
  isOpen: true,
  summary: "Whether the server can work",
  description: "Asks the store. A server that is not ready says why.",
  answers: { 200: { description: "It can.", schema: "Ok" } },
  problems: [503],
  handle: async (loom) => {
    await loom.list({ limit: 1 }).catch((error: unknown) => {
      // Everybody may ask, and the text of the error names the store.
      const reason = error instanceof PlanloomError ? error.code : "an unknown error";
      throw new PlanloomError("NOT_READY", { reason }, { cause: error });
    });
    return jsonAnswer({ ok: true });
  },
});

export const META_ROUTES = [tools] as const;
/** These need no token: they tell nothing of runs. */
export const OPEN_ROUTES = [health, ready] as const;
