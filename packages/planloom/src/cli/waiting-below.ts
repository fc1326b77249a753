// What waits for a person in the child runs of a run. In: the document of the run, and how a run is read. Out: the
// documents of the runs below it that a person answers, the nearest first.
import { documentOf, type RunDocument } from "../loom/document.js";
import type { Run } from "../run/state.js";
import { cliSurface } from "./surface.js";

/** Child runs that wait only for runs below them are left out: those stand in the list themselves. */
export async function waitingBelow(
  { waiting }: Pick<RunDocument, "waiting">,
  load: (runId: string) => Promise<Run>,
): Promise<readonly RunDocument[]> {
  const found: RunDocument[] = [];
  for (const { runId } of waiting?.children ?? []) {
    const document = documentOf(await load(runId), cliSurface);
    if (isOwnWait(document) || document.status === "paused") found.push(document);
    found.push(...(await waitingBelow(document, load)));
  }
  return found;
}

/** Whether a person answers this run itself, and not only one below it. */
export function isOwnWait({ waiting }: RunDocument): boolean {
  if (waiting === undefined) return false;
  const { approvals, questions, unknown, unusable, undoing } = waiting;
  return approvals.length + questions.length + unknown.length + unusable.length > 0 || undoing !== undefined;
}
