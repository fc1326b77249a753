// `planloom answer`. In: a run's name. Out: its answer on stdout. With --partial, a run that has failed without an answer
// gets one from what it has done; only then is a model asked.
import { loadRun } from "../../engine/log.js";
import { documentOf, shownAnswer, type RunDocument } from "../../loom/document.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { tell, type TellFlags } from "../drive.js";
import { exitOfRun } from "../exit-code.js";
import { settingsIn, type BudgetFlags, type ModelFlags } from "../flags.js";
import { withStore, type StoreFlags } from "../open-loom.js";
import { printJson, say } from "../output.js";
import { printAnswer, sayEnd, waitingLines } from "../render/end.js";
import { withRunLoom } from "../run-loom.js";
import { runNamed } from "../run-name.js";
import { cliSurface } from "../surface.js";

type AnswerFlags = StoreFlags & ModelFlags & BudgetFlags & TellFlags & { readonly partial?: boolean };

export async function answerCommand(name: string, flags: AnswerFlags): Promise<number> {
  const document = await withStore(flags, async (store, storeName) =>
    documentOf(await loadRun(store, await runNamed(store, name, storeName)), cliSurface),
  );
  if (flags.partial !== true || shownAnswer(document) !== null || document.finishedAt === null)
    return printed(document, flags);
  return withRunLoom(document.runId, flags, settingsIn(flags), (loom, runId) =>
    tell(loom, runId, flags, (run, how) => run.answerPartly(how)),
  );
}

function printed(document: RunDocument, flags: AnswerFlags): number {
  const { runId, status, waiting, finishedAt } = document;
  const answer = shownAnswer(document);
  if (flags.json === true) printJson(document);
  else if (answer !== null || status === "completed") printAnswer(answer, flags);
  if (status === "completed") return exitOfRun(document);
  if (finishedAt !== null) sayEnd(document);
  else if (waiting !== undefined) waitingLines(runId, waiting).forEach((line) => say(line));
  else throw new PlanloomError("NO_ANSWER", { runId, status });
  return exitOfRun(document);
}
