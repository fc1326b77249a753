// `planloom delete`: deletes a run that nobody drives. In: the name of a run. Out: its id.
import { EXIT } from "../exit-code.js";
import { withLoom, type StoreFlags } from "../open-loom.js";
import { printJson, say } from "../output.js";
import { runNamed } from "../run-name.js";

/** Throws RUN_UNKNOWN, RUN_OWNED. */
export async function deleteCommand(name: string, flags: StoreFlags & { readonly json?: boolean }): Promise<number> {
  const same = <T>(config: T): T => config;
  const work = { config: "read", store: "if-there", models: "not-called" } as const;
  return withLoom(
    flags,
    same,
    async (loom) => {
      const runId = await runNamed(loom.store, name);
      await loom.delete(runId);
      if (flags.json === true) printJson({ runId, deleted: true });
      else say(`Run ${runId} was deleted.`);
      return EXIT.done;
    },
    {},
    work,
  );
}
