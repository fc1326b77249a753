// The place of the MCP server in a server: the path /mcp, behind the tokens. In: a loom, options, and who may ask. Out: a
// hono app. The SDK of the protocol is loaded with the first request.
import { Hono } from "hono";
import type { Loom } from "../loom/loom.js";
import { withAccess, type Access } from "./access/check.js";
import { Rates } from "./access/rates.js";
import { Sessions } from "./access/session.js";
import type { CallerVariables } from "./access/tokens.js";
import { routed } from "./api/routed.js";
import type { McpMount } from "./mcp/http.js";
import type { McpOptions } from "./mcp/offered-tool.js";
import { inert, told } from "./answering.js";
import { OPEN_ROUTES } from "./routes/meta.js";

type McpAccess = Pick<Access, "tokens" | "names">;

export function mcpRoutes(loom: Loom, options: McpOptions): Hono<CallerVariables> {
  let mount: Promise<McpMount> | undefined;
  const mounted = () => (mount ??= import("./mcp/http.js").then(({ mcpMount }) => mcpMount(loom, options)));
  options.stopping.addEventListener("abort", () => void mount?.then((one) => one.close()), { once: true });
  return new Hono<CallerVariables>().all("/mcp", async ({ req, get }) =>
    (await mounted()).handle(req.raw, get("caller")),
  );
}

/** A server for MCP clients alone: a token of it opens nothing else, and approves nothing by another route. */
export function mcpApp(loom: Loom, options: McpOptions, { tokens, names }: McpAccess): Hono<CallerVariables> {
  const { clock, stopping } = options;
  // Without the Studio, nobody signs in.
  const sessions = new Sessions(clock);
  const access = { tokens, names, sessions, cookie: "planloom-mcp", rates: new Rates(clock), stopping };
  const app = new Hono<CallerVariables>();
  app.onError(told);
  app.use(inert);
  app.route("/", routed(loom, OPEN_ROUTES));
  app.use("/mcp", withAccess(access));
  app.route("/", mcpRoutes(loom, options));
  return app;
}
