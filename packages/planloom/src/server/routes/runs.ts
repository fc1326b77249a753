// Starting, listing, reading and deleting runs over HTTP. In: nothing. Out: routes.
import { z } from "zod";
import type { Loom, StartOptions } from "../../loom/loom.js";
import { STATUS_FILTERS } from "../../store/listing.js";
import type { RunEvent } from "../../run/event.js";
import { FIELD, givenInside, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";
import { listedDocument, runDocument } from "../documents.js";
import { surfaceFor } from "../surface-studio.js";

const most = FIELD.whole.optional();
const amount = z.number().min(0, "a number from 0").optional();

/** The library checks the values. */
export const settingsField = z
  .strictObject({
    approval: z.enum(["never", "effects", "always"]).optional(),
    guard: z.enum(["ask", "off"]).optional(),
    concurrency: most,
    budget: z.strictObject({ modelCalls: most, tokens: most, costUsd: amount, wallMs: most }).optional(),
    onFailure: z.enum(["fail", "skip", "patch", "replan", "compensate"]).optional(),
    replan: z.enum(["never", "on-failure", "each-step"]).optional(),
    answer: z
      .strictObject({
        onFailure: z.enum(["partial", "none"]).optional(),
        critique: most,
        critic: z.enum(["planner", "executor", "synthesizer"]).optional(),
      })
      .optional(),
    limits: z
      .strictObject({
        approvalMs: most,
        rejections: most,
        repairRounds: most,
        turns: most,
        replans: most,
        replanTokens: amount,
        replanCostUsd: amount,
      })
      .optional(),
    simulated: z
      .boolean()
      .optional()
      .meta({ description: "Tools with effects are not called: their outputs are made up." }),
  })
  .meta({ description: "Settings of this run. None can be less strict than that of the server's configuration." });

/** The library checks the value, and names the one that is meant. */
export const strategyField = FIELD.text.meta({
  description:
    "How the run gets its plan. plan: a planner writes it. react: one agent step with all tools. tools: the same with " +
    "one turn of tool calls. auto: chosen for the goal. Default: that of the server's configuration.",
});

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
  strategy: strategyField.optional(),
  playbook: FIELD.text.optional().meta({ description: "The playbook that gives plan and goal." }),
  settings: settingsField.optional(),
});

/** The options of a start. A configuration that makes contexts gets the stored part of one. */
export function startOptions(loom: Loom, body: Omit<z.output<typeof startBody>, "goal">): StartOptions {
  const { context, answerSchema: answer, messages, settings: own, strategy, ...same } = body;
  return onlyGiven({
    ...same,
    ...(loom.resolvesContext ? { stored: context } : { context }),
    answer,
    strategy: strategy as StartOptions["strategy"],
    settings: own && givenInside(own),
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
  headers: {
    "Idempotency-Key":
      "A text of your own. A repeated request with the same key and body gives the same run, also after a restart. With " +
      "another body it is refused. The key is that of the caller's token, and lasts as long as the run.",
    traceparent:
      "The place of the run in a trace (W3C Trace Context). The log keeps it. A value that is not one is ignored.",
    tracestate: "As in W3C Trace Context.",
  },
  answers: {
    201: { description: "The run that was started.", schema: "Run" },
    200: { description: "The run that an earlier request with this key has started.", schema: "Run" },
  },
  problems: [403, 409, 422],
  handle: async (loom, { body: { goal = "", ...body }, caller, request }) => {
    const key = request.headers.get("idempotency-key");
    const keyed = key === null ? {} : { idempotencyKey: keyOf(caller.name, key) };
    // A run that is there already begins nothing here.
    let isNew = key === null;
    const listener = { event: ({ seq }: RunEvent) => void (isNew ||= seq === 1) };
    const run = await loom.start(goal, { ...startOptions(loom, body), ...keyed, ...placeIn(request), listener });
    const location = `/v1/runs/${encodeURIComponent(run.id)}`;
    return jsonAnswer(await runDocument(loom, run.id), isNew ? 201 : 200, { location });
  },
});

/** The place of the run in the trace of its caller. */
function placeIn({ headers }: Request): Pick<StartOptions, "traceparent" | "tracestate"> {
  const [traceparent, tracestate] = [headers.get("traceparent"), headers.get("tracestate")];
  return { ...(traceparent !== null && { traceparent }), ...(tracestate !== null && { tracestate }) };
}

/** Two tokens may use the same key. An empty key stays empty, and is refused. */
const keyOf = (name: string, key: string): string => (key === "" ? "" : JSON.stringify([name, key]));

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
    playbook: FIELD.text.optional().meta({ description: "Only runs of the playbook of this name." }),
    since: FIELD.wholeText
      .optional()
      .meta({ description: "Only runs with an event at this time or later: ms since 1970." }),
    within: FIELD.text.optional().meta({ description: "Only the child runs below this run." }),
    children: FIELD.flagText.optional().meta({ description: "true: child runs of sub-plans, too." }),
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
  handle: async (loom, { params: { id }, request }) => jsonAnswer(await runDocument(loom, id, surfaceFor(request))),
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
