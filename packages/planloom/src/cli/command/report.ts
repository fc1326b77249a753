// `planloom report`. In: a run's name, and perhaps a file with the expected result. Out: the evidence card of the run as
// text, Markdown or JSON.
import { readEvidence } from "../../loom/evidence/evidence.js";
import { evidenceMarkdown } from "../../loom/evidence/markdown.js";
import { EXIT } from "../exit-code.js";
import { expectedIn } from "../expected-file.js";
import { withStore, type StoreFlags } from "../open-loom.js";
import { printJson, printLines, printText } from "../output.js";
import { evidenceLines } from "../render/evidence.js";
import { runNamed } from "../run-name.js";
import { cliSurface } from "../surface.js";

interface ReportFlags extends StoreFlags {
  readonly expected?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Exit code 1 if the answer is not the expected result. */
export async function reportCommand(name: string, flags: ReportFlags): Promise<number> {
  const options = await expectedIn(flags.expected);
  return withStore(flags, async (store, where) => {
    const card = await readEvidence(store, await runNamed(store, name, where), options);
    if (flags.json === true) printJson(card);
    else if (flags.markdown === true) printText(evidenceMarkdown(card));
    else printLines(evidenceLines(card, cliSurface));
    return card.evaluation?.met === false ? EXIT.failed : EXIT.done;
  });
}
