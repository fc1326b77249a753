// Parts of a run on demand: its journal, one plan, the context of a step, what changed in the plan. In: nothing. Out: routes.
import { z } from "zod";
import { PlanloomError } from "../../words/planloom-error.js";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";
import { runDocument } from "../documents.js";

const REVISION = FIELD.wholeText.meta({ description: "The number of a revision, from 1." });

const journal = route({
  method: "get",
  path: "/v1/runs/{id}/journal",
  id: "readJournal",
  summary: "Read the turns of models and the calls of tools",
  description: "Requests and answers of models, and calls of tools inside of agent steps, as they were recorded.",
  query: z.strictObject({ step: FIELD.step.optional(), item: FIELD.itemText.optional() }),
  answers: { 200: { description: "The rows, by step, item, attempt and number.", schema: "Journal" } },
  problems: [404],
  handle: async (loom, { params: { id }, query }) => {
    const run = await loom.get(id);
    return jsonAnswer({ rows: await run.journal(onlyGiven(query)) });
  },
});

const plan = route({
  method: "get",
  path: "/v1/runs/{id}/plans/{revision}",
  id: "getPlan",
  summary: "Read one revision of the plan",
  answers: { 200: { description: "The plan.", schema: "PlanRevision" } },
  problems: [404],
  handle: async (loom, { params: { id, revision } }) => {
    const { plans, runId } = await runDocument(loom, id);
    const found = plans.find((one) => String(one.revision) === revision);
    if (found !== undefined) return jsonAnswer(found);
    throw new PlanloomError("NO_REVISION", { runId, revision, revisions: plans.map((one) => one.revision) });
  },
});

const context = route({
  method: "get",
  path: "/v1/runs/{id}/context",
  id: "readContext",
  summary: "Read what a step could see when it last started",
  query: z.strictObject({ step: FIELD.step, item: FIELD.itemText.optional() }),
  answers: { 200: { description: "The values that it read, and its arguments.", schema: "Context" } },
  problems: [404],
  handle: async (loom, { params: { id }, query: { step: named, ...item } }) => {
    const run = await loom.get(id);
    return jsonAnswer({ runId: id, ...(await run.context(named, onlyGiven(item))) });
  },
});

const diff = route({
  method: "get",
  path: "/v1/runs/{id}/diff",
  id: "diffPlans",
  summary: "Read what changed between two revisions of the plan",
  description: "Without `from` and `to`: the last plan against the one before.",
  query: z.strictObject({ from: REVISION.optional(), to: REVISION.optional() }),
  answers: { 200: { description: "The steps that are new, changed or gone, field by field.", schema: "Diff" } },
  problems: [404],
  handle: async (loom, { params: { id }, query: { from, to } }) =>
    jsonAnswer(await (await loom.get(id)).diff(from, to)),
});

const whole = route({
  method: "get",
  path: "/v1/runs/{id}/export",
  id: "exportRun",
  summary: "Export a run to one document",
  description:
    "All that the store holds of the run. The values of secrets and keys are replaced; private values stay. The Studio " +
    "opens it read-only.",
  answers: { 200: { description: "The document.", schema: "Export" } },
  problems: [404, 409],
  handle: async (loom, { params: { id } }) => jsonAnswer(await (await loom.get(id)).export()),
});

export const PART_ROUTES = [journal, plan, context, diff, whole] as const;
