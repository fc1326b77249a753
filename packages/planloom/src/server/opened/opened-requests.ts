// Requests about opened files. In: a request. Out: the file is opened, or its run is read under the file's id as any run
// is. A command is refused: the run can only be read.
import { Hono, type MiddlewareHandler } from "hono";
import { LIMITS } from "../../limits.js";
import type { Loom } from "../../loom/loom.js";
import { depthOf } from "../../plan/json.js";
import { exportDocument } from "../../store/open-export.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { CallerVariables } from "../access/tokens.js";
import { jsonAnswer } from "../api/routed.js";
import { isOpenedId, type OpenedRuns } from "./opened-runs.js";

/** `POST /v1/opened` and `GET /v1/opened/{id}`. */
export const openedRoutes = (opened: OpenedRuns): Hono<CallerVariables> =>
  new Hono<CallerVariables>()
    .post("/opened", async ({ req }) => {
      const { file } = await opened.open(documentIn(new Uint8Array(await req.arrayBuffer())), THE_FILE);
      return jsonAnswer(file, 201, { location: `/v1/runs/${encodeURIComponent(file.id)}` });
    })
    .get("/opened/:id", ({ req }) => jsonAnswer(opened.get(req.param("id")).file));

/** Stands for the name of the file, which the server does not know. */
const THE_FILE = "The file";

function documentIn(bytes: Uint8Array): unknown {
  const document = exportDocument(bytes, THE_FILE);
  const most = LIMITS.eventDepth + DEPTH_AROUND;
  if (depthOf(document, most) <= most) return document;
  throw new PlanloomError("EXPORT_INVALID", { file: THE_FILE, problem: "not-export" });
}

/** Records and lists of an export around the data of an event. */
const DEPTH_AROUND = 8;

/** Makes an app that answers for the runs of a loom. */
export type AppFor = (loom: Loom) => Hono<CallerVariables>;

/** Answers a request for an opened run with the app of its own loom. Throws OPENED_GONE, STORE_READ_ONLY. */
export function openedRequests(opened: OpenedRuns, appFor: AppFor): MiddlewareHandler<CallerVariables> {
  const apps = new WeakMap<Loom, Hono<CallerVariables>>();
  return async (context, next) => {
    const { method, url, raw } = context.req;
    const address = new URL(url);
    const [empty, version, runs, named = "", ...rest] = address.pathname.split("/");
    const id = decodedId(named);
    if (!isOpenedId(id)) return next();
    const { file, loom } = opened.get(id);
    const isRead = method === "GET" || method === "HEAD" || (method === "POST" && rest.join("/") === "evidence");
    if (!isRead) throw new PlanloomError("STORE_READ_ONLY", { store: `export of run ${file.runId}` });
    address.pathname = [empty, version, runs, encodeURIComponent(file.runId), ...rest].join("/");
    const app = apps.get(loom) ?? appFor(loom);
    apps.set(loom, app);
    const body = method === "POST" ? { body: await raw.text() } : {};
    return app.fetch(new Request(address, { method, headers: raw.headers, ...body }), context.env);
  };
}

/** A part that is no valid encoding stands for itself. */
function decodedId(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
