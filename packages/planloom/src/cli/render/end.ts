// The output at the end of a command that drove a run. In: the run as a document. Out: the answer on stdout; on stderr
// the figures, the report or what waits for a person, and the next commands. `show` prints the same parts.
import { commandLine, endsWithProcess } from "../carried.js";
import { isatty } from "node:tty";
import type { Usage } from "../../plan/usage.js";
import { takeoverTexts } from "../../words/takeovers.js";
import { dollarsText, durationText } from "../../words/phrases.js";
import { waitedText } from "../../words/waits.js";
import { roundsText } from "../../words/rounds.js";
import { shownAnswer, type RunDocument, type WaitingDocument } from "../../loom/document.js";
import { isObject, readableText, type Json } from "../../plan/json.js";
import type { ModelCost } from "../../run/view/cost.js";
import { sayProblem } from "../error-text.js";
import { print, printText, say, type RawFlags } from "../output.js";
import { expectedLines } from "./estimate.js";
import { argumentLines, callApprovalLines, showAll } from "./approval.js";
import { thrownLines } from "./thrown.js";
import { count, oneLine, paint } from "../style.js";
import { keyText, textLines, valueLines } from "./value.js";
import { shellWord } from "../shell-word.js";

export const printAnswer = (answer: Json, flags?: RawFlags): void => printText(readableText(answer), flags);

/** The answer on a terminal, after an empty line. The program writes there, too, so each row has the gutter. */
const printAnswerApart = (answer: Json): void => print(`\n${readableText(answer)}`);

/** The answer of a run that was followed to its end, if it has one. On a terminal it stands apart. */
export function printEndAnswer(run: RunDocument, flags: RawFlags & { readonly quiet?: boolean }): void {
  const { status, partial } = run;
  if (status !== "completed" && partial !== true) return;
  const answer = shownAnswer(run);
  if (!isatty(1) || flags.quiet === true || flags.raw === true) return printAnswer(answer, flags);
  printAnswerApart(answer);
  say();
}

export function figureLines(run: RunDocument): readonly string[] {
  const works = run.steps.flatMap((step) => [step, ...(step.items ?? [])]);
  const attempts = works.filter((work) => !("items" in work)).reduce((sum, work) => sum + work.attempts, 0);
  const begun = Date.parse(run.retriedAt ?? run.startedAt);
  const since = run.retriedAt === undefined ? "" : " since the retry";
  const took = run.finishedAt === null ? "" : ` in ${durationText(Date.parse(run.finishedAt) - begun)}${since}`;
  const steps = `${run.stepsCompleted} of ${count(run.stepsTotal, "step")} completed`;
  return [
    `  steps    ${steps}${took}, ${count(attempts, "attempt")}, ${count(run.replanCount, "replan")}`,
    `  tokens   ${(["planner", "executor", "synthesizer"] as const).map((role) => `${role} ${usageText(run.usage[role])}`).join(" · ")}`,
    ...executorLines(run.executors ?? {}),
    ...unmetLines(run),
  ];
}

/** The steps whose last round was taken although it was not good enough. */
function unmetLines({ steps }: RunDocument): readonly string[] {
  const unmet = steps.flatMap(({ id, status, rounds }) =>
    status === "completed" && rounds?.met === false
      ? [`step ${id} gave its last output after ${roundsText(rounds)}`]
      : [],
  );
  return unmet.map((text) => `  ${paint("yellow", "rounds")}   ${text}`);
}

/** The part of each named executor. */
function executorLines(executors: NonNullable<RunDocument["executors"]>): readonly string[] {
  const parts = Object.entries(executors).map(([name, { calls, tokens, costUsd }]) => {
    const used = tokens === null ? "? tokens" : count(tokens, "token");
    return `${oneLine(name, 64)} ${count(calls, "call")}, ${used}, ${costUsd === null ? "unknown cost" : dollarsText(costUsd)}`;
  });
  return parts.length === 0 ? [] : [`  executor ${parts.join(" · ")}`];
}

/** The models that a run has called. */
export function modelLines(models: readonly ModelCost[]): readonly string[] {
  const parts = models.map(({ model, costUsd, ...usage }) => {
    const cost = costUsd === null ? "unknown cost" : dollarsText(costUsd);
    return `${oneLine(model, 80)} ${usageText(usage)}, ${cost}`;
  });
  return parts.length === 0 ? [] : [`  models   ${parts.join(" · ")}`];
}

