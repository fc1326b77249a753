// `planloom mcp login` and `planloom mcp logout`. In: the name of a remote MCP server in the configuration. Out: tokens in
// a private file of this user, or none any more.
import { settingsOf } from "../../loom/config.js";
import { credentialsOf, signIn } from "../../tools/mcp/person-sign-in.js";
import type { McpServer } from "../../tools/mcp/server-config.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { EXIT } from "../exit-code.js";
import { configOf, type StoreFlags } from "../open-loom.js";
import { print, say } from "../output.js";
import { oneLine } from "../style.js";

/** Throws MCP_LOGIN_FAILED, CONFIG_INVALID. */
export async function mcpLoginCommand(name: string, flags: StoreFlags): Promise<number> {
  const file = await signIn(name, await serverNamed(name, flags), (address) => {
    say(`Open this address in a browser, and sign in to ${oneLine(name)}. Ctrl-C ends the wait.`);
    print(address.href);
  });
  if (file === undefined) say(`${oneLine(name)} wants no sign-in.`);
  else say(`You are signed in to ${oneLine(name)}. The tokens are in ${oneLine(file, 2_000)}.`);
  return EXIT.done;
}

/** Throws MCP_LOGIN_FAILED. */
export async function mcpLogoutCommand(name: string, flags: StoreFlags): Promise<number> {
  const { file } = credentialsOf(name, await serverNamed(name, flags));
  say(file.remove() ? `The tokens of ${oneLine(name)} are removed.` : `There were no tokens of ${oneLine(name)}.`);
  return EXIT.done;
}

async function serverNamed(name: string, flags: StoreFlags): Promise<McpServer> {
  const { config } = await configOf(flags, "drive");
  settingsOf(config);
  const { mcp = {} } = config;
  const server = Object.hasOwn(mcp, name) ? mcp[name] : undefined;
  if (server !== undefined) return server;
  throw new PlanloomError("MCP_LOGIN_FAILED", { server: name, problem: "unknown", known: Object.keys(mcp) });
}
