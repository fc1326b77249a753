// `planloom serve` and `planloom studio`. In: an address and tokens. Out: a server until the process is asked to end. Its
// first line on stdout is the address.
import { fileURLToPath } from "node:url";
import { systemClock } from "../../clock.js";
import type { LoomConfig } from "../../loom/config.js";
import { retentionIn } from "../../loom/config-retention.js";
import type { Pruned } from "../../loom/maintenance.js";
import type { Loom } from "../../loom/loom.js";
import { createLoom } from "../../loom/create-loom.js";
import { sessionCookie } from "../../server/access/session.js";
import { serverApp } from "../../server/app.js";
import { addressOf, listen } from "../../server/listen.js";
import { keepPruning } from "../../server/pruning.js";
import { keepRecovering } from "../../server/recovering.js";
import { OpenedRuns, type OpenedFile } from "../../server/opened/opened-runs.js";
import type { StudioSite } from "../../server/studio-files.js";
import { quietLogger } from "../../telemetry/logger.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { tellWebhook } from "../../server/webhook/webhook.js";
import { withDemo } from "../demo/demo.js";
import { DEMO_GOALS, DEMO_SAYS } from "../demo/goals.js";
import { sayError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { exportFile } from "../export-file.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { withLoom, type StoreFlags } from "../open-loom.js";
import { printLines, say } from "../output.js";
import { ownFile, ownVersion } from "../own-file.js";
import { count } from "../style.js";
import { cliSurface } from "../surface.js";
import { placeOf, type AddressFlags, type ServedPlace } from "../served-place.js";
import { untilAsked } from "../until-asked.js";

type ServeFlags = StoreFlags &
  ModelFlags &
  AddressFlags & {
    readonly demo?: boolean;
    readonly open?: string;
  };

export async function serveCommand(flags: ServeFlags): Promise<number> {
  const place = placeOf(flags);
  return withLoom(
    flags,
    (config) => config,
    (loom, { config }) => serveUntilAsked(loom, place, config),
    portsOf(flags),
  );
}

export async function studioCommand(flags: ServeFlags): Promise<number> {
  const place = placeOf(flags);
  if (flags.open !== undefined) return serveFile(flags.open, place);
  if (flags.demo === true)
    return withDemo(
      flags,
      (config) => config,
      (loom) => serveUntilAsked(loom, { ...place, studio: { folder: STUDIO, demo: DEMO } }),
    );
  return withLoom(
    flags,
    (config) => config,
    (loom, { config }) => serveUntilAsked(loom, { ...place, studio: { folder: STUDIO } }, config),
    portsOf(flags),
  );
}

/** The run of an exported file, without configuration, tools and models. A token that is made here may only read. */
async function serveFile(path: string, place: ServedPlace): Promise<number> {
  const opened = new OpenedRuns(systemClock);
  const { file } = await opened.open(await exportFile(path), path);
  const tokens = place.isRandom ? place.tokens.map((one) => ({ ...one, right: "read" as const })) : place.tokens;
  const loom = await createLoom({ store: "memory" }, { env: {}, callsNoModel: true });
  try {
    return await serveUntilAsked(loom, { ...place, tokens, studio: { folder: STUDIO }, opened, page: pageOf(file) });
  } finally {
    await loom.close();
  }
}

const pageOf = ({ id }: OpenedFile): string => `runs/${encodeURIComponent(id)}`;

/** The Studio is built into the package, beside the compiled code. */
const STUDIO = fileURLToPath(ownFile("studio"));

const DEMO = { says: DEMO_SAYS, goals: DEMO_GOALS };

interface StudioPlace extends ServedPlace {
  readonly studio?: StudioSite;
  readonly opened?: OpenedRuns;
  /** Where the printed link leads. Default: the first page. */
  readonly page?: string;
}

/** Says what a webhook did not take, and tells the logger its code. */
function toldOf(logger: LoomConfig["logger"]): (error: unknown) => void {
  const quiet = logger && quietLogger(logger);
  return (error) => {
    sayError(error);
    const { code, params } = error instanceof PlanloomError ? error : { code: "INTERNAL", params: {} };
    const { runId } = params as { readonly runId?: unknown };
    quiet?.warn({ code, ...(typeof runId === "string" && { runId }) }, "webhook was not told");
  };
}

/** The settings of a configuration that concern a server. */
type ServerSettings = Pick<LoomConfig, "webhook" | "retention" | "logger">;

async function serveUntilAsked(
  loom: Loom,
  place: StudioPlace,
  { webhook, retention, logger }: ServerSettings = {},
): Promise<number> {
  const { tokens, names, studio, opened } = place;
  const stopping = new AbortController();
  const asked = untilAsked();
  const version = await ownVersion();
  const shown = { ...(studio === undefined ? {} : { studio }), ...(opened === undefined ? {} : { opened }) };
  const options = { tokens, names, stopping: stopping.signal, ...shown };
  const appOn = (port: number) => {
    const page = studio === undefined ? {} : { studio: addressOf(place.host, port) };
    const mcp = { version, mayApprove: false, asksClient: true, person: cliSurface, ...page };
    return serverApp(loom, { ...options, ...(opened === undefined ? { mcp } : {}), cookie: sessionCookie(port) });
  };
  const server = await listen(appOn, place);
  try {
    const stopRecovering = await keepRecovering(loom, sayError);
    printAddress(server.url, place);
    if (webhook !== undefined)
      void tellWebhook(loom, webhook, { studio: server.url, signal: stopping.signal, tell: toldOf(logger) });
    const query = retentionIn(retention);
    const stopPruning = query === undefined ? undefined : keepPruning(loom, query, PRUNING);
    await asked;
    stopPruning?.();
    say("Stopping. Runs are released, and go on with the next start. Once more ends at once.");
    stopRecovering();
  } finally {
    stopping.abort();
    await server.close();
  }
  return EXIT.done;
}

const PRUNING = {
  told: ({ removed }: Pruned) =>
    say(`${count(removed.length, "run")} removed: older than the configuration keeps them.`),
  failed: sayError,
};

function printAddress(url: string, { tokens, isRandom, studio, page = "" }: StudioPlace): void {
  const [first] = tokens;
  if (studio !== undefined) {
    printLines([`${url}/${page}#token=${first!.token}`]);
    say("Open this link in a browser: it signs you in. Ctrl-C stops the server.");
    if (studio.demo !== undefined) say("Demo: the model is scripted, and all data are made up.");
  } else printLines([url, ...(isRandom ? [`token: ${first!.token}`] : [])]);
}
