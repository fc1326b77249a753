// How an MCP server is described in a configuration. Types only.

/** A server that is started on this machine, and spoken to over its standard input and output. */
export interface StdioServer extends ServerRules {
  readonly command: string;
  readonly args?: readonly string[];
  /** Variables beside PATH, HOME and the like. The process gets no others. */
  readonly env?: { readonly [name: string]: string };
  /** Default: the folder of the project. */
  readonly cwd?: string;
}

/** A server at an address, spoken to by streamable HTTP. */
export interface HttpServer extends ServerRules {
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
}

/** What the operator says of a server. */
export interface ServerRules {
  /**
   * Whether the annotations of its tools count (`readOnlyHint` and the like). Default: false. Then each call acts once,
   * and its output is untrusted and private.
   */
  readonly trusted?: boolean;
}

export type McpServer = StdioServer | HttpServer;

/** Servers by name. The name is the first part of the names of their tools. */
export interface McpServers {
  readonly [name: string]: McpServer;
}
