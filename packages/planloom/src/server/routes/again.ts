// Retry, fork and undoing of an ended run over HTTP: first what would happen, then the fork. In: nothing. Out: routes.
// A retry and an undoing are commands.
import { z } from "zod";
import type { RetryPreview } from "../../run/decide/retry.js";
import type { WordedRefusal } from "../../loom/worded-reply.js";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";
import { runDocument } from "../documents.js";
import { commandProblem, problemResponse } from "../problem.js";
import { surfaceFor } from "../surface-studio.js";

export const retryFields = {
  from: FIELD.step
    .optional()
    .meta({ description: "Restart this step, although it has finished, and all that depend on it." }),
  feedback: z
    .string()
    .optional()
    .meta({ description: "What should be different. The planner writes another plan, which keeps what has finished." }),
  inputs: FIELD.inputs.optional().meta({ description: "Replace the inputs of the same names." }),
  trust: FIELD.trust.optional(),
  plan: FIELD.plan.optional(),
};

const forkFields = {
  at: FIELD.step.meta({ description: "The new run starts here: this step and all that depend on it run again." }),
  inputs: retryFields.inputs,
  trust: retryFields.trust,
  plan: retryFields.plan,
};

const previewed = (runId: string, preview: RetryPreview | WordedRefusal, request: Request): Response =>
  preview.ok ? jsonAnswer(preview) : problemResponse(commandProblem(preview, runId, surfaceFor(request)));

const retryPreview = route({
  method: "post",
  path: "/v1/runs/{id}/retry-preview",
  id: "previewRetry",
  summary: "Show what a retry would reuse and run",
  description: "Starts nothing. The retry itself is the command `retry` with the same fields.",
  right: "read",
  body: z.strictObject(retryFields),
  example: { from: "facts" },
  answers: { 200: { description: "The steps by their fate.", schema: "Preview" } },
  problems: [404, 409, 422],
  handle: async (loom, { params: { id }, body, request }) => {
    const run = await loom.get(id);
    return previewed(id, await run.previewRetry(onlyGiven(body)), request);
  },
});

const forkPreview = route({
  method: "post",
  path: "/v1/runs/{id}/fork-preview",
  id: "previewFork",
  summary: "Show what a fork would reuse and run",
  description: "Starts nothing.",
  right: "read",
  body: z.strictObject(forkFields),
  example: { at: "facts" },
  answers: { 200: { description: "The steps by their fate.", schema: "Preview" } },
  problems: [404, 409, 422],
  handle: async (loom, { params: { id }, body, request }) => {
    const run = await loom.get(id);
    return previewed(id, await run.previewFork(onlyGiven(body)), request);
  },
});

const fork = route({
  method: "post",
  path: "/v1/runs/{id}/fork",
  id: "forkRun",
  summary: "Start a new run from a step of an ended one",
  description:
    "The new run has the results of the steps before. Steps that run again may act again: ask for the preview.",
  body: z.strictObject({
    ...forkFields,
    runId: FIELD.text.optional().meta({ description: "The id of the new run. Default: a new one." }),
    context: FIELD.record.optional().meta({ description: "As for a start. Default: that of the forked run." }),
  }),
  example: { at: "facts", inputs: { budget: 1500 } },
  answers: { 201: { description: "The new run.", schema: "Run" } },
  problems: [404, 409, 422],
  handle: async (loom, { params: { id }, body: { context, ...body } }) => {
    const run = await loom.get(id);
    const contexts = loom.resolvesContext ? { stored: context } : { context };
    const made = await run.fork(onlyGiven({ ...body, ...contexts }));
    return jsonAnswer(await runDocument(loom, made.id), 201, { location: `/v1/runs/${encodeURIComponent(made.id)}` });
  },
});

const undoingPreview = route({
  method: "get",
  path: "/v1/runs/{id}/compensation-preview",
  id: "previewCompensation",
  summary: "Show the calls of a run that can be undone",
  description:
    "Undoes nothing. The command `compensate` with the `hash` of the list undoes its `calls`, in this order.",
  answers: { 200: { description: "The calls that acted." } },
  problems: [404],
  handle: async (loom, { params: { id } }) => jsonAnswer(await (await loom.get(id)).previewCompensation()),
});

export const AGAIN_ROUTES = [retryPreview, forkPreview, fork, undoingPreview] as const;
