// Commands to a run over HTTP. In: a loom. Out: a route. The author of a command is the name of the caller's token.
import { Hono } from "hono";
import type { CallerVariables } from "../access/check.js";
import type { Loom } from "../../loom/loom.js";
import { commandProblem, problemResponse } from "../problem.js";

type SentCommand =
  | { readonly type: "approve"; readonly hash: string; readonly comment?: string }
  | { readonly type: "reject"; readonly comment: string; readonly hash?: string }
  | { readonly type: "cancel"; readonly reason?: string };

export function commandRoutes(loom: Loom): Hono<CallerVariables> {
  return new Hono<CallerVariables>().post("/runs/:id/commands", async (context) => {
    const run = await loom.get(context.req.param("id"));
    const { type, ...sent } = await context.req.json<SentCommand>();
    const by = context.get("caller").name;
    const fields = sent as { hash: string; comment: string; reason?: string };
    const reply =
      type === "approve"
        ? await run.approve(fields.hash, { by })
        : type === "reject"
          ? await run.reject(fields.comment, { by })
          : await run.cancel(fields.reason ?? "", { by });
    return reply.ok ? context.json(await run.document()) : problemResponse(commandProblem(reply));
  });
}
