// The HTTP API over a loom, and the Studio's files. In: a loom and tokens. Out: a hono app, which handles requests. Each
// group of routes is a file in routes/. The server decides nothing that the library does not.
import { Hono } from "hono";
import type { Loom } from "../loom/loom.js";
import type { AccessToken } from "./access/tokens.js";
import { withAccess, type CallerVariables } from "./access/check.js";
import { sessionRoutes } from "./access/session.js";
import { errorProblem, problemResponse } from "./problem.js";
import { otherwise, routed } from "./api/routed.js";
import { API_ROUTES, DESCRIBED } from "./routes/all.js";
import { eventRoutes } from "./routes/events.js";
import { OPEN_ROUTES } from "./routes/meta.js";
import { studioFiles, type StudioSite } from "./studio-files.js";

export interface ServerOptions {
  readonly tokens: readonly AccessToken[];
  /** The name of the cookie of a Studio's session. */
  readonly cookie: string;
  /** The built Studio. Absent: the API alone. */
  readonly studio?: StudioSite;
}

export function serverApp(loom: Loom, { tokens, cookie, studio }: ServerOptions): Hono<CallerVariables> {
  const app = new Hono<CallerVariables>();
  app.onError((thrown) => problemResponse(errorProblem(thrown)));
  app.route("/", routed(loom, OPEN_ROUTES));
  app.route("/v1/session", sessionRoutes(tokens, cookie));
  app.use("/v1/*", withAccess(tokens, cookie));
  app.route("/v1", eventRoutes(loom));
  app.route("/", routed(loom, API_ROUTES));
  app.route("/", otherwise(DESCRIBED));
  if (studio !== undefined) app.get("*", studioFiles(studio));
  return app;
}
