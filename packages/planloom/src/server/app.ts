// The HTTP API over a loom, and the Studio's files. In: a loom and tokens. Out: a hono app, which handles requests. Each
// group of routes is a file in routes/. The server decides nothing that the library does not.
import { Hono } from "hono";
import type { AccessToken, Authenticate, Caller } from "../loom/handler-options.js";
import type { Loom } from "../loom/loom.js";
import { systemClock, type Clock } from "../clock.js";
import { withAccess } from "./access/check.js";
import { Rates } from "./access/rates.js";
import { Sessions, sessionRoutes } from "./access/session.js";
import type { CallerVariables } from "./access/tokens.js";
import { RunFeeds } from "./feed/run-feeds.js";
import { inert, told } from "./answering.js";
import { mcpRoutes } from "./mcp-routes.js";
import type { McpOptions } from "./mcp/offered-tool.js";
import { otherwise, routed } from "./api/routed.js";
import { openedRequests, openedRoutes } from "./opened/opened-requests.js";
import { OpenedRuns } from "./opened/opened-runs.js";
import { API_ROUTES, DESCRIBED } from "./routes/all.js";
import { eventRoutes, type EventPorts } from "./routes/events.js";
import { progressRoutes } from "./routes/progress.js";
import { OPEN_ROUTES } from "./routes/meta.js";
import { studioFiles, type StudioSite } from "./studio-files.js";

export interface ServerOptions {
  readonly tokens: readonly AccessToken[];
  /** Asked in place of the tokens. */
  readonly authenticate?: Authenticate;
  /** The name of the cookie of a Studio's session. */
  readonly cookie: string;
  /** The names under which the server answers, with their port where pages of another port may ask. Absent: any. */
  readonly names?: readonly string[];
  /** The built Studio. Absent: the API alone. */
  readonly studio?: StudioSite;
  /** Absent: no MCP client is served. */
  readonly mcp?: Omit<McpOptions, "clock" | "stopping">;
  readonly clock?: Clock;
  /** Exported runs that are open already. */
  readonly opened?: OpenedRuns;
  /** Aborted when the server stops: streams end, and new requests are refused. */
  readonly stopping?: AbortSignal;
}

/** The routes of the API over one loom. `caller`: who asks, if nobody has found that out. */
function runApp(loom: Loom, ports: EventPorts, caller?: Caller): Hono<CallerVariables> {
  const app = new Hono<CallerVariables>();
  app.onError(told);
  if (caller !== undefined) app.use((context, next) => (context.set("caller", caller), next()));
  for (const routes of [eventRoutes, progressRoutes]) app.route("/v1", routes(loom, ports));
  app.route("/", routed(loom, API_ROUTES));
  app.route("/", otherwise(DESCRIBED));
  return app;
}

/** Every request for an opened file reads. */
const READER: Caller = { name: "reader", right: "read" };

export function serverApp(loom: Loom, options: ServerOptions): Hono<CallerVariables> {
  const { tokens, authenticate, cookie, names, studio, mcp } = options;
  const { clock = systemClock, stopping = new AbortController().signal } = options;
  const opened = options.opened ?? new OpenedRuns(clock);
  const sessions = new Sessions(clock);
  const streams = () => ({ feeds: new RunFeeds(), clock, stopping });
  const app = new Hono<CallerVariables>();
  app.onError(told);
  app.use(inert);
  app.route("/", routed(loom, OPEN_ROUTES));
  const access = withAccess({ tokens, authenticate, sessions, cookie, names, stopping, rates: new Rates(clock) });
  app.use("/v1/*", access);
  app.route("/v1/session", sessionRoutes({ tokens, cookie, sessions }));
  app.route("/v1", openedRoutes(opened));
  app.use(
    "/v1/runs/:id/*",
    openedRequests(opened, (one) => runApp(one, streams(), READER)),
  );
  app.route("/", runApp(loom, streams()));
  if (mcp !== undefined) {
    app.use("/mcp", access);
    app.route("/", mcpRoutes(loom, { ...mcp, clock, stopping }));
  }
  if (studio !== undefined) app.get("*", studioFiles(studio, names));
  return app;
}