/** `3 calls, 1,204 in (1,000 cached), ? out`. A number that was not reported is unknown, never 0. */
export function usageText({ calls, inputTokens, outputTokens, cachedInputTokens, waited, others }: Usage): string {
  if (calls === 0) return "none";
  const number = (tokens: number | null) => (tokens === null ? "?" : tokens.toLocaleString("en-US"));
  const instead = takeoverTexts(others)
    .map((text) => `; ${oneLine(text, 200)}`)
    .join("");
  const wait = waited === undefined ? "" : `, waited ${waitedText(waited)}`;
  const cached = cachedInputTokens === undefined ? "" : ` (${number(cachedInputTokens)} cached)`;
  return `${count(calls, "call")}, ${number(inputTokens)} in${cached}, ${number(outputTokens)} out${wait}${instead}`;
}

/** The last lines of a run that has ended. */
export function sayEnd(run: RunDocument): void {
  const { status, runId, error, report } = run;
  if (status !== "completed") sayProblem(endProblem(run));
  if (process.env["PLANLOOM_DEBUG"] && error !== undefined) thrownLines(error).forEach((line) => say(line));
  if (report !== undefined && (error?.then ?? error)?.code !== "PLAN_INVALID") sayReport(report);
  say(paint("bold", `=== ${status.toUpperCase()} ===`));
  if (status === "completed" && !run.success) say("  a step that mattered was left out for want of data: no success");
  if (run.partial === true) say("  the answer is partial: it is made of what is done");
  for (const line of critiqueLines(run)) say(line);
  for (const line of figureLines(run)) say(line);
  if (endsWithProcess()) say(`  kept     no: ${ENDS_TEXT}`);
  else say(`  look at  ${commandLine(["show", shellWord(runId), "--trace"])}`);
}

/** What the critic of the answer said, and the claims that it marked. */
export function critiqueLines({ critique }: RunDocument): readonly string[] {
  if (critique === undefined) return [];
  return [
    `  critic   ${oneLine(critique.text, 2_000)}`,
    ...critique.points.map((point) => `           - ${oneLine(point, 400)}`),
    ...critique.unsupported.map(
      ({ text }) => `  ${paint("yellow", "claim")}    no output supports: ${oneLine(text, 400)}`,
    ),
  ];
}

function endProblem({ status, error, report, runId }: RunDocument) {
  const code = error?.code ?? (status === "cancelled" ? "CANCELLED" : "FAILED");
  const next = report?.next ?? "";
  return {
    code,
    message: `Run ${runId} ${status === "cancelled" ? "was cancelled" : "failed"}: ${error?.message ?? report?.why ?? ""}`,
    next,
  };
}

function sayReport({ done, notDone }: NonNullable<RunDocument["report"]>): void {
  listed("done", done).forEach((line) => say(line));
  listed("not done", notDone).forEach((line) => say(line));
}

const listed = (name: string, texts: readonly string[]): readonly string[] =>
  texts.map((text, index) => `  ${(index === 0 ? name : "").padEnd(8)}  ${oneLine(text)}`);

/** For a run in memory: what is told in the place of commands. */
export const ENDS_TEXT =
  "it ends with this process, because its store is in memory. To keep a run, start it with --store FILE";

/** A command that answers, and below it what it means. None for a run in memory: another process does not find it. */
function commandRows(label: string, words: readonly string[], means?: string): readonly string[] {
  if (endsWithProcess()) return [];
  const below = means === undefined ? [] : [`             (${means})`];
  return [`  ${label.padEnd(9)}  ${commandLine(words)}`, ...below];
}

