// `planloom compensate`. In: an ended run. Out: the calls that will be undone; then, once a person has agreed, their
// undoing. Nothing changes before.
import { tell } from "../drive.js";
import { EXIT } from "../exit-code.js";
import { atTerminal, printJson, say } from "../output.js";
import { openTerminal } from "../prompt.js";
import { showAll } from "../render/approval.js";
import { heading } from "../render/lines.js";
import { undoingLines } from "../render/undoing.js";
import { paint } from "../style.js";
import { reasonGiven, withRun, type GivenReason, type SayFlags } from "./person.js";

type CompensateFlags = SayFlags & GivenReason & { readonly dryRun?: boolean; readonly yes?: boolean };

export async function compensateCommand(name: string, flags: CompensateFlags): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    const run = await loom.get(runId);
    const preview = await run.previewCompensation();
    const hasAny = preview.calls.length > 0;
    const asks = hasAny && flags.yes !== true && (await run.document()).finishedAt !== null;
    if (flags.json === true && (flags.dryRun === true || (asks && !atTerminal()))) printJson({ runId, ...preview });
    if (flags.dryRun === true || flags.quiet !== true || asks) {
      say(heading("UNDOING"));
      say(`  run ${runId}`);
      for (const line of undoingLines(preview, showAll(runId))) say(line);
    }
    if (flags.dryRun === true) return EXIT.done;
    const no = asks ? await askToUndo() : undefined;
    if (no !== undefined) return no;
    const reason = reasonGiven(flags);
    const said = {
      ...(hasAny ? { hash: preview.hash } : {}),
      ...(flags.yes === true ? { unseen: true } : {}),
      ...(reason === undefined ? {} : { reason }),
    };
    const code = await tell(loom, runId, flags, (driven, how) => driven.compensate({ ...how, ...said }));
    // The run has ended as before. What the command was for is done.
    const isUndone = hasAny && (await run.previewCompensation()).calls.length === 0;
    return isUndone && code !== EXIT.interrupted ? EXIT.done : code;
  });
}

/** undefined if the person at the terminal agrees; else the exit code, and nothing has changed. */
async function askToUndo(): Promise<number | undefined> {
  if (!atTerminal()) {
    say("Nothing was undone. To undo these calls, give the same command with --yes.");
    return EXIT.waiting;
  }
  const question = `${paint("bold", "Undo these calls?")} [y]es or [n]o: `;
  const word = await openTerminal().ask(question, new AbortController().signal);
  if (word !== undefined && /^y/i.test(word)) return undefined;
  say("Nothing was undone.");
  return word === undefined ? EXIT.interrupted : EXIT.rejected;
}
