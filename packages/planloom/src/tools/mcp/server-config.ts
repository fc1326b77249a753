// How an MCP server is described in a configuration. Types only.
import type { JsonObject } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";

/** A server that is started on this machine, and spoken to over its standard input and output. */
export interface StdioServer extends ServerRules {
  readonly command: string;
  readonly args?: readonly string[];
  /** Variables beside PATH, HOME and the like. The process gets no others. */
  readonly env?: { readonly [name: string]: string };
  /** Default: the folder of the configuration file; in a program, its working folder. */
  readonly cwd?: string;
}

/** A server at an address, spoken to by streamable HTTP. */
export interface HttpServer extends ServerRules {
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  /** For an authorization server that knows this client already, or that gives only a scope that is asked for. */
  readonly oauth?: { readonly clientId?: string; readonly scope?: string };
}

/** What the operator says of a server. */
export interface ServerRules {
  /**
   * Whether the annotations of its tools count (`readOnlyHint` and the like). Default: false. Then each call acts once,
   * and its output is untrusted and private.
   */
  readonly trusted?: boolean;
  /** The tools that are taken, by the names that the server gives them; `*` stands for any text. Default: all. */
  readonly include?: readonly string[];
  /** The tools that are left out, likewise. It wins over `include`. */
  readonly exclude?: readonly string[];
  /** What the operator says of single tools, by the names that the server gives them. */
  readonly tools?: { readonly [tool: string]: ServerToolRules };
}

/** What the operator says of one tool. Each field wins over the annotations of the server. See `tool()`. */
export interface ServerToolRules {
  readonly effects?: EffectClass;
  readonly approval?: "required";
  /** Its output is trusted. */
  readonly trusted?: boolean;
  /** Its output is public. */
  readonly public?: boolean;
  /** Whether its arguments leave this machine. Default: true. */
  readonly egress?: boolean;
  readonly content?: readonly string[];
  /** Time limit of one call: ms, or text such as "30s". */
  readonly timeout?: number | string;
  /**
   * The output of a tool that declares none. text: its text. parts: a list of its parts, with images and the like.
   * Default: text.
   */
  readonly output?: "text" | "parts";
  /** Arguments of a call that changes nothing and shows what would change, such as `{ dryRun: true }`. */
  readonly preview?: JsonObject;
}

export type McpServer = StdioServer | HttpServer;

/** Servers by name. The name is the first part of the names of their tools. */
export interface McpServers {
  readonly [name: string]: McpServer;
}
