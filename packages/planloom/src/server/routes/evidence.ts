// The evidence card of a run over HTTP. In: nothing. Out: routes.
import { z } from "zod";
import type { EvidenceCard } from "../../loom/evidence/card.js";
import { evidenceMarkdown } from "../../loom/evidence/markdown.js";
import { FIELD } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const MARKDOWN = "text/markdown";

/** As Markdown if the request wants that, else as data. */
function cardAnswer(card: EvidenceCard, { headers }: Request): Response {
  if (headers.get("accept")?.includes(MARKDOWN) !== true) return jsonAnswer(card);
  const type = { "content-type": `${MARKDOWN}; charset=utf-8`, "cache-control": "no-store" };
  return new Response(evidenceMarkdown(card), { headers: type });
}

const card = route({
  method: "get",
  path: "/v1/runs/{id}/evidence",
  id: "readEvidence",
  summary: "Read the evidence card of a run",
  description: "The plan, the trace, what changed after each action, and failure checks, all from the log alone.",
  answers: { 200: { description: "The card.", schema: "Evidence", stream: MARKDOWN } },
  problems: [404],
  handle: async (loom, { params: { id }, request }) => cardAnswer(await (await loom.get(id)).evidence(), request),
});

const compared = route({
  method: "post",
  path: "/v1/runs/{id}/evidence",
  id: "compareEvidence",
  summary: "Read the evidence card, with the answer compared",
  description: "Compares the answer with an expected one, a JSON value or a text. Stores nothing.",
  right: "read",
  body: z.strictObject({ expected: FIELD.anyJson }),
  example: { expected: { total: 42 } },
  answers: { 200: { description: "The card with its evaluation.", schema: "Evidence", stream: MARKDOWN } },
  problems: [404],
  handle: async (loom, { params: { id }, body, request }) =>
    cardAnswer(await (await loom.get(id)).evidence(body), request),
});

export const EVIDENCE_ROUTES = [card, compared] as const;
