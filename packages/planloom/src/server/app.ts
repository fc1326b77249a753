// The HTTP API over a loom, and the Studio's files. In: a loom and tokens. Out: a hono app, which handles requests. Each
// group of routes is a file in routes/. The server decides nothing that the library does not.
import { Hono } from "hono";
import type { Loom } from "../loom/loom.js";
import type { AccessToken } from "./access/tokens.js";
import { withAccess, type CallerVariables } from "./access/check.js";
import { sessionRoutes } from "./access/session.js";
import { errorProblem, problemResponse } from "./problem.js";
import { commandRoutes } from "./routes/commands.js";
import { eventRoutes } from "./routes/events.js";
import { peopleRoutes } from "./routes/people.js";
import { runRoutes } from "./routes/runs.js";
import { studioFiles } from "./studio-files.js";

export interface ServerOptions {
  readonly tokens: readonly AccessToken[];
  /** The name of the cookie of a Studio's session. */
  readonly cookie: string;
  /** The folder of the built Studio. Absent: the API alone. */
  readonly studio?: string;
}

export function serverApp(loom: Loom, { tokens, cookie, studio }: ServerOptions): Hono<CallerVariables> {
  const app = new Hono<CallerVariables>();
  app.onError((thrown) => problemResponse(errorProblem(thrown)));
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.route("/v1/session", sessionRoutes(tokens, cookie));
  app.use("/v1/*", withAccess(tokens, cookie));
  for (const routes of [runRoutes, eventRoutes, commandRoutes, peopleRoutes]) app.route("/v1", routes(loom));
  if (studio !== undefined) app.get("*", studioFiles(studio));
  return app;
}
