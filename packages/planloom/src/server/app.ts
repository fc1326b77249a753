// The HTTP API over a loom, and the Studio's files. In: a loom and tokens. Out: a hono app, which handles requests. Each
// group of routes is a file in routes/. The server decides nothing that the library does not.
import { Hono } from "hono";
import type { Loom } from "../loom/loom.js";
import type { AccessToken } from "./access/tokens.js";
import { withAccess, type CallerVariables } from "./access/check.js";
import { sessionRoutes } from "./access/session.js";
import { errorProblem, problemResponse } from "./problem.js";
import { otherwise, routed } from "./api/routed.js";
import { AGAIN_ROUTES } from "./routes/again.js";
import { COMMAND_ROUTES } from "./routes/commands.js";
import { eventRoutes } from "./routes/events.js";
import { peopleRoutes } from "./routes/people.js";
import { META_ROUTES, OPEN_ROUTES } from "./routes/meta.js";
import { PART_ROUTES } from "./routes/parts-of-runs.js";
import { PLAN_ROUTES } from "./routes/plans.js";
import { RUN_ROUTES } from "./routes/runs.js";
import { VIEW_ROUTES } from "./routes/views.js";
import { studioFiles, type StudioSite } from "./studio-files.js";

export interface ServerOptions {
  readonly tokens: readonly AccessToken[];
  /** The name of the cookie of a Studio's session. */
  readonly cookie: string;
  /** The built Studio. Absent: the API alone. */
  readonly studio?: StudioSite;
}

const ROUTES = [
  ...RUN_ROUTES,
  ...VIEW_ROUTES,
  ...PART_ROUTES,
  ...COMMAND_ROUTES,
  ...AGAIN_ROUTES,
  ...PLAN_ROUTES,
  ...META_ROUTES,
];

export function serverApp(loom: Loom, { tokens, cookie, studio }: ServerOptions): Hono<CallerVariables> {
  const app = new Hono<CallerVariables>();
  app.onError((thrown) => problemResponse(errorProblem(thrown)));
  app.route("/", routed(loom, OPEN_ROUTES));
  app.route("/v1/session", sessionRoutes(tokens, cookie));
  app.use("/v1/*", withAccess(tokens, cookie));
  for (const routes of [eventRoutes, peopleRoutes]) app.route("/v1", routes(loom));
  app.route("/", routed(loom, ROUTES));
  app.route("/", otherwise([...OPEN_ROUTES, ...ROUTES]));
  if (studio !== undefined) app.get("*", studioFiles(studio));
  return app;
}
