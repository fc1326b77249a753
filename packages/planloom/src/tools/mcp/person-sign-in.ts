// Signs a person in to a remote MCP server. In: the server, and what shows the person an address. Out: tokens in a private
// file. The person opens the address in a browser; the browser comes back to an address on this machine.
import { LIMITS } from "../../limits.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { openCallbackServer } from "./callback-server.js";
import type { HttpServer, McpServer } from "./server-config.js";
import { TokenFile } from "./token-file.js";
import { WIRE_LIMITS } from "./wire-limits.js";
import { shownText, wireProblem } from "./wire-problem.js";
import { wireProblemText } from "../../words/wire-problem.js";

/** The file of its credentials. Throws PlanloomError MCP_LOGIN_FAILED if nobody signs in to such a server. */
export function credentialsOf(
  name: string,
  server: McpServer,
): { readonly server: HttpServer; readonly file: TokenFile } {
  if (!("url" in server)) throw new PlanloomError("MCP_LOGIN_FAILED", { server: name, problem: "no-address" });
  const hasOwn = Object.keys(server.headers ?? {}).some((header) => header.toLowerCase() === "authorization");
  if (hasOwn) throw new PlanloomError("MCP_LOGIN_FAILED", { server: name, problem: "own-credentials" });
  return { server, file: new TokenFile(server.url) };
}

/**
 * Returns the path of the file, or undefined if the server wants no sign-in. `show` may be called once. Rejects with
 * PlanloomError MCP_LOGIN_FAILED.
 */
export async function signIn(
  name: string,
  configured: McpServer,
  show: (address: URL) => void,
  ms: number = LIMITS.mcpLoginMs,
): Promise<string | undefined> {
  const { server, file } = credentialsOf(name, configured);
  const [{ PersonSignIn }, { plainFetch }] = await Promise.all([import("./sign-in.js"), import("./http-transport.js")]);
  const callback = await openCallbackServer();
  const late = AbortSignal.timeout(ms);
  try {
    const person = { redirectUrl: callback.url, show };
    const signing = new PersonSignIn(server, file, plainFetch(server, WIRE_LIMITS), person);
    const received = callback.received(signing.expectedState);
    if (!(await signing.begin())) return undefined;
    const { code, issuer, error } = await Promise.race([received, passed(late)]);
    if (code === undefined) throw new Error(error ?? "no code");
    await signing.end(code, issuer);
    return file.path;
  } catch (error) {
    throw failed(name, error, late.aborted ? ms : undefined);
  } finally {
    callback.close();
  }
}

const passed = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));

function failed(server: string, error: unknown, lateMs: number | undefined): PlanloomError {
  if (lateMs !== undefined)
    return new PlanloomError("MCP_LOGIN_FAILED", { server, problem: "late", minutes: Math.ceil(lateMs / 60_000) });
  const problem = wireProblem(error, (text) => text);
  const reason = problem.is === "failed" ? problem.reason : wireProblemText(problem);
  return new PlanloomError(
    "MCP_LOGIN_FAILED",
    { server, problem: "refused", reason: shownText(reason, (text) => text) },
    { cause: error },
  );
}
