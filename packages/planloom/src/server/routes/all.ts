// All routes of the API, in the order of its description. In: nothing. Out: the routes that are data, and the facts about
// those that are functions of hono.
import { openApiOf } from "../api/open-api.js";
import { route, type RouteFacts } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";
import { AGAIN_ROUTES } from "./again.js";
import { COMMAND_ROUTES } from "./commands.js";
import { EVIDENCE_ROUTES } from "./evidence.js";
import { META_ROUTES, OPEN_ROUTES } from "./meta.js";
import { PART_ROUTES } from "./parts-of-runs.js";
import { PEOPLE_ROUTES } from "./people.js";
import { PLAN_ROUTES } from "./plans.js";
import { PLAYBOOK_ROUTES } from "./playbooks.js";
import { RUN_ROUTES } from "./runs.js";
import { OPENED_FACTS, SESSION_FACTS, STREAM_FACTS } from "./streams.js";
import { VIEW_ROUTES } from "./views.js";

const description = route({
  method: "get",
  path: "/v1/openapi.json",
  id: "describeApi",
  summary: "Read this description",
  answers: { 200: { description: "An OpenAPI 3.1 document." } },
  handle: async () => jsonAnswer(openApiOf(DESCRIBED)),
});

/** The routes that need a token and are data. */
export const API_ROUTES = [
  ...RUN_ROUTES,
  ...VIEW_ROUTES,
  ...PART_ROUTES,
  ...EVIDENCE_ROUTES,
  ...COMMAND_ROUTES,
  ...PEOPLE_ROUTES,
  ...AGAIN_ROUTES,
  ...PLAN_ROUTES,
  ...PLAYBOOK_ROUTES,
  ...META_ROUTES,
  description,
];

/** Every route, also those that are not data. */
export const DESCRIBED: readonly RouteFacts[] = [
  ...API_ROUTES,
  ...STREAM_FACTS,
  ...OPENED_FACTS,
  ...SESSION_FACTS,
  ...OPEN_ROUTES,
];
