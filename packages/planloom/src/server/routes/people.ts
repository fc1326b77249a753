// What a person is shown before a decision, over HTTP: one approval in sentences, and all that waits. In: a loom. Out:
// routes. The decision itself is a command.
import { Hono } from "hono";
import type { CallerVariables } from "../access/check.js";
import type { Loom } from "../../loom/loom.js";

export function peopleRoutes(loom: Loom): Hono<CallerVariables> {
  return new Hono<CallerVariables>()
    .get("/runs/:id/review/:hash", async (context) => {
      const run = await loom.get(context.req.param("id"));
      const against = context.req.query("against");
      return context.json(await run.review(context.req.param("hash"), against === undefined ? {} : { against }));
    })
    .get("/waiting", async (context) => {
      const { cursor, limit = "50" } = context.req.query();
      const list = await loom.waiting({ limit: Number(limit), ...(cursor === undefined ? {} : { cursor }) });
      return context.json({ waits: list.waits, cursor: list.cursor ?? null });
    });
}
