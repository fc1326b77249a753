// Starting, listing, reading and deleting runs over HTTP. In: nothing. Out: routes.
import { z } from "zod";
import type { Loom, StartOptions } from "../../loom/loom.js";
import { STATUS_FILTERS } from "../../store/listing.js";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";
import { listedDocument, runDocument } from "../documents.js";

const startBody = z.strictObject({
  goal: FIELD.text.optional().meta({ description: "What is to be done. Without it, the goal of the plan." }),
  plan: FIELD.plan.optional(),
  inputs: FIELD.inputs.optional(),
  trust: FIELD.trust.optional(),
  runId: FIELD.text.optional().meta({ description: "The id of the run. Default: a new one." }),
  tags: z.array(FIELD.text).optional(),
  context: FIELD.record.optional().meta({ description: "A record for tools. No model reads it." }),
  messages: z.array(FIELD.anyJson).optional().meta({ description: "Earlier turns of the conversation, oldest first." }),
  answerSchema: FIELD.answerSchema.optional(),
});

/** The options of a start. A configuration that makes contexts gets the stored part of one. */
function startOptions(loom: Loom, body: Omit<z.output<typeof startBody>, "goal">): StartOptions {
  const { context, answerSchema: answer, messages, ...same } = body;
  return onlyGiven({
    ...same,
    ...(loom.resolvesContext ? { stored: context } : { context }),
    answer,
    // The library checks each message.
    messages: messages as StartOptions["messages"],
  });
}

const start = route({
  method: "post",
  path: "/v1/runs",
  id: "startRun",
  summary: "Start a run",
  description: "Starts a run from a goal, or from a plan. The server drives it. The answer comes at once.",
  body: startBody,
  example: { goal: "Compare the three offers", inputs: { budget: 1200 } },
  answers: { 201: { description: "The run.", schema: "Run" } },
  problems: [409, 422],
  handle: async (loom, { body: { goal = "", ...body } }) => {
    const run = await loom.start(goal, startOptions(loom, body));
    return jsonAnswer(await runDocument(loom, run.id), 201, { location: `/v1/runs/${encodeURIComponent(run.id)}` });
  },
});

const list = route({
  method: "get",
  path: "/v1/runs",
  id: "listRuns",
  summary: "List runs",
  description: "The runs of the store, newest last event first. All filters must hold.",
  query: z.strictObject({
    status: z.array(z.enum(STATUS_FILTERS)).optional().meta({ description: "Any of these. waiting: for a person." }),
    text: FIELD.text.optional().meta({ description: "A part of the goal or of the id. Ignores case." }),
    tag: z.array(FIELD.text).optional().meta({ description: "All of these." }),
    since: FIELD.wholeText
      .optional()
      .meta({ description: "Only runs with an event at this time or later: ms since 1970." }),
    limit: FIELD.wholeText.optional().meta({ description: "The most runs of this answer. Default: 50." }),
    cursor: FIELD.text.optional().meta({ description: "The `cursor` of the answer before, with the same filters." }),
  }),
  answers: { 200: { description: "The runs, and the cursor of the next part; null at the end.", schema: "RunList" } },
  handle: async (loom, { query }) => {
    const { runs, cursor = null } = await loom.list({ limit: DEFAULT_LIMIT, ...onlyGiven(query) });
    return jsonAnswer({ runs: runs.map(listedDocument), cursor });
  },
});

const DEFAULT_LIMIT = 50;

const read = route({
  method: "get",
  path: "/v1/runs/{id}",
  id: "getRun",
  summary: "Read a run",
  description: "The run as one document, as the command line prints it with `--json`. Its next steps name routes.",
  answers: { 200: { description: "The run.", schema: "Run" } },
  problems: [404],
  handle: async (loom, { params: { id } }) => jsonAnswer(await runDocument(loom, id)),
});

const remove = route({
  method: "delete",
  path: "/v1/runs/{id}",
  id: "deleteRun",
  summary: "Delete a run",
  description: "Deletes a run that no process drives, with all that the store has of it.",
  answers: { 204: { description: "The run is gone.", type: null } },
  problems: [404, 409],
  handle: async (loom, { params: { id } }) => {
    await loom.delete(id);
    return new Response(null, { status: 204 });
  },
});

export const RUN_ROUTES = [start, list, read, remove] as const;
