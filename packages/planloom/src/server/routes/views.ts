// A run as a page shows it, over HTTP. In: nothing. Out: routes.
import { z } from "zod";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const view = route({
  method: "get",
  path: "/v1/runs/{id}/view",
  id: "viewRun",
  summary: "Read a run as a page shows it",
  description: "Rows with bars in time, facts and waits, in words. Ask again when an event arrives.",
  answers: { 200: { description: "The view up to its event `seq`.", schema: "View" } },
  problems: [404],
  handle: async (loom, { params: { id } }) => jsonAnswer(await (await loom.get(id)).view()),
});

const ATTEMPT = FIELD.wholeText.meta({ description: "The number of an attempt, from 1. Default: all." });

const step = route({
  method: "get",
  path: "/v1/runs/{id}/steps/{step}",
  id: "viewStep",
  summary: "Read one row of the view in full",
  description:
    "What a step or phase got and gave, with origins; its conversation, attempts, calls and events. `step` is the key " +
    "of a row. With `item`: one item of a fan-out.",
  query: z.strictObject({ item: FIELD.itemText.optional() }),
  answers: { 200: { description: "The row in full.", schema: "StepView" } },
  problems: [404],
  handle: async (loom, { params, query }) =>
    jsonAnswer(await (await loom.get(params.id)).stepView(params.step, onlyGiven(query))),
});

const prompts = route({
  method: "get",
  path: "/v1/runs/{id}/prompts",
  id: "rebuildPrompts",
  summary: "Rebuild what models were sent",
  description:
    "The system text and messages of each request for one row, rebuilt from the log by this version. It is no record " +
    "of what was sent: `rebuilt` says so, and `gaps` says what cannot be rebuilt. `step` is the key of a row, " +
    "or #review: the reviews between steps.",
  query: z.strictObject({ step: FIELD.step, item: FIELD.itemText.optional(), attempt: ATTEMPT.optional() }),
  answers: { 200: { description: "The requests, by attempt and turn.", schema: "Prompts" } },
  problems: [404],
  handle: async (loom, { params: { id }, query: { step: key, ...options } }) =>
    jsonAnswer(await (await loom.get(id)).prompts(key, onlyGiven(options))),
});

export const VIEW_ROUTES = [view, step, prompts] as const;
