// Shows an evidence card at the terminal. In: a card, and the surface that names actions. Out: lines.
import type { CheckCard, EvaluationCard, EvidenceCard } from "../../loom/evidence/card.js";
import type { RevisionCard } from "../../loom/evidence/revisions.js";
import type { TraceRow } from "../../loom/evidence/trace-rows.js";
import { readableText } from "../../plan/json.js";
import { sentenceText, type Surface } from "../../words/action.js";
import { againWith } from "../../words/evidence.js";
import { figureText, refusedText, spanText, VERDICTS } from "../../words/evidence-card.js";
import { count, manyLines, oneLine, paint, type Paint } from "../style.js";

const WIDTH = 300;

export function evidenceLines(card: EvidenceCard, surface: Surface): readonly string[] {
  const { runId, goal, status, success, stepsCompleted, stepsTotal, tookMs, error, answer } = card;
  return [
    `${paint("bold", "run")}      ${runId}`,
    `${paint("bold", "goal")}     ${manyLines(goal)}`,
    `${paint("bold", "status")}   ${status}${status === "completed" && !success ? " (without success)" : ""}, ${stepsCompleted} of ${count(stepsTotal, "step")}, took ${spanText(tookMs)}`,
    ...(error === undefined ? [] : [`${paint("bold", "error")}    ${error.code}: ${oneLine(error.message, WIDTH)}`]),
    ...(card.refused === undefined
      ? []
      : [`${paint("bold", "log")}      ${oneLine(refusedText(card.refused), WIDTH)}`]),
    ...heading(card.partial === true ? "answer (partial)" : "answer"),
    answer === null ? "  There is no answer." : readableText(answer),
    ...heading("plan"),
    ...card.revisions.flatMap(revisionLines),
    ...heading("trace"),
    ...card.trace.flatMap(traceLines),
    ...moreLine(card.traceMore, "row"),
    ...heading("what changed after each action"),
    ...card.changes.map(
      ({ seq, afterMs, action, text }) =>
        `  ${String(seq).padStart(4)}  at ${spanText(afterMs).padEnd(10)} ${oneLine(action, 80)}: ${oneLine(text, WIDTH)}`,
    ),
    ...moreLine(card.changesMore, "change"),
    ...heading("failure checks, from the log alone"),
    ...card.checks.flatMap(checkLines),
    ...(card.evaluation === undefined ? [] : evaluationLines(card.evaluation, surface)),
    ...heading("identity"),
    ...identityLines(card),
  ];
}

const heading = (text: string): readonly string[] => ["", paint("bold", text)];

function revisionLines(plan: RevisionCard): readonly string[] {
  const why = plan.reason === undefined ? "" : ` (${oneLine(plan.reason, WIDTH)})`;
  return [
    `  revision ${plan.revision}, ${plan.causeText}${why}: ${oneLine(plan.approvalText, WIDTH)}`,
    ...plan.steps.map(({ id, title, does, needs }) => {
      const after = needs.length === 0 ? "" : `  after ${oneLine(needs.join(", "))}`;
      return `    ${oneLine(id)}  ${oneLine(does)}  ${oneLine(title, 80)}${after}`;
    }),
  ];
}

function traceLines({ asked = [], judged, ...row }: TraceRow): readonly string[] {
  const said = [...asked, ...(judged === undefined ? [] : [`judged: ${judged}`])];
  return [traceLine(row), ...said.map((text) => `    ${oneLine(text, WIDTH)}`)];
}

function traceLine({ step, item, status, attempts, tookMs, wrote, error, note, carried }: TraceRow): string {
  const name = item === undefined ? step : `${step}[${item}]`;
  const result = error ?? (wrote === undefined ? (note ?? "") : `wrote ${wrote}`);
  const spent = attempts === 0 ? "" : `, ${count(attempts, "attempt")}, ${spanText(tookMs)}`;
  const reused = carried === undefined ? "" : " (reused)";
  return `  ${oneLine(name)}  ${status}${spent}  ${oneLine(result, WIDTH)}${reused}`;
}

const moreLine = (more: number | undefined, noun: string): readonly string[] =>
  more === undefined ? [] : [`  and ${count(more, noun)} more`];

const COLOURS: { readonly [verdict in CheckCard["verdict"]]: Paint } = {
  clean: "green",
  found: "red",
  "not-checked": "yellow",
};

const checkLines = ({ title, verdict, foundText, text, findings }: CheckCard): readonly string[] => [
  `  ${paint(COLOURS[verdict], VERDICTS[verdict])}  ${title}${verdict === "not-checked" ? "" : `, ${foundText}`}: ${text}`,
  ...findings.map(
    ({ message, events }) =>
      `    ${oneLine(message, WIDTH)}${events.length === 0 ? "" : paint("dim", `  (events ${events.join(", ")})`)}`,
  ),
];

function evaluationLines({ met, text, deviations, offer }: EvaluationCard, surface: Surface): readonly string[] {
  return [
    ...heading("against the expected result"),
    `  ${met ? paint("green", "met") : paint("red", "not met")}: ${oneLine(text, WIDTH)}`,
    ...deviations.map(({ message }) => `    ${oneLine(message, WIDTH)}`),
    ...(offer === undefined ? [] : [`  ${sentenceText(againWith(offer.action), surface)}`]),
  ];
}

function identityLines({ identity }: EvidenceCard): readonly string[] {
  const { events, lastHash, planHash, strategy, roles, costText } = identity;
  return [
    `  log      ${count(events, "event")}, last hash ${lastHash}`,
    ...(planHash === null ? [] : [`  plan     ${planHash}`]),
    ...(strategy === "plan" ? [] : [`  strategy ${oneLine(strategy, 2_000)}`]),
    ...roles
      .filter(({ calls }) => calls > 0)
      .map(
        ({ role, model, calls, inputTokens, outputTokens }) =>
          `  ${role}  ${oneLine(model ?? "no model", 80)}, ${count(calls, "call")}, ${figureText(inputTokens)} tokens in, ${figureText(outputTokens)} out`,
      ),
    `  cost     ${oneLine(costText, WIDTH)}`,
  ];
}
