// The connection to an MCP server. In: how it is reached. Out: a client of the SDK, connected within a time limit. The
// newest revision of the protocol that the server speaks is used. The SDK is loaded by the first connection.
import { hasCode, PlanloomError } from "../../words/planloom-error.js";
import type { WireProblem } from "../../words/wire-problem.js";
import type { GuardedTransport } from "./guarded-transport.js";
import type { HttpServer, McpServer, StdioServer } from "./server-config.js";
import type { ServerClient } from "./server-client.js";
import { serverSecrets } from "./server-secrets.js";
import { TokenFile } from "./token-file.js";
import { WIRE_LIMITS, type WireLimits } from "./wire-limits.js";
import { chainOf, codeOf, isUnauthorized, shownText, wireProblem } from "./wire-problem.js";

interface Signs {
  /** The connection has ended. */
  readonly closed: () => void;
  /** The list of tools is another one now. */
  readonly changed: () => void;
}

/** Servers that were found to speak a revision before 2026-07-28 in this process. They are not asked again. */
const older = new WeakSet<McpServer>();

/** Rejects with PlanloomError MCP_UNAVAILABLE or MCP_LOGIN_NEEDED. */
export async function connectTo(
  name: string,
  server: McpServer,
  signs: Signs,
  limits: WireLimits = WIRE_LIMITS,
): Promise<ServerClient> {
  const isKnown = older.has(server);
  try {
    return await opened(name, server, signs, limits, isKnown);
  } catch (error) {
    // It was another server, or another version of it.
    if (isKnown) older.delete(server);
    const again = isKnown ? undefined : secondStart(server, error);
    if (again === undefined) throw errorOf(name, error);
    const patient = { ...limits, probeMs: limits.startMs };
    return opened(name, server, signs, patient, again === "older").catch((thrown: unknown) => {
      throw errorOf(name, thrown);
    });
  }
}

/**
 * As what a process is started once more. older: it ended at a question that it does not know. slow: it answered the
 * first question too late, and does not know the handshake of the older revision.
 */
function secondStart(server: McpServer, error: unknown): "older" | "slow" | undefined {
  if ("url" in server || !(error instanceof Failed)) return undefined;
  if (error.endedAtQuestion) return "older";
  return typeof codeOf(error.cause) === "number" ? "slow" : undefined;
}

class Failed extends Error {
  constructor(
    readonly problem: WireProblem,
    cause: unknown,
    /** The process ended while it was asked for its revision. */
    readonly endedAtQuestion: boolean,
  ) {
    super(problem.is, { cause });
  }
}

function errorOf(server: string, error: unknown): PlanloomError {
  if (isUnauthorized(error) || hasCode(error, "MCP_LOGIN_NEEDED"))
    return new PlanloomError("MCP_LOGIN_NEEDED", { server }, { cause: error });
  const problem = error instanceof Failed ? error.problem : wireProblem(error, (text) => text);
  return new PlanloomError("MCP_UNAVAILABLE", { server, problem }, { cause: error });
}

async function opened(
  name: string,
  server: McpServer,
  { closed, changed }: Signs,
  limits: WireLimits,
  isOlder: boolean,
): Promise<ServerClient> {
  const [{ ServerClient }, { guard, filter }] = await Promise.all([
    import("./server-client.js"),
    "url" in server ? toAddress(server, limits) : toProcess(server, limits),
  ]);
  const client = new ServerClient({ server: name, limits, filter, changed }, guard);
  try {
    await inTime(client.open(isOlder ? { kind: "legacy" } : undefined), limits.startMs);
  } catch (error) {
    void guard.close().catch(() => undefined);
    throw failedBy(error, guard, filter().text, limits);
  }
  if (client.getProtocolEra() === "legacy") older.add(server);
  client.onclose = closed;
  return client;
}

async function toProcess(server: StdioServer, limits: WireLimits) {
  const { ProcessTransport } = await import("./stdio-transport.js");
  return { guard: new ProcessTransport(server, limits), filter: serverSecrets(server) };
}

async function toAddress(server: HttpServer, limits: WireLimits) {
  const [{ httpTransport }, { KeptSignIn }] = await Promise.all([
    import("./http-transport.js"),
    import("./sign-in.js"),
  ]);
  // Credentials of the configuration replace those of a person.
  const hasOwn = Object.keys(server.headers ?? {}).some((name) => name.toLowerCase() === "authorization");
  if (hasOwn) return { guard: httpTransport(server, limits), filter: serverSecrets(server) };
  const file = new TokenFile(server.url);
  const tokens = () => {
    const { access_token: access, refresh_token: refresh } = file.read().tokens ?? {};
    return [access, refresh].filter((token) => token !== undefined);
  };
  return { guard: httpTransport(server, limits, new KeptSignIn(server, file)), filter: serverSecrets(server, tokens) };
}

class Silent extends Error {}

/** The work goes on after its time: the connection is closed, which ends it. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Silent()), ms)));
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function failedBy(
  error: unknown,
  guard: GuardedTransport,
  clean: (text: string) => string,
  { startMs }: WireLimits,
): Failed {
  const { broken } = guard;
  const stderr = "tail" in guard ? shownText((guard as { readonly tail: string }).tail, clean) : "";
  const last = stderr === "" ? {} : { stderr };
  if (broken !== undefined) return new Failed(broken.problem, error, false);
  if (error instanceof Silent || codeOf(error) === "REQUEST_TIMEOUT")
    return new Failed({ is: "silent", ms: startMs, ...last }, error, false);
  if ("tail" in guard && hasEnded(error))
    return new Failed({ is: "ended", ...last }, error, codeOf(error) === "ERA_NEGOTIATION_FAILED");
  return new Failed(wireProblem(error, clean), error, false);
}

const hasEnded = (error: unknown): boolean =>
  chainOf(error)
    .map(codeOf)
    .some((code) => code === "CONNECTION_CLOSED" || code === "ERA_NEGOTIATION_FAILED" || code === "EPIPE");
