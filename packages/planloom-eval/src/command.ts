// One evaluation from the command line. In: the path of a dataset, and flags. Out: the report on stdout, progress on
// stderr, and report files if they are named. It calls a model only with --repair.
import { datasetText, saveReport } from "./files.js";
import { evaluate } from "./evaluate.js";
import { withPlanner, type ModelFlags } from "./mending-planner.js";
import { reportMarkdown } from "./report-markdown.js";
import type { EvalReport } from "./report.js";

export interface EvalFlags extends ModelFlags {
  readonly format?: string;
  /** The file of the tools, if the records do not name theirs. */
  readonly tools?: string;
  /** The file of the gold plans, if they are not in the records. */
  readonly gold?: string;
  readonly json?: string;
  readonly markdown?: string;
  /** Whether the configured planner repairs unsound plans. */
  readonly repair?: boolean;
}

export async function evalCommand(path: string, flags: EvalFlags): Promise<void> {
  const { format, tools, gold } = flags;
  const files = {
    name: path,
    dataset: await datasetText(path),
    ...(format !== undefined && { format }),
    ...(tools !== undefined && { tools: await datasetText(tools) }),
    ...(gold !== undefined && { gold: await datasetText(gold) }),
  };
  const report =
    flags.repair === true
      ? await withPlanner(flags, (planner) => evaluate(files, { progress, planner }))
      : await evaluate(files, { progress });
  const text = reportMarkdown(report);
  process.stdout.write(text);
  if (flags.json !== undefined) await saveReport(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.markdown !== undefined) await saveReport(flags.markdown, text);
  sayLeftOut(report);
}

function progress(done: number, total: number): void {
  if (done === total || done % 500 === 0) console.error(`${done} of ${total} record${total === 1 ? "" : "s"} scored`);
}

const MOST_SAID = 10;

function sayLeftOut({ broken }: EvalReport): void {
  for (const { record, code, message } of broken.slice(0, MOST_SAID))
    console.error(`left out: ${record}: ${code} ${message}`.replace(/[\p{Cc}\s]+/gu, " ").slice(0, 300));
  if (broken.length > MOST_SAID)
    console.error(`left out: ${broken.length - MOST_SAID} more; --json FILE names them all`);
}