/** What waits for a person, with the commands that answer it. `previews`: by hash, what the calls would change. */
export function waitingLines(
  runId: string,
  waiting: WaitingDocument,
  previews: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly string[] {
  const many = waiting.approvals.length > 1;
  const run = shellWord(runId);
  return [
    ...waiting.approvals.flatMap((approval) => {
      const { subject, hash, reason, expiresAt, estimate, rejecting, editable, rest = [] } = approval;
      const of = `--hash ${shellWord(hash)}`;
      return [
        `${subject === "plan" ? "The plan" : `The call of step ${refText(subject)}`} of run ${runId} waits for approval: ${oneLine(reason, 4_000)} (until ${expiresAt})`,
        ...(subject === "plan" ? commandRows("look at", ["show", run]) : callApprovalLines(runId, approval)),
        ...(previews.get(hash) ?? []),
        ...expectedLines(estimate),
        `  hash       ${hash}`,
        ...commandRows("approve", ["approve", run, of]),
        ...rest.flatMap((what) => commandRows("and more", ["approve", run, `${of} --rest ${what}`], REST_TEXT[what])),
        ...(editable === true ? commandRows("change it", ["approve", run, `${of} --args JSON`]) : []),
        ...commandRows("reject", ["reject", run, '-m "what should be different"', ...(many ? [of] : [])], rejecting),
        ...(subject === "plan" ? commandRows("edit", ["edit", run, `${of} --plan FILE`]) : []),
      ];
    }),
    ...waiting.questions.flatMap((asked) => [
      ...questionLines(runId, asked),
      ...commandRows("answer", ["respond", run, shellWord(asked.step), "VALUE", ...questionFlags(asked)]),
    ]),
    ...waiting.unusable.flatMap((call) => unusableLines(runId, call)),
    ...waiting.unknown.flatMap((call) => doubtLines(runId, call)),
    ...(waiting.children ?? []).flatMap((child) => [
      `Step ${refText({ ...child })} of run ${runId} waits in its sub-plan, run ${child.runId}`,
      ...commandRows("look at", ["show", shellWord(child.runId)]),
    ]),
    ...(endsWithProcess() ? [`Run ${runId} waits, but ${ENDS_TEXT}`] : []),
  ];
}

const REST_TEXT = {
  values: "this call, and for the rest of the step calls of its tool with the same values of their control arguments",
  host: "this call, and for the rest of the step calls of its tool with addresses of the same host",
} as const;

type Question = WaitingDocument["questions"][number];

/** A tool may ask again: the answer is for this question only. */
const questionFlags = ({ item, asked }: Question): readonly string[] => [
  ...itemFlag(item),
  ...(asked === undefined ? [] : ["--asked", String(asked)]),
];

/** The question, the data that belongs to it, and the answers that fit. */
export function questionLines(runId: string, asked: Question): readonly string[] {
  const { step, item, question, data, type, tool, declines, expiresAt } = asked;
  const asks = tool === undefined ? "asks" : `asks for the tool ${oneLine(tool)}`;
  const until = expiresAt === undefined ? "" : ` (until ${expiresAt})`;
  const of = `Step ${refText({ step, ...(item === undefined ? {} : { item }) })} of run ${runId} ${asks}${until}`;
  const shown = { indent: "  ", width: 9, all: showAll(runId) };
  const each = isObject(data) ? Object.entries(data) : [];
  return [
    ...textLines(`${of}:`, question, { ...shown, indent: "", width: 0 }),
    ...each.flatMap(([name, value]) => valueLines(keyText(name), value, shown)),
    ...(type === undefined ? [] : [`  of type    ${oneLine(type, 2_000)}`]),
    ...(declines === undefined ? [] : ['  or decline with  {"declined": true}']),
  ];
}

/** The call in doubt, and the answers. */
function doubtLines(runId: string, call: WaitingDocument["unknown"][number]): readonly string[] {
  const { step, item, tool, args, key, attempt, at, error } = call;
  return [
    `It is not known whether step ${refText({ ...call })} of run ${runId} took effect: ${oneLine(error)}`,
    `  call       ${oneLine(tool)}, attempt ${attempt}, at ${at}`,
    ...(args === undefined ? [] : argumentLines(args, showAll(runId), "  ")),
    `  key        ${key}`,
    ...(endsWithProcess()
      ? []
      : [
          `  find out whether it did, then  ${commandLine(["respond", shellWord(runId), shellWord(step), ...itemFlag(item), "--happened JSON | --not-happened | --abort"])}`,
        ]),
  ];
}

/** The call that acted, what came back, and the answers. Only the last answer makes the call again. */
function unusableLines(runId: string, call: WaitingDocument["unusable"][number]): readonly string[] {
  const { tool, args, output, partial, error, key, attempt, at, earlier } = call;
  const words = ["respond", shellWord(runId), shellWord(call.step), ...itemFlag(call.item)];
  const verdict = (label: string, flag: string, means: string): readonly string[] =>
    commandRows(label, [...words, `${flag}   (${means})`]);
  const made = earlier === undefined ? "" : `, made before by step ${refText({ ...earlier })} and not made again`;
  return [
    `Step ${refText({ ...call })} of run ${runId} waits for a decision: ${oneLine(error)}`,
    `  call       ${oneLine(tool)}, attempt ${attempt}, at ${at}${made}`,
    ...argumentLines(args, showAll(runId), "  "),
    `  key        ${key}`,
    ...valueLines("returned", output, { indent: "  ", width: 9, all: showAll(runId) }),
    ...(partial === true ? ["             (only what could be kept)"] : []),
    ...verdict("use", "--use JSON", "this value is its output"),
    ...verdict("skip", "--skip", "go on without it"),
    ...verdict("fail", "--fail", "the step fails, and its onFailure decides"),
    ...verdict("again", "--again", "the call acts a second time"),
  ];
}

function refText(subject: Json): string {
  const { step, item } = subject as { readonly step: string; readonly item?: number };
  return item === undefined ? step : `${step}[${item}]`;
}

const itemFlag = (item: number | undefined): readonly string[] => (item === undefined ? [] : [`--item ${item}`]);
