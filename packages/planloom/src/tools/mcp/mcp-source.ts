// The tools of one MCP server. In: how the server is reached. Out: a source of tools. The server is started when its
// tools are wanted first. The SDK is loaded then, too.
import type { Tool as ToldTool } from "@modelcontextprotocol/client";
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { hashOf } from "../../plan/hash.js";
import type { JsonObject } from "../../plan/json.js";
import { failWith } from "../../run/failure.js";
import { leftToolsText, type LeftTool } from "../../words/left-tools.js";
import { hasCode, PlanloomError } from "../../words/planloom-error.js";
import { builtinError } from "../builtin-error.js";
import { ToolError, toolErrorOf, type Tool } from "../tool.js";
import type { SourceTools, ToolSource } from "../tool-source.js";
import { mcpTool } from "./mcp-tool.js";
import { LIST_RESOURCES, listResourcesTool, READ_RESOURCE, readResourceTool } from "./resources.js";
import type { ServerClient } from "./server-client.js";
import type { McpServer } from "./server-config.js";
import { ServerLink } from "./server-link.js";
import { toldTools } from "./told-list.js";
import { isNamed, planNames } from "./tool-names.js";
import { isSessionLost, isUnauthorized, wireProblem } from "./wire-problem.js";

/** What a server has told in one connection. */
interface Told {
  readonly client: ServerClient;
  /** The hash of each tool's definition, by the name that the server gives it. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly source: SourceTools;
}

export class McpSource implements ToolSource {
  readonly #link: ServerLink;
  #asked: { readonly client: ServerClient; readonly told: Promise<Told> } | undefined;
  #changed: () => void = () => undefined;
  #isTelling = false;

  constructor(
    readonly name: string,
    private readonly server: McpServer,
    clock: Clock,
  ) {
    this.#link = new ServerLink(name, server, clock, () => this.#otherTools());
  }

  async tools(): Promise<SourceTools> {
    return (await this.#told()).source;
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /** What was told does not count from now on. A server that says so a hundred times at once is asked once. */
  #otherTools(): void {
    this.#asked = undefined;
    if (this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      this.#changed();
    });
  }

  /** What the server tells now. It is asked once in each connection, and again when it says that its tools changed. */
  async #told(): Promise<Told> {
    const client = await this.#link.connected();
    const before = this.#asked;
    if (before?.client === client) return before.told;
    const asked = { client, told: this.#ask(client) };
    this.#asked = asked;
    asked.told.then(
      // After a start the tools may be other ones.
      () => before !== undefined && this.#changed(),
      () => this.#asked === asked && (this.#asked = undefined),
    );
    return asked.told;
  }

  async #ask(client: ServerClient): Promise<Told> {
    try {
      const { entries, isCut } = await toldTools(client);
      const hashes = new Map(entries.map((told) => [told.name, hashOf(told)]));
      const hasResources = client.getServerCapabilities()?.resources !== undefined;
      return { client, hashes, source: this.#sourceOf(entries, hasResources, isCut) };
    } catch (error) {
      // The next plan makes a new one.
      if (isSessionLost(error, client)) await client.close();
      throw this.#unavailable(client, error);
    }
  }

  /** `isCut`: the server has even more. */
  #sourceOf(all: readonly ToldTool[], hasResources: boolean, isCut: boolean): SourceTools {
    const names = planNames(all.map(({ name }) => name));
    const wanted = all.filter(({ name }) => this.#isWanted(name));
    const taken = wanted.slice(0, LIMITS.serverTools);
    const more = wanted.length - taken.length;
    const beyond = { why: "more", server: this.name, tools: more, ...(isCut && { isCut }) } as const;
    const left: LeftTool[] = more === 0 && !isCut ? [] : [beyond];
    const tools: Tool[] = [];
    left.push(...this.#unknownRules(names, hasResources));
    for (const told of taken) {
      const made = this.#toolOf(told, names.get(told.name)!);
      if ("why" in made) left.push(made);
      else tools.push(made);
    }
    const given = new Set(names.values());
    const resources = hasResources ? this.#resourceTools().filter(({ name }) => !given.has(name)) : [];
    const notes = left.length === 0 ? {} : { notes: [leftToolsText(left)] };
    return { tools: [...tools, ...resources.map(({ tool }) => tool)], ...notes };
  }

  /** Names in the configuration that the server does not have. They may be misspelt. */
  #unknownRules(names: ReadonlyMap<string, string>, hasResources: boolean): readonly LeftTool[] {
    const ours: readonly string[] = hasResources ? [READ_RESOURCE, LIST_RESOURCES] : [];
    return Object.keys(this.server.tools ?? {})
      .filter((name) => !names.has(name) && !ours.includes(name))
      .map((name) => ({ why: "unknown", tool: `${this.name}.${name}` }));
  }

  #isWanted(name: string): boolean {
    const { include, exclude = [] } = this.server;
    return (include === undefined || isNamed(name, include)) && !isNamed(name, exclude);
  }

  /** The tool, or why it cannot be used. */
  #toolOf(told: ToldTool, name: string): Tool | LeftTool {
    const full = `${this.name}.${name}`;
    if (told.execution?.taskSupport === "required") return { why: "task", tool: full };
    const client = () => this.#clientFor(told, full);
    const taken = { server: this.name, name, rules: this.server, client };
    try {
      return mcpTool({ ...taken, told });
    } catch (error) {
      if (!hasCode(error, "BAD_TOOL")) throw error;
      if (!("side" in error.params) || error.params.side !== "output")
        return { why: "invalid", tool: full, reason: error.message };
      // A tool whose output has a schema that cannot be read still gives text.
      const { outputSchema: _unread, ...rest } = told;
      return mcpTool({ ...taken, told: rest });
    }
  }

  #resourceTools() {
    const source = { server: this.name, rules: this.server, client: () => this.#link.connected() };
    return [
      { name: READ_RESOURCE, tool: readResourceTool(source) },
      { name: LIST_RESOURCES, tool: listResourcesTool(source) },
    ].filter(({ name }) => this.#isWanted(name));
  }

  /**
   * The connection for a call of this tool. Rejects with a ToolError if the server is not there, or has another tool of
   * that name now: then nothing is called.
   */
  async #clientFor(told: ToldTool, tool: string): Promise<ServerClient> {
    const now = await this.#told().catch((error: unknown) => {
      throw asToolError(error);
    });
    const hash = now.hashes.get(told.name);
    if (hash === undefined) throw toolErrorOf(failWith("TOOL_GONE", { tool }));
    if (hash !== hashOf(told)) throw builtinError("SERVER_TOOL_CHANGED", { tool });
    return now.client;
  }

  #unavailable({ guard, filter }: ServerClient, error: unknown): unknown {
    if (error instanceof PlanloomError) return error;
    if (isUnauthorized(error)) return new PlanloomError("MCP_LOGIN_NEEDED", { server: this.name }, { cause: error });
    const problem = guard.broken?.problem ?? wireProblem(error, filter.text);
    return new PlanloomError("MCP_UNAVAILABLE", { server: this.name, problem }, { cause: error });
  }
}

/** The server cannot be reached, so nothing was called. */
function asToolError(error: unknown): unknown {
  if (!(error instanceof PlanloomError)) return error;
  const { code, params } = error;
  const failure = { code, params: params as unknown as JsonObject, retryable: true };
  return new ToolError(error.message, { code, failure, retryable: true, cause: error });
}
