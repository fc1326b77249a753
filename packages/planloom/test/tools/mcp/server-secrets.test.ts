// Where the secrets of an MCP server stand in its configuration. What the server says of them is hidden.
import { expect, test } from "vitest";
import type { McpServer } from "../../../src/tools/mcp/server-config.js";
import { serverSecrets } from "../../../src/tools/mcp/server-secrets.js";

test.each<readonly [string, McpServer]>([
  ["a header", { url: "https://a.example", headers: { "X-Api-Key": "abcdefghijkl" } }],
  ["a field of the address", { url: "https://a.example/mcp?v=1&api_key=abcdefghijkl" }],
  ["a variable", { command: "x", env: { API_TOKEN: "abcdefghijkl" } }],
  ["a flag", { command: "x", args: ["serve", "--api-key", "abcdefghijkl"] }],
  ["a header in an argument", { command: "x", args: ["--header", "Authorization: Bearer abcdefghijkl"] }],
  ["the first of two flags", { command: "x", args: ["--key", "abcdefghijkl", "--key", "mnopqrstuvwx"] }],
  ["a flag with its value", { command: "x", args: ["--token=abcdefghijkl"] }],
])("%s", (_where, server) => {
  expect(serverSecrets(server)().text("usage: abcdefghijkl serve")).toMatch(/^usage: \[secret [\w.-]+\] serve$/u);
});

test("other words stay", () => {
  const server = { command: "x", args: ["--folder", "documents", "--key", "--verbose-output"] };
  expect(serverSecrets(server)().text("documents --verbose-output")).toBe("documents --verbose-output");
});
