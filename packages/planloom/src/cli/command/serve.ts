// `planloom serve` and `planloom studio`. In: an address and tokens. Out: a server until the process is asked to end. Its
// first line on stdout is the address.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Loom } from "../../loom/loom.js";
import { sessionCookie } from "../../server/access/check.js";
import type { AccessToken } from "../../server/access/tokens.js";
import { serverApp } from "../../server/app.js";
import { listen } from "../../server/listen.js";
import type { StudioSite } from "../../server/studio-files.js";
import { withDemo } from "../demo/demo.js";
import { DEMO_GOALS, DEMO_SAYS } from "../demo/goals.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { withLoom, type StoreFlags } from "../open-loom.js";
import { printLines } from "../output.js";

type ServeFlags = StoreFlags &
  ModelFlags & {
    readonly host: string;
    readonly port: string;
    readonly token?: string;
    readonly demo?: boolean;
  };

export const serveCommand = (flags: ServeFlags): Promise<number> =>
  withLoom(
    flags,
    (config) => config,
    (loom) => serveUntilAsked(loom, flags),
    portsOf(flags),
  );

export const studioCommand = (flags: ServeFlags): Promise<number> =>
  flags.demo === true
    ? withDemo(
        flags,
        (config) => config,
        (loom) => serveUntilAsked(loom, flags, { folder: STUDIO, demo: DEMO }),
      )
    : withLoom(
        flags,
        (config) => config,
        (loom) => serveUntilAsked(loom, flags, { folder: STUDIO }),
        portsOf(flags),
      );

/** The Studio is built into the package, beside the compiled code. */
const STUDIO = fileURLToPath(new URL("../../../studio", import.meta.url));

const DEMO = { says: DEMO_SAYS, goals: DEMO_GOALS };

async function serveUntilAsked(loom: Loom, flags: ServeFlags, studio?: StudioSite): Promise<number> {
  const token = flags.token ?? randomBytes(24).toString("base64url");
  const tokens: readonly AccessToken[] = [{ name: "user", token, right: "all" }];
  const server = await listen(
    (port) => serverApp(loom, { tokens, cookie: sessionCookie(port), ...(studio === undefined ? {} : { studio }) }),
    { host: flags.host, port: Number(flags.port) },
  );
  await loom.recover();
  printLines([studio === undefined ? server.url : `${server.url}/#token=${token}`]);
  if (studio === undefined && flags.token === undefined) printLines([`token: ${token}`]);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await server.close();
  return EXIT.done;
}
