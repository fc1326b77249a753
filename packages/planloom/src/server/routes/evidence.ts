// The evidence card of a run over HTTP. In: nothing. Out: routes.
import { z } from "zod";
import { FIELD } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const card = route({
  method: "get",
  path: "/v1/runs/{id}/evidence",
  id: "readEvidence",
  summary: "Read the evidence card of a run",
  description: "The plan, the trace, what changed after each action, and failure checks, all from the log alone.",
  answers: { 200: { description: "The card.", schema: "Evidence" } },
  problems: [404],
  handle: async (loom, { params: { id } }) => jsonAnswer(await (await loom.get(id)).evidence()),
});

const compared = route({
  method: "post",
  path: "/v1/runs/{id}/evidence",
  id: "compareEvidence",
  summary: "Read the evidence card, with the answer compared",
  description: "Compares the answer with an expected one, a JSON value or a text. Stores nothing.",
  body: z.strictObject({ expected: FIELD.anyJson }),
  example: { expected: { total: 42 } },
  answers: { 200: { description: "The card with its evaluation.", schema: "Evidence" } },
  problems: [404],
  handle: async (loom, { params: { id }, body }) => jsonAnswer(await (await loom.get(id)).evidence(body)),
});

export const EVIDENCE_ROUTES = [card, compared] as const;
