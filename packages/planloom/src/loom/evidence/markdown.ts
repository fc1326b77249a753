// An evidence card as Markdown, for a file or a review. In: a card. Out: one text. Text of tools and models stands in it
// as data: nothing of it is read as markup.
import { readableText } from "../../plan/json.js";
import { counted } from "../../words/phrases.js";
import { figureText, refusedText, spanText, VERDICTS } from "../../words/evidence-card.js";
import type { CheckCard, EvaluationCard, EvidenceCard } from "./card.js";
import type { IdentityCard } from "./identity.js";
import type { RevisionCard } from "./revisions.js";
import type { TraceRow } from "./trace-rows.js";

export function evidenceMarkdown(card: EvidenceCard): string {
  const parts = [
    `# Evidence card: ${line(card.goal)}`,
    summary(card),
    "## Answer",
    card.answer === null ? "There is no answer." : fenced(readableText(card.answer)),
    "## Plan",
    ...card.revisions.flatMap(revision),
    "## Trace",
    table(["Step", "Status", "Attempts", "Took", "Wrote"], card.trace.map(traceCells)),
    ...more(card.traceMore, "rows"),
    "## What changed after each action",
    table(
      ["Event", "At", "Action", "Change", "Outputs"],
      card.changes.map(({ seq, afterMs, action, text, size }) => [
        String(seq),
        spanText(afterMs),
        action,
        text,
        String(size),
      ]),
    ),
    ...more(card.changesMore, "changes"),
    "## Failure checks",
    "Computed from the log alone. No model was asked.",
    table(["Check", "Verdict", "Found", "What it says"], card.checks.map(checkCells)),
    ...card.checks.flatMap(findings),
    ...(card.evaluation === undefined ? [] : evaluation(card.evaluation)),
    "## Identity",
    identity(card.identity),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function summary(card: EvidenceCard): string {
  const {
    runId,
    status,
    success,
    stepsCompleted,
    stepsTotal,
    startedAt,
    tookMs,
    error,
    refused,
    evaluation: against,
  } = card;
  return list([
    `Run: ${code(runId)}`,
    `Status: ${status}${status === "completed" && !success ? " (without success)" : ""}, ${stepsCompleted} of ${stepsTotal} steps`,
    `Started: ${startedAt}, took ${spanText(tookMs)}`,
    ...(error === undefined ? [] : [`Error: ${code(error.code)} ${line(error.message)}`]),
    ...(refused === undefined ? [] : [`Log: ${line(refusedText(refused))}`]),
    `Failure checks: ${checksSummary(card.checks)}`,
    ...(against === undefined ? [] : [`Expected result: ${against.met ? "met" : "not met"}`]),
  ]);
}

/** `3 clean, 1 found`. */
function checksSummary(checks: readonly CheckCard[]): string {
  return Object.entries(VERDICTS)
    .map(([verdict, word]) => [checks.filter((check) => check.verdict === verdict).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(", ");
}

function revision(plan: RevisionCard): readonly string[] {
  const why = plan.reason === undefined ? "" : ` (${line(plan.reason)})`;
  return [
    `### Revision ${plan.revision}: ${plan.causeText}${why}`,
    `${sentence(plan.approvalText)} Event ${plan.seq}, hash ${code(plan.hash)}.${differenceText(plan)}`,
    table(
      ["No", "Step", "Title", "Does", "After"],
      plan.steps.map(({ id, title, does, needs }, index) => [
        String(index + 1),
        id,
        title,
        does,
        needs.length === 0 ? "-" : needs.join(", "),
      ]),
    ),
  ];
}

function differenceText({ added = [], dropped = [], changed = [] }: RevisionCard): string {
  const parts = [
    ["added", added],
    ["dropped", dropped],
    ["changed", changed],
  ] as const;
  const said = parts.filter(([, ids]) => ids.length > 0).map(([word, ids]) => `${word} ${ids.map(line).join(", ")}`);
  return said.length === 0 ? "" : ` ${sentence(said.join("; "))}`;
}

const traceCells = ({
  step,
  item,
  status,
  attempts,
  tookMs,
  wrote,
  error,
  note,
  asked = [],
  judged,
  carried,
}: TraceRow): readonly string[] => [
  item === undefined ? step : `${step}[${item}]`,
  status,
  String(attempts),
  attempts === 0 ? "-" : spanText(tookMs),
  [error ?? `${wrote ?? note ?? "-"}${carried === undefined ? "" : " (reused)"}`, ...asked, ...judgedIn(judged)].join(
    "; ",
  ),
];

const judgedIn = (judged: string | undefined): readonly string[] => (judged === undefined ? [] : [`judged: ${judged}`]);

const checkCells = ({ title, verdict, foundText, text }: CheckCard): readonly string[] => [
  title,
  VERDICTS[verdict],
  foundText,
  text,
];

function findings({ title, findings: found }: CheckCard): readonly string[] {
  if (found.length === 0) return [];
  return [
    `### ${title}`,
    list(
      found.map(
        ({ message, events }) =>
          `${line(message)} (${events.length === 0 ? "journal" : `events ${events.join(", ")}`})`,
      ),
    ),
  ];
}

function evaluation({ met, text, deviations, expected, offer }: EvaluationCard): readonly string[] {
  return [
    "## Against the expected result",
    `**${met ? "Met" : "Not met"}.** ${line(text)}`,
    deviations.length === 0 ? "" : list(deviations.map(({ message }) => line(message))),
    "Expected:",
    fenced(readableText(expected)),
    ...(offer === undefined ? [] : ["Feedback for the planner:", fenced(offer.feedback)]),
  ];
}

function identity({ events, lastHash, planHash, strategy, roles, costText }: IdentityCard): string {
  return list([
    `Log: ${events} events, the last one has the hash ${code(lastHash)}`,
    ...(planHash === null ? [] : [`Plan: ${code(planHash)}`]),
    ...(strategy === "plan" ? [] : [`Strategy: ${line(strategy)}`]),
    ...roles
      .filter(({ calls }) => calls > 0)
      .map(
        ({ role, model, calls, inputTokens, outputTokens }) =>
          `${role}: ${code(model ?? "no model")}, ${counted(calls, "call")}, ${figureText(inputTokens)} tokens in, ${figureText(outputTokens)} out`,
      ),
    `Cost: ${line(costText)}`,
  ]);
}

const more = (count: number | undefined, noun: string): readonly string[] =>
  count === undefined ? [] : [`${count} further ${noun} are not listed.`];

const sentence = (text: string): string => `${line(text.slice(0, 1).toUpperCase() + text.slice(1))}.`;

const list = (lines: readonly string[]): string => lines.map((one) => `- ${one}`).join("\n");

/** Text from outside in one line, with the marks of Markdown as plain characters. */
const line = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]<>#|~]/g, "\\$&");

/** A code span. Text with a backtick in it stands as plain text. */
const code = (text: string): string => (text.includes("`") ? line(text) : `\`${text.replace(/\s+/g, " ")}\``);

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "Nothing.";
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(heads), row(heads.map(() => "---")), ...rows.map((cells) => row(cells.map(line)))].join("\n");
}

/** A block of text that nothing in the text can end. */
function fenced(text: string): string {
  const ticks = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1;
  const fence = "`".repeat(ticks);
  return `${fence}\n${text}\n${fence}`;
}
