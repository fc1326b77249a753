// `planloom completion`. In: the name of a shell, or `runs`. Out: its script, or the ids of the newest runs, one a line.
import { completionScript, type Shell } from "../completion.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { withStore, type StoreFlags } from "../open-loom.js";
import { print, printText } from "../output.js";
import { oneLine } from "../style.js";
import { COMMANDS } from "../table/commands.js";

const SHELLS: readonly string[] = ["bash", "zsh", "fish"] satisfies readonly Shell[];

const isShell = (word: string): word is Shell => SHELLS.includes(word);

export async function completionCommand(shell: string, flags: StoreFlags): Promise<number> {
  if (shell === "runs") return runIds(flags);
  if (!isShell(shell))
    throw usageError(`There is no completion for "${oneLine(shell, 40)}".`, "Write bash, zsh or fish.");
  printText(completionScript(shell, COMMANDS));
  return EXIT.done;
}

const OFFERED = 100;

async function runIds(flags: StoreFlags): Promise<number> {
  return withStore({ ...flags, quiet: true }, async (store) => {
    const { runs } = await store.list({ limit: OFFERED, children: false });
    for (const runId of ["last", ...runs.map((run) => run.runId)]) print(runId);
    return EXIT.done;
  });
}
