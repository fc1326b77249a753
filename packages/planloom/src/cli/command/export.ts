// `planloom export`. In: a run's name. Out: the run as one document, on stdout or in a file. The configuration is
// loaded, because it knows the secrets that must not stand in it.
import { EXIT } from "../exit-code.js";
import { withLoom, type StoreFlags } from "../open-loom.js";
import { printJson, safeJson, savePrivateText, say } from "../output.js";
import { runNamed } from "../run-name.js";
import { count, oneLine } from "../style.js";

const WORK = { config: "drive", store: "if-there", models: "not-called" } as const;

/** Throws EXPORT_NOT_POSSIBLE. */
export async function exportCommand(name: string, flags: StoreFlags & { readonly output?: string }): Promise<number> {
  return withLoom(
    flags,
    (config) => config,
    async (loom) => {
      const run = await loom.get(await runNamed(loom.store, name));
      const document = await run.export();
      const { replaced, events, runId } = document;
      if (flags.output === undefined) printJson(document);
      else await savePrivateText(flags.output, `${safeJson(document, 2)}\n`, runId);
      const where = flags.output === undefined ? "" : ` to ${flags.output}`;
      say(`Exported ${count(events.length, "event")} of run ${runId}${where}. Private values are in it.`);
      if (replaced !== undefined) say(`Replaced: ${oneLine(replaced.secrets.join(", "))}.`);
      return EXIT.done;
    },
    {},
    WORK,
  );
}
