// A report as Markdown, for a terminal, a file or a comment. In: a report. Out: text. It leaves out missing figures and
// cuts long lists; the JSON report has everything.
import type { Agreement } from "./multiset.js";
import type { EvalReport, StageFigures } from "./report.js";

/** Number of records and plans that are listed by name. The JSON report has all of them. */
const MOST_LISTED = 20;

export function reportMarkdown(report: EvalReport): string {
  return [
    `# Evaluation of ${cell(report.dataset)}`,
    opening(report),
    stagesText(report),
    defectsText(report),
    listText(
      "Gold plans that check refuses",
      report.goldRefused.map(({ id, codes }) => `${cell(id)}: ${codes.join(", ")}`),
    ),
    listText(
      "Records that were left out",
      report.broken.map(({ record, code, message }) => `${cell(record)}: ${code} ${cell(message)}`),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function opening(report: EvalReport): string {
  const { format, records, broken, withGold, goldOnly, repair } = report;
  const scored = records - broken.length;
  return [
    `Format ${format}; ${records} records: ${scored} read and checked, ${withGold} of them scored against a gold plan, ${broken.length} left out.`,
    ...(goldOnly > 0
      ? [`${goldOnly} hold no output of a planner: there the gold plan itself was read and checked.`]
      : []),
    ...(repair.records > 0
      ? [
          `${repair.records} have rounds of repair (${repair.rounds} in all), which made ${repair.mended} unsound plans sound.`,
        ]
      : []),
    ...(repair.stopped === undefined ? [] : [`The planner was not asked any more: ${cell(repair.stopped)}`]),
    ...(withGold === 0 ? ["No record has a gold plan, so nothing but defects is counted."] : []),
  ].join("\n");
}

function stagesText({ stages, records, broken, withGold }: EvalReport): string {
  const all = records - broken.length;
  const scored = withGold > 0;
  const head = [
    "stage",
    "plan found",
    "sound",
    ...(scored ? ["node F1", "edge F1", "argument F1", "exact graph"] : []),
  ];
  const rows = stages.map((stage) => [
    stage.name,
    rate(stage.read, all),
    rate(stage.sound, all),
    ...(scored ? likenessCells(stage, withGold) : []),
  ]);
  return table([head, ...rows]);
}

function likenessCells({ node, edge, argument, exact = 0, undecided = 0 }: StageFigures, of: number): string[] {
  const f1 = (one: Agreement | undefined): string => (one === undefined ? "" : one.f1.toFixed(3));
  return [f1(node), f1(edge), f1(argument), `${rate(exact, of)}${undecided > 0 ? `, ${undecided} undecided` : ""}`];
}

function defectsText({ defects, repair }: EvalReport): string {
  if (defects.length === 0) return "Nothing was found in any plan.";
  const head = ["finding", "severity", "plans", "times", ...(repair.records > 0 ? ["plans after repair"] : [])];
  const rows = defects.map(({ code, severity, plans, findings, plansAfterRepair }) => [
    `\`${code}\``,
    severity,
    String(plans),
    String(findings),
    ...(repair.records > 0 ? [String(plansAfterRepair)] : []),
  ]);
  return table([head, ...rows]);
}

function listText(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const shown = lines.slice(0, MOST_LISTED).map((line) => `- ${line}`);
  const more = lines.length > MOST_LISTED ? [`- and ${lines.length - MOST_LISTED} more (the JSON report has all)`] : [];
  return [`## ${title}`, "", ...shown, ...more].join("\n");
}

const rate = (n: number, of: number): string => `${n} (${of === 0 ? "0.0" : ((100 * n) / of).toFixed(1)} %)`;

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => "---"), ...rest].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** One line that does not break a table. */
const cell = (text: string): string => text.replace(/\s+/g, " ").replaceAll("|", "\\|").slice(0, 300);
