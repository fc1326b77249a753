// A run as a page shows it, over HTTP. In: nothing. Out: routes.
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

export const VIEW_ROUTES = [view] as const;
