// `planloom mcp`. In: flags. Out: the MCP server, on the streams of this process or on a port, until its client is gone or
// the process is asked to end. On the streams, stdout carries the protocol alone.
import { Writable } from "node:stream";
import { systemClock } from "../../clock.js";
import { messageOf } from "../../error.js";
import type { Loom } from "../../loom/loom.js";
import type { McpOptions } from "../../server/mcp/offered-tool.js";
import { listen } from "../../server/listen.js";
import { mcpApp } from "../../server/mcp-routes.js";
import { serveMcpOn } from "../../server/mcp/stdio.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { withLoom, type StoreFlags } from "../open-loom.js";
import { printLines, say } from "../output.js";
import { ownVersion } from "../own-file.js";
import { placeOf, type AddressFlags, type ServedPlace } from "../served-place.js";
import { writeLines } from "../streams.js";
import { oneLine } from "../style.js";
import { cliSurface } from "../surface.js";
import { untilAsked } from "../until-asked.js";

type McpFlags = StoreFlags &
  ModelFlags &
  Partial<AddressFlags> & {
    readonly http?: boolean;
    readonly allowApprove?: boolean;
    /** false with `--no-ask`. */
    readonly ask?: boolean;
    readonly studio?: string;
  };

export async function mcpCommand(flags: McpFlags): Promise<number> {
  const { host = "127.0.0.1", port = "4951", http = false } = flags;
  const place = http ? placeOf({ ...flags, host, port }) : undefined;
  return withLoom(
    flags,
    (config) => config,
    (loom) => (place === undefined ? serveStreams(loom, flags) : serveHttp(loom, flags, place)),
    portsOf(flags),
  );
}

async function serveHttp(loom: Loom, flags: McpFlags, place: ServedPlace): Promise<number> {
  const stopping = new AbortController();
  const asked = untilAsked();
  const options = await mcpOptions(flags, stopping.signal);
  const server = await listen(() => mcpApp(loom, options, place), place);
  try {
    printLines([`${server.url}/mcp`, ...(place.isRandom ? [`token: ${place.tokens[0]!.token}`] : [])]);
    await asked;
    say("Stopping. Runs are released. Once more ends at once.");
  } finally {
    stopping.abort();
    await server.close();
  }
  return EXIT.done;
}

async function serveStreams(loom: Loom, flags: McpFlags): Promise<number> {
  const stopping = new AbortController();
  void untilAsked().then(() => stopping.abort());
  const options = await mcpOptions(flags, stopping.signal);
  if (process.stdin.isTTY)
    say("An MCP client starts this command. It speaks on standard input; its end ends the server.");
  const ended = await serveMcpOn(loom, options, { input: process.stdin, output: protocolOutput(), tell });
  return ended === "broken" ? EXIT.failed : EXIT.done;
}

/** The options of an MCP server of this process. */
async function mcpOptions(flags: McpFlags, stopping: AbortSignal): Promise<McpOptions> {
  const { allowApprove = false, ask = true, studio } = flags;
  return {
    version: await ownVersion(),
    mayApprove: allowApprove,
    asksClient: ask,
    person: cliSurface,
    ...(studio === undefined ? {} : { studio }),
    clock: systemClock,
    stopping,
  };
}

const tell = (error: Error): void => say(`note: ${oneLine(messageOf(error), 500)}`);

/** `process.stdout` of other code leads to stderr. */
const protocolOutput = (): Writable =>
  new Writable({
    decodeStrings: false,
    write(text: string | Buffer, _encoding, done) {
      writeLines("stdout", String(text));
      done();
    },
  });
