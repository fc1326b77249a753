// The settings of MCP servers: each wrong value is an error with its key and what to write. No value of a variable or of
// a header is shown.
import { expect, test } from "vitest";
import { createLoom, type LoomConfig } from "../../../src/index.js";
import { PlanloomError } from "../../../src/words/planloom-error.js";

const SECRET = "a-secret-value";

test.each<readonly [mcp: unknown, setting: string, write: RegExp]>([
  [[], "mcp", /a record of servers by name/],
  [{ "my fs": { command: "x" } }, "mcp.my fs", /a name of a letter/],
  [{ fs: "npx x" }, "mcp.fs", /a server: \{ command/],
  [{ fs: {} }, "mcp.fs", /a server: \{ command/],
  [{ fs: { command: "x", url: "https://a.example" } }, "mcp.fs", /a server: \{ command/],
  [{ fs: { comand: "x" } }, "mcp.fs.comand", /^Write command\./],
  [{ fs: { command: "x", timeout: 5 } }, "mcp.fs.timeout", /^Write one of command, args/],
  [{ fs: { command: "" } }, "mcp.fs.command", /the program that starts the server/],
  [{ fs: { command: "x", args: "-y" } }, "mcp.fs.args", /a list of texts/],
  [{ fs: { command: "x", env: { KEY: [SECRET] } } }, "mcp.fs.env.KEY", /a record of texts: env/],
  [{ fs: { command: "x", env: { KEY: undefined } } }, "mcp.fs.env.KEY", /a record of texts: env/],
  [{ fs: { command: "x", cwd: 1 } }, "mcp.fs.cwd", /a folder/],
  [{ fs: { command: "x", trusted: "yes" } }, "mcp.fs.trusted", /true or false/],
  [{ fs: { command: "x", include: "read" } }, "mcp.fs.include", /a list of names of tools/],
  [{ fs: { command: "x", headers: {} } }, "mcp.fs.headers", /command/],
  [{ fs: { command: "x", tools: [] } }, "mcp.fs.tools", /a record by the names of tools/],
  [{ fs: { command: "x", tools: { w: { effects: "write" } } } }, "mcp.fs.tools.w.effects", /none, idempotent, once/],
  [{ fs: { command: "x", tools: { w: { preview: true } } } }, "mcp.fs.tools.w.preview", /dryRun/],
  [{ fs: { command: "x", tools: { w: { timeout: "soon" } } } }, "mcp.fs.tools.w.timeout", /"30s"/],
  [{ fs: { command: "x", tools: { w: { approve: true } } } }, "mcp.fs.tools.w.approve", /./],
  [{ crm: { url: `https://u:${SECRET}@a.example` } }, "mcp.crm.url", /an http or https address/],
  [{ crm: { url: "a.example" } }, "mcp.crm.url", /an http or https address/],
  [{ crm: { url: "https://a.example", headers: { A: `${SECRET}\n` } } }, "mcp.crm.headers.A", /each on one line/],
])("%j is refused", async (mcp, setting, write) => {
  const error = await createLoom({ store: "memory", mcp } as LoomConfig).catch((thrown: unknown) => thrown);
  if (!(error instanceof PlanloomError)) throw new Error("it is taken");
  expect(error).toMatchObject({ code: "CONFIG_INVALID", params: { setting } });
  expect(error.next).toMatch(write);
  expect(`${error.message} ${error.next}`).not.toContain(SECRET);
});
