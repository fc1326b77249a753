// A run for people, over HTTP: rows, facts and waits in words. In: nothing. Out: routes.
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const view = route({
  method: "get",
  path: "/v1/runs/{id}/view",
  id: "viewRun",
  summary: "Read a run as rows with bars in time",
  description:
    "What a page shows of a run: its steps with their states in words, the facts at its head, and its waits.",
  answers: { 200: { description: "The view." } },
  problems: [404],
  handle: async (loom, { params: { id } }) => jsonAnswer(await (await loom.get(id)).view()),
});

export const VIEW_ROUTES = [view] as const;
