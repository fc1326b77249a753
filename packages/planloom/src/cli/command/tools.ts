// The command `tools`: the tools that plans may use, or one of them. In: a name, or nothing. Out: lines on stdout. No tool
// is called.
import type { Loom } from "../../loom/loom.js";
import { builtInMissing, builtInsMissing } from "../../plan/built-in.js";
import { nearestNames } from "../../plan/nearest.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import { typeText, UNKNOWN } from "../../plan/type/type.js";
import type { AskedSource } from "../../tools/tool-source.js";
import { SET_UP } from "../../words/set-up.js";
import { problemLines, problemOf, usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { withLoom, type StoreFlags, type Use } from "../open-loom.js";
import { PROGRAM, print, printJson, printLines, say } from "../output.js";
import { toolLines } from "../render/tool.js";
import { count, oneLine } from "../style.js";

const READ: Use = { config: "read", store: "none", models: "not-called" };

type ToolsFlags = StoreFlags & ModelFlags & { readonly json?: boolean };

export const toolsCommand = async (name: string | undefined, flags: ToolsFlags): Promise<number> =>
  name === undefined ? listed(flags) : shown(name, flags);

async function shown(name: string, flags: ToolsFlags): Promise<number> {
  const asked = async (loom: Loom): Promise<ToolSpec> => {
    // Only the server of this tool is started.
    const { tools } = await loom.tools({ plan: { steps: [{ id: "shown", tool: name }] } });
    const spec = tools.find((tool) => tool.name === name);
    if (spec !== undefined) return spec;
    // Then all are asked: the name may be that of a server, or of a tool without its server.
    const servers = await loom.toolServers();
    throw unknown(oneLine(name, 80), servers, loom.inventory.tools);
  };
  const spec = await withLoom(flags, (config) => config, asked, portsOf(flags), READ);
  if (flags.json === true) printJson(spec);
  else printLines(toolLines(spec));
  return EXIT.done;
}

function unknown(name: string, servers: readonly AskedSource[], tools: readonly ToolSpec[]): Error {
  const names = tools.map((tool) => tool.name);
  const missing = builtInMissing(name, (tool) => names.includes(tool));
  if (missing !== undefined) {
    const how = `Set it up: ${SET_UP[missing.setting]}.`;
    return usageError(`The tool ${missing.tool} is built in, but it is not set up here.`, how);
  }
  const own = servers.find((server) => server.name === name)?.tools ?? [];
  if (own.length > 0) return usageError(`${name} is an MCP server.`, `Its tools are: ${own.join(", ")}.`);
  const near = nearestNames(name, names);
  const next = near.length === 0 ? `The tools are: ${names.join(", ")}.` : `Did you mean ${near.join(" or ")}?`;
  const failed = servers.filter(({ error }) => error !== undefined).map((server) => server.name);
  const silent = failed.length === 0 ? "" : ` These MCP servers cannot be used: ${failed.join(", ")}.`;
  return usageError(`There is no tool "${name}" here.${silent}`, next);
}

async function listed(flags: ToolsFlags): Promise<number> {
  const asked = async (loom: Loom) => ({ servers: await loom.toolServers(), ...loom.inventory });
  const { servers, tools, notes = [] } = await withLoom(flags, (config) => config, asked, portsOf(flags), READ);
  if (flags.json === true) {
    const told = servers.map(({ error, ...server }) =>
      error === undefined ? server : { ...server, error: problemOf(error) },
    );
    printJson({ tools, notes, servers: told });
  } else {
    for (const { name, description, input, output, effects, approval } of tools) {
      const type = typeText(output === undefined ? UNKNOWN : typeFromSchema(output));
      print(`${name} ${typeText(typeFromSchema(input))} -> ${type}`);
      print(`  ${oneLine(description, 400)} [effects: ${effects}${approval === undefined ? "" : ", needs approval"}]`);
    }
    for (const { name, tools: own, error } of servers)
      if (error === undefined) say(`The MCP server ${name} has ${count(own.length, "tool")}.`);
      else for (const line of problemLines(problemOf(error))) say(line);
    for (const note of notes) say(`The planner is told: ${oneLine(note, 2_000)}`);
    if (!tools.some(({ name }) => name === "search"))
      say("There is no search tool. --search FOLDER adds one, or the setting builtins.search.");
    const missing = builtInsMissing((tool) => tools.some(({ name }) => name === tool));
    if (missing.length > 0)
      say(`Also built in, but not set up here: ${missing.join(", ")}. \`${PROGRAM} tools NAME\` says how.`);
  }
  return servers.some(({ error }) => error !== undefined) ? EXIT.setup : EXIT.done;
}
