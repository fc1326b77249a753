// The records of a dataset. In: the text of a file. Out: the records, and the lines that cannot be read. A dataset is
// one JSON list, one object, or JSON lines. One broken line must not lose the others.
import { depthOf, LIMITS } from "planloom/plan";
import { messageOf } from "./error.js";

export interface Records {
  readonly records: readonly { readonly position: string; readonly value: unknown }[];
  readonly broken: readonly BrokenRecord[];
}

/** A record that is not scored: its place, and the reason. */
export interface BrokenRecord {
  /** `line 12`, `record 12`, or its id. */
  readonly record: string;
  readonly code: string;
  readonly message: string;
}

/** Maximum depth of a record. The strict form of a plan nests only a few levels deeper than the plan. */
export const MOST_DEPTH = 4 * LIMITS.jsonDepth;

/** Never throws. Blank lines are ignored. */
export function recordsIn(text: string): Records {
  const body = text.replace(/^\uFEFF/, "").trim();
  if (body === "") return { records: [], broken: [] };
  const whole = parsed(body);
  if (whole.ok)
    return sound(
      Array.isArray(whole.value) ? numbered(whole.value as unknown[]) : [{ position: "record 1", value: whole.value }],
    );
  const records: { position: string; value: unknown }[] = [];
  const broken: BrokenRecord[] = [];
  text.split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === "") return;
    const position = `line ${at + 1}`;
    const read = parsed(line.replace(/^\uFEFF/, ""));
    if (read.ok) records.push({ position, value: read.value });
    else broken.push({ record: position, code: "RECORD_UNREADABLE", message: `The line is no JSON: ${read.message}.` });
  });
  const { records: kept, broken: deep } = sound(records);
  return { records: kept, broken: [...broken, ...deep] };
}

const numbered = (values: readonly unknown[]): Records["records"] =>
  values.map((value, at) => ({ position: `record ${at + 1}`, value }));

function sound(all: Records["records"]): Records {
  const isDeep = ({ value }: { readonly value: unknown }): boolean => depthOf(value, MOST_DEPTH) > MOST_DEPTH;
  const message = `The record nests deeper than ${MOST_DEPTH} levels.`;
  return {
    records: all.filter((record) => !isDeep(record)),
    broken: all.filter(isDeep).map(({ position }) => ({ record: position, code: "RECORD_UNREADABLE", message })),
  };
}

function parsed(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (thrown) {
    return { ok: false, message: messageOf(thrown).slice(0, 200) };
  }
}
