// What a person is shown before a decision, over HTTP: one approval in sentences, and all that waits. In: nothing. Out:
// routes. The decision itself is a command.
import { z } from "zod";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const review = route({
  method: "get",
  path: "/v1/runs/{id}/review/{hash}",
  id: "reviewApproval",
  summary: "Read what was asked under a hash",
  description: "A plan or one call in sentences, for the person who decides, and what became of it.",
  query: z.strictObject({
    against: FIELD.text
      .optional()
      .meta({ description: "The hash of the plan to compare with. Default: the one before." }),
  }),
  answers: { 200: { description: "The plan or the call.", schema: "Review" } },
  problems: [404],
  handle: async (loom, { params: { id, hash }, query }) => {
    const run = await loom.get(id);
    return jsonAnswer(await run.review(hash, onlyGiven(query)));
  },
});

const waiting = route({
  method: "get",
  path: "/v1/waiting",
  id: "listWaiting",
  summary: "List what waits for a person",
  description: "All that waits for a person, over all runs; then retries and timers, which go on by themselves.",
  query: z.strictObject({
    limit: FIELD.wholeText.optional().meta({ description: "The most runs of this answer. Default: 50." }),
    cursor: FIELD.text.optional().meta({ description: "The `cursor` of the answer before." }),
  }),
  answers: { 200: { description: "The waits, and the cursor of the next part; null at the end.", schema: "Waiting" } },
  handle: async (loom, { query }) => {
    const { waits, cursor = null } = await loom.waiting(onlyGiven(query));
    return jsonAnswer({ waits, cursor });
  },
});

export const PEOPLE_ROUTES = [review, waiting] as const;
