// Evaluates a dataset. In: the texts of its files. Out: a report as data. Pure, so that programs can use it too. The
// command line reads the files and writes the report.
import { type Inventory, isObject } from "planloom/plan";
import { EvalError } from "./error.js";
import { nestfulFormat } from "./nestful-format.js";
import { nameIn, planloomFormat } from "./planloom-format.js";
import { mendingWith, type MendingPlanner } from "./mend.js";
import { recordsIn, type BrokenRecord } from "./records.js";
import { reportOf, type EvalReport } from "./report.js";
import { isUnusable, type Format, type Sample } from "./sample.js";
import { scoreSample, type Score } from "./score.js";
import { taskbenchFormat } from "./taskbench-format.js";

/** In the order in which they are tried. */
const FORMATS: readonly Format[] = [taskbenchFormat, nestfulFormat, planloomFormat];

export interface EvalFiles {
  /** Its name in the report. */
  readonly name: string;
  readonly dataset: string;
  /** Default: the first format that has a record of this dataset. */
  readonly format?: string;
  /** The file of the tools, if the records do not name theirs. */
  readonly tools?: string;
  /** Gold plans from a separate file, by id. */
  readonly gold?: string;
}

export interface EvalOptions {
  /** Called after each record. `total` is the number of records that can be scored. */
  readonly progress?: (done: number, total: number) => void;
  /** Repairs unsound plans. After its first failure it is not called again. */
  readonly planner?: MendingPlanner;
}

/**
 * Scores every record that can be scored, and lists the others. Throws an EvalError if none can be: DATASET_EMPTY,
 * DATASET_FORMAT (no such format, or no record of it), DATASET_TOOLS (no tools, or no file of tools).
 */
export async function evaluate(files: EvalFiles, { progress, planner }: EvalOptions = {}): Promise<EvalReport> {
  const { records, broken } = recordsIn(files.dataset);
  if (records.length + broken.length === 0)
    throw new EvalError(
      "DATASET_EMPTY",
      `${files.name} holds no record.`,
      "Name a file with a JSON list of records, or JSON lines.",
    );
  const format = formatOf(files, records);
  const inventory = files.tools === undefined ? undefined : inventoryOf(files.tools, format);
  const gold = files.gold === undefined ? undefined : goldById(files.gold);
  const samples: Sample[] = [];
  const unusable: BrokenRecord[] = [];
  for (const { value, position } of records) {
    const made = format.sample(withGold(value, gold, position), inventory, position);
    if (isUnusable(made)) unusable.push({ record: isObject(value) ? nameIn(value, position) : position, ...made });
    else samples.push(made);
  }
  const left = [...broken, ...unusable];
  if (samples.length === 0) throw nothingUsable(files, format, left);
  const mending = mendingWith(planner);
  const scores: Score[] = [];
  for (const sample of samples) {
    scores.push(scoreSample(sample, format, await mending.mend(sample, format)));
    progress?.(scores.length, samples.length);
  }
  return reportOf({
    dataset: files.name,
    format: format.name,
    samples,
    scores,
    broken: left,
    stopped: mending.stopped(),
  });
}

const NAMES = FORMATS.map(({ name }) => name).join(", ");

function formatOf(files: EvalFiles, records: readonly { readonly value: unknown }[]): Format {
  const named = FORMATS.find(({ name }) => name === files.format);
  if (files.format !== undefined && named === undefined)
    throw new EvalError("DATASET_FORMAT", `There is no format ${files.format}.`, `The formats are ${NAMES}.`);
  const found = named ?? FORMATS.find((format) => records.some(({ value }) => format.fits(value)));
  if (found !== undefined) return found;
  const message = `No record of ${files.name} has the fields of a format that is known.`;
  throw new EvalError("DATASET_FORMAT", message, `docs/plan-intake.md shows the fields of each format: ${NAMES}.`);
}

function inventoryOf(text: string, format: Format): Inventory {
  const { records } = recordsIn(text);
  const inventory = format.tools(records.length === 1 ? records[0]!.value : jsonOf(text));
  if (inventory !== undefined) return inventory;
  const message = `The file of tools holds none in the format ${format.name}.`;
  throw new EvalError("DATASET_TOOLS", message, "docs/plan-intake.md shows what stands in it.");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type GoldById = ReadonlyMap<string, unknown>;

function goldById(text: string): GoldById {
  const { records } = recordsIn(text);
  return new Map(
    records.flatMap(({ value, position }) =>
      isObject(value) ? [[nameIn(value, position), value["gold"] ?? value]] : [],
    ),
  );
}

function withGold(value: unknown, gold: GoldById | undefined, position: string): unknown {
  const found = isObject(value) ? gold?.get(nameIn(value, position)) : undefined;
  return isObject(value) && found !== undefined ? { ...value, gold: found } : value;
}

function nothingUsable({ name }: EvalFiles, format: Format, broken: readonly BrokenRecord[]): EvalError {
  const first = broken[0]!;
  const message = `None of the ${broken.length} records of ${name} can be scored as ${format.name}. The first (${first.record}): ${first.message}`;
  return first.code === "RECORD_NO_TOOLS"
    ? new EvalError("DATASET_TOOLS", message, "Name the file of the tools with --tools FILE.")
    : new EvalError("DATASET_FORMAT", message, `docs/plan-intake.md shows the fields of each format: ${NAMES}.`);
}
