// The report of an evaluation. In: scores. Out: figures as data, and the same as Markdown. All figures are added up
// here.
import { errorsOf } from "planloom/plan";
import { meanAgreement, type Agreement } from "./multiset.js";
import type { BrokenRecord } from "./records.js";
import type { Format, Sample } from "./sample.js";
import type { Score, Stage } from "./score.js";

export interface StageFigures {
  readonly name: "as written" | "after reading" | "after repair";
  /** Records with a document, and records with a sound one. */
  readonly read: number;
  readonly sound: number;
  /** Means over the records with a gold plan. Absent if there are none. */
  readonly node?: Agreement;
  readonly edge?: Agreement;
  readonly argument?: Agreement;
  /** Records with the gold plan's graph, and records where the search gave up. */
  readonly exact?: number;
  readonly undecided?: number;
}

export interface DefectFigures {
  readonly code: string;
  readonly severity: "error" | "warning";
  /** Number of plans with the code after reading, and number of its findings. */
  readonly plans: number;
  readonly findings: number;
  /** Number of plans with the code after repair. */
  readonly plansAfterRepair: number;
}

export interface EvalReport {
  readonly planloomEval: 1;
  readonly dataset: string;
  readonly format: Format["name"];
  /** Scored and unusable records together. */
  readonly records: number;
  readonly broken: readonly BrokenRecord[];
  /** Records with a gold plan. */
  readonly withGold: number;
  /** Records without an output of a planner. Their gold plan itself was read and checked. */
  readonly goldOnly: number;
  /** Records with rounds of repair, the number of unsound ones that became sound, and the number of all rounds. */
  readonly repair: {
    readonly records: number;
    readonly mended: number;
    readonly rounds: number;
    /** Why the planner was not asked any more, if it failed. */
    readonly stopped?: string;
  };
  /** The third figure is set if a round of repair is recorded. */
  readonly stages: readonly StageFigures[];
  readonly defects: readonly DefectFigures[];
  /** Gold plans that check refuses: faults of the dataset, or false alarms. */
  readonly goldRefused: readonly { readonly id: string; readonly codes: readonly string[] }[];
  readonly samples: readonly SampleFigures[];
}

export interface SampleFigures {
  readonly id: string;
  readonly sound: { readonly asWritten: boolean; readonly read: boolean; readonly repaired: boolean };
  /** Codes of the errors after reading, and after repair. */
  readonly codes: readonly string[];
  readonly codesAfterRepair: readonly string[];
  readonly likeness?: Stage["likeness"];
  readonly likenessAfterRepair?: Stage["likeness"];
}

export interface Scored {
  readonly dataset: string;
  readonly format: Format["name"];
  readonly samples: readonly Sample[];
  readonly scores: readonly Score[];
  readonly broken: readonly BrokenRecord[];
  readonly stopped: string | undefined;
}

export function reportOf({ dataset, format, samples, scores, broken, stopped }: Scored): EvalReport {
  const repaired = scores.filter(({ rounds }) => rounds > 0);
  const stages = [
    stageFigures("as written", scores, ({ asWritten }) => asWritten),
    stageFigures("after reading", scores, ({ read }) => read),
    ...(repaired.length > 0 ? [stageFigures("after repair", scores, (score) => score.repaired)] : []),
  ];
  return {
    planloomEval: 1,
    dataset,
    format,
    records: scores.length + broken.length,
    broken,
    withGold: scores.filter(({ scored }) => scored).length,
    goldOnly: samples.filter((sample) => !Object.hasOwn(sample, "output")).length,
    repair: {
      records: repaired.length,
      mended: repaired.filter((score) => !score.read.sound && score.repaired.sound).length,
      rounds: repaired.reduce((sum, { rounds }) => sum + rounds, 0),
      ...(stopped !== undefined && { stopped }),
    },
    stages,
    defects: defectsOf(scores),
    goldRefused: scores.flatMap(({ id, gold }) => (gold.length === 0 ? [] : [{ id, codes: codesOf(gold) }])),
    samples: scores.map(sampleFigures),
  };
}

const codesOf = (findings: readonly { readonly code: string }[]): readonly string[] => [
  ...new Set(findings.map(({ code }) => code)),
];

function sampleFigures({ id, asWritten, read, repaired, rounds }: Score): SampleFigures {
  return {
    id,
    sound: { asWritten: asWritten.sound, read: read.sound, repaired: repaired.sound },
    codes: codesOf(errorsOf(read.findings)),
    codesAfterRepair: codesOf(errorsOf(repaired.findings)),
    ...(read.likeness && { likeness: read.likeness }),
    ...(rounds > 0 && repaired.likeness && { likenessAfterRepair: repaired.likeness }),
  };
}

function stageFigures(
  name: StageFigures["name"],
  scores: readonly Score[],
  stageOf: (score: Score) => Stage,
): StageFigures {
  const stages = scores.map(stageOf);
  const alike = stages.flatMap(({ likeness }) => likeness ?? []);
  const counted = {
    name,
    read: stages.filter(({ read }) => read).length,
    sound: stages.filter(({ sound }) => sound).length,
  };
  if (alike.length === 0) return counted;
  return {
    ...counted,
    node: meanAgreement(alike.map(({ node }) => node)),
    edge: meanAgreement(alike.map(({ edge }) => edge)),
    argument: meanAgreement(alike.map(({ argument }) => argument)),
    exact: alike.filter(({ exact }) => exact === "yes").length,
    undecided: alike.filter(({ exact }) => exact === "undecided").length,
  };
}

/** Errors before warnings, the most frequent first. */
function defectsOf(scores: readonly Score[]): readonly DefectFigures[] {
  const all = scores.flatMap(({ read, repaired }) => [...read.findings, ...repaired.findings]);
  const kinds = new Map(all.map(({ code, severity }) => [`${severity} ${code}`, { code, severity }]));
  const has = (stage: Stage, kind: { readonly code: string; readonly severity: string }) =>
    stage.findings.filter(({ code, severity }) => code === kind.code && severity === kind.severity).length;
  return [...kinds.values()]
    .map((kind) => ({
      ...kind,
      plans: scores.filter(({ read }) => has(read, kind) > 0).length,
      findings: scores.reduce((sum, { read }) => sum + has(read, kind), 0),
      plansAfterRepair: scores.filter(({ repaired }) => has(repaired, kind) > 0).length,
    }))
    .sort((a, b) => a.severity.localeCompare(b.severity) || b.plans - a.plans || a.code.localeCompare(b.code));
}
