// Scores one sample. In: a sample and its format. Out: for each stage (as written, read, repaired) the findings, and
// the agreement with the gold plan. report.ts adds scores up.
import {
  check,
  depthOf,
  errorsOf,
  findDocument,
  type Finding,
  type Inventory,
  isObject,
  normalizeDraft,
  readPlan,
} from "planloom/plan";
import { messageOf } from "./error.js";
import { MOST_DEPTH } from "./records.js";
import { agreement, NO_AGREEMENT, type Agreement } from "./multiset.js";
import { sameGraph } from "./same-graph.js";
import type { Format, Sample } from "./sample.js";
import { stepGraph, type StepGraph } from "./step-graph.js";

/** The agreement of a plan with the gold one. A reply without a plan agrees in nothing. */
export interface Likeness {
  readonly node: Agreement;
  readonly edge: Agreement;
  readonly argument: Agreement;
  readonly exact: "yes" | "no" | "undecided";
}

export interface Stage {
  /** Whether there is a document. */
  readonly read: boolean;
  /** Whether check finds no error in it. */
  readonly sound: boolean;
  /** Errors and warnings. */
  readonly findings: readonly Finding[];
  /** Absent if there is no gold plan. */
  readonly likeness?: Likeness;
}

export interface Score {
  readonly id: string;
  /** Strict JSON.parse, then check. The tolerant reader is not used. */
  readonly asWritten: Stage;
  /** After the tolerant reader. */
  readonly read: Stage;
  /** The last round of repair after the reader. Without a round, the same as `read`. */
  readonly repaired: Stage;
  readonly rounds: number;
  /** Errors that check finds in the gold plan itself. */
  readonly gold: readonly Finding[];
  readonly scored: boolean;
}

/** One draft for a further repair request, in our fields: its text and its errors. */
export interface Draft {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** The draft to repair: a text in our format unchanged, anything else translated. */
export function draftOf(sample: Sample, format: Format): Draft {
  const output = sample.repairs.at(-1) ?? (Object.hasOwn(sample, "output") ? sample.output : sample.gold);
  const attempt = readOutput(output, format, sample.inventory);
  const text =
    typeof output === "string" && (attempt.document === undefined || format.name === "planloom")
      ? output
      : JSON.stringify(attempt.document ?? output ?? null, null, 2);
  return { text, findings: judged(attempt, sample, undefined).findings };
}

/** The errors of a text in our format. */
export function draftIn(text: string, sample: Sample): Draft {
  return { text, findings: judged(readText(text, sample.inventory), sample, undefined).findings };
}

/**
 * Never throws. If no output is recorded, the gold plan itself is read and checked. `mended`: drafts that a planner
 * wrote for this evaluation, in our own format. They replace the recorded ones.
 */
export function scoreSample(sample: Sample, format: Format, mended: readonly string[] = []): Score {
  const { inventory, gold } = sample;
  const wanted = gold === undefined ? undefined : readOutput(gold, format, inventory);
  const graph = wanted === undefined || !hasSteps(wanted.document) ? undefined : stepGraph(wanted.document);
  const output = Object.hasOwn(sample, "output") ? sample.output : gold;
  const stage = (attempt: Attempt): Stage => judged(attempt, sample, graph);
  const read = stage(readOutput(output, format, inventory));
  const mendedLast = mended.at(-1);
  const recorded = sample.repairs.at(-1);
  const last =
    mendedLast !== undefined
      ? readText(mendedLast, inventory)
      : recorded !== undefined
        ? readOutput(recorded, format, inventory)
        : undefined;
  return {
    id: sample.id,
    asWritten: stage(parseOutput(output, format, inventory)),
    read,
    repaired: last === undefined ? read : stage(last),
    rounds: sample.repairs.length + mended.length,
    gold: wanted === undefined ? [] : errorsOf(judged(wanted, sample, undefined).findings),
    scored: graph !== undefined,
  };
}

/** A document, or undefined if there is none, with the findings of reading it. */
interface Attempt {
  readonly document: unknown;
  readonly findings: readonly Finding[];
}

const hasSteps = (document: unknown): boolean => stepGraph(document).labels.length > 0;

/** As a program reads it that trusts its model. */
function parseOutput(output: unknown, format: Format, inventory: Inventory): Attempt {
  if (typeof output !== "string") return format.translate(output, inventory);
  try {
    const value: unknown = JSON.parse(output);
    if (depthOf(value, MOST_DEPTH) > MOST_DEPTH) return unreadable(`The text nests deeper than ${MOST_DEPTH} levels.`);
    return format.translate(value, inventory);
  } catch (thrown) {
    return unreadable(`The text is no JSON: ${messageOf(thrown).slice(0, 200)}.`);
  }
}

function unreadable(message: string): Attempt {
  const text = { message, fix: "Write JSON." };
  return {
    document: undefined,
    findings: [{ code: "BAD_SYNTAX", severity: "error", where: { pointer: "" }, text }],
  };
}

function readOutput(output: unknown, format: Format, inventory: Inventory): Attempt {
  if (typeof output === "string" && format.name === "planloom") return readText(output, inventory);
  const found = typeof output === "string" ? findDocument(output) : { kind: "found" as const, value: output };
  if (found.kind !== "found") return { document: undefined, findings: found.findings };
  const { document, findings } = format.translate(found.value, inventory);
  if (document === undefined) return { document, findings };
  const read = normalizeDraft(document, { inventory });
  return { document: read.draft, findings: [...findings, ...read.findings] };
}

function readText(text: string, inventory: Inventory): Attempt {
  const read = readPlan(text, { inventory });
  return { document: read.kind === "plan" ? read.draft : undefined, findings: read.findings };
}

function judged({ document, findings }: Attempt, { inventory, goal }: Sample, gold: StepGraph | undefined): Stage {
  const read = isObject(document);
  const checked = read ? check(document, inventory, { goal }).findings : [];
  const all = read || findings.length > 0 ? [...findings, ...checked] : [NO_PLAN];
  return {
    read,
    sound: read && errorsOf(all).length === 0,
    findings: all,
    ...(gold !== undefined && { likeness: read ? likeness(stepGraph(document), gold) : NOTHING_ALIKE }),
  };
}

const NO_PLAN: Finding = {
  code: "NO_PLAN",
  severity: "error",
  where: { pointer: "" },
  text: { message: "The output holds no plan.", fix: 'Write {"steps": [...]}.' },
};

const NOTHING_ALIKE: Likeness = { node: NO_AGREEMENT, edge: NO_AGREEMENT, argument: NO_AGREEMENT, exact: "no" };

function likeness(given: StepGraph, gold: StepGraph): Likeness {
  return {
    node: agreement(given.labels, gold.labels),
    edge: agreement(edgeTexts(given), edgeTexts(gold)),
    argument: agreement(given.arguments, gold.arguments),
    exact: sameGraph(given, gold),
  };
}

/** Pairs of labels. A missing step is given by its name, which is no label of the gold plan. */
const edgeTexts = ({ labels, edges }: StepGraph): readonly string[] =>
  edges.map(({ from, to }) =>
    JSON.stringify([typeof from === "number" ? labels[from] : { missing: from }, labels[to]]),
  );
