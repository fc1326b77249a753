// planloom eval: recorded output of a planner, scored against gold plans. In: a dataset and flags. Out: the report on stdout,
// what is happening on stderr, and the report in files where they are named. Without --repair it needs no store, no model and no configuration.
import { evaluate } from "../../eval/evaluate.js";
import { reportMarkdown } from "../../eval/report-markdown.js";
import type { EvalReport } from "../../eval/report.js";
import { PlanloomError } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import type { ModelFlags } from "../flags.js";
import { print, say } from "../output.js";
import { fileText } from "../plan-file.js";
import type { PlaceFlags } from "../open-loom.js";
import { saveText } from "../save-text.js";
import { count, oneLine } from "../render/style.js";

export interface EvalFlags extends PlaceFlags, ModelFlags {
  readonly format?: string;
  /** Tools and gold plans that stand apart from the dataset. */
  readonly tools?: string;
  readonly gold?: string;
  readonly json?: string;
  readonly markdown?: string;
  /** Whether the configured planner is asked to mend what is unsound. */
  readonly repair?: boolean;
}

export async function evalCommand(path: string, flags: EvalFlags): Promise<number> {
  const { format, tools, gold } = flags;
  const files = {
    name: path,
    dataset: await datasetText(path),
    ...(format !== undefined && { format }),
    ...(tools !== undefined && { tools: await datasetText(tools) }),
    ...(gold !== undefined && { gold: await datasetText(gold) }),
  };
  const planner =
    flags.repair === true ? await (await import("../mending-planner.js")).mendingPlanner(flags) : undefined;
  const report = await evaluate(files, { progress, ...(planner && { planner }) });
  const text = reportMarkdown(report);
  print(text);
  if (flags.json !== undefined) await saveText(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.markdown !== undefined) await saveText(flags.markdown, text);
  sayLeftOut(report);
  return EXIT.done;
}

/** Throws FILE_NOT_FOUND, FILE_UNREADABLE, DATASET_TOO_LARGE. */
async function datasetText(path: string): Promise<string> {
  const text = await fileText(path, LIMITS.datasetBytes).catch((error: unknown) => {
    if (error instanceof PlanloomError && error.code === "FILE_NOT_FOUND")
      throw usageError("FILE_NOT_FOUND", error.message, "Check the path; a dataset is a JSON or JSON-lines file.");
    throw error;
  });
  if (Buffer.byteLength(text) <= LIMITS.datasetBytes) return text;
  const message = `${path} is larger than ${LIMITS.datasetBytes / 1024 / 1024} MiB.`;
  throw usageError("DATASET_TOO_LARGE", message, "Split it; each part is scored by itself.");
}

function progress(done: number, total: number): void {
  if (done === total || done % 500 === 0) say(`${done} of ${count(total, "record")} scored`);
}

function sayLeftOut({ broken }: EvalReport): void {
  for (const { record, code, message } of broken.slice(0, MOST_SAID))
    say(oneLine(`left out: ${record}: ${code} ${message}`, 300));
  if (broken.length > MOST_SAID) say(`left out: ${broken.length - MOST_SAID} more; --json FILE names them all`);
}

const MOST_SAID = 10;
