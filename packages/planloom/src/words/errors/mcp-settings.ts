// Words for settings of MCP servers: what a value must be. configuration.ts uses them.

export type McpForm = keyof typeof FORMS;

const FORMS = {
  servers: 'a record of servers by name: mcp: { fs: { command: "npx", args: [...] } }',
  server: 'a server: { command: "npx", args: [...] } or { url: "https://…" }',
  name: "a name of a letter, then at most 63 letters, digits, _ or -: plans write it before the tool, as in fs.read_file",
  command: 'the program that starts the server, without its arguments: command: "npx", args: [...]',
  texts: 'a list of texts: ["-y", "my-server"]',
  env: "a record of texts: env: { NAME: process.env.NAME }",
  folder: "a folder",
  address: 'an http or https address without a user name: url: "https://mcp.example.com/mcp"',
  headers: 'a record of texts: headers: { Authorization: "Bearer …" }, each on one line',
  oauth: 'a record of texts: oauth: { clientId: "my-client", scope: "read" }',
  patterns: 'a list of names of tools, with * for any text: ["read_*"]',
  "tool-rules": 'a record by the names of tools: tools: { write_file: { effects: "idempotent" } }',
  arguments: "a record of arguments: preview: { dryRun: true }",
  duration: 'ms, or a text such as "30s"',
} as const;

export const mcpFormText = (form: McpForm): string => FORMS[form];
