// Starting, listing and reading runs over HTTP. In: a loom. Out: routes.
import { Hono } from "hono";
import type { CallerVariables } from "../access/check.js";
import type { Loom } from "../../loom/loom.js";

export function runRoutes(loom: Loom): Hono<CallerVariables> {
  return new Hono<CallerVariables>()
    .post("/runs", async (context) => {
      const { goal = "", plan, inputs } = await context.req.json<{ goal?: string; plan?: unknown; inputs?: object }>();
      const run = await loom.start(goal, {
        ...(plan === undefined ? {} : { plan }),
        ...(inputs === undefined ? {} : { inputs: inputs as never }),
      });
      return context.json(await run.document(), 201, { location: `/v1/runs/${run.id}` });
    })
    .get("/runs", async (context) => {
      const { text, cursor, limit = "50" } = context.req.query();
      const status = context.req.queries("status");
      const list = await loom.list({
        limit: Number(limit),
        ...(status === undefined ? {} : { status: status as never }),
        ...(text === undefined ? {} : { text }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      return context.json({ runs: list.runs, cursor: list.cursor ?? null });
    })
    .get("/runs/:id", async (context) => {
      const run = await loom.get(context.req.param("id"));
      return context.json(await run.document());
    });
}
