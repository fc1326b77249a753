// The documents of runs as the HTTP API serves them: their next steps name routes. In: a loom and ids. Out: JSON.
import type { Loom } from "../loom/loom.js";
import { documentOf, type RunDocument } from "../loom/document.js";
import { unreadableError } from "../loom/unreadable-run.js";
import type { ListedRun } from "../store/event-store.js";
import type { Surface } from "../words/action.js";
import { httpSurface } from "./surface-http.js";

/** Rejects with RUN_UNKNOWN. */
export const runDocument = async (loom: Loom, runId: string, surface: Surface = httpSurface): Promise<RunDocument> =>
  documentOf(await loom.engine.load(runId), surface);

/** A row of the list. A run that cannot be read says why, in words. */
export function listedDocument(run: ListedRun): object {
  if (run.unreadable === undefined) return run;
  const { code, message } = unreadableError(run);
  return { ...run, status: "unreadable", unreadable: { ...run.unreadable, code, message } };
}
