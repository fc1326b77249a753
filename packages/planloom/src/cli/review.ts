// Reviews a waiting plan or call with the person at the terminal. In: what waits. Out: the answer, as commands to the
// run. interview.ts decides what to review, and for how long.
import type { Reply } from "../engine/engine.js";
import type { Loom } from "../loom/loom.js";
import type { LoomRun } from "../loom/loom-run.js";
import { diffPlans } from "../plan/revise/diff.js";
import type { WaitingDocument } from "../loom/document.js";
import type { RestOfStep } from "../run/command.js";
import { planOf } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import { previewLinesOf } from "./previews.js";
import { composeArguments, composePlan } from "./compose.js";
import type { Follower } from "./follow.js";
import { problemLines } from "./error-text.js";
import { userName } from "./open-loom.js";
import { refusalProblem } from "./refusal.js";
import type { Terminal } from "./prompt.js";
import { estimateLine, expectedLines } from "./render/estimate.js";
import { heading } from "./render/lines.js";
import { callsToApprove, approvalLines, diffLines, proposedLines } from "./render/revision.js";
import { oneLine, paint } from "./style.js";
import { argumentLines, callApprovalLines, planApprovalLines, showAll } from "./render/approval.js";

/**
 * answered: the run may continue, or something else waits now. record: approved; the command is applied when the run is
 * next driven.
 */
export type Said = "answered" | "left" | { readonly record: string };

export interface Interview {
  readonly loom: Loom;
  readonly run: LoomRun;
  readonly follower: Follower;
  readonly terminal: Terminal;
  /** Aborted if another process has answered, or this process must stop. */
  readonly signal: AbortSignal;
}

type Approval = WaitingDocument["approvals"][number];

export function review(talk: Interview, approval: Approval): Promise<Said> {
  return approval.subject === "plan" ? reviewPlan(talk, approval) : reviewCall(talk, approval);
}

async function reviewPlan(talk: Interview, approval: Approval): Promise<Said> {
  const { follower, terminal } = talk;
  const state = follower.run!;
  terminal.say(heading("REVIEW"));
  for (const line of await planReview(talk, state, approval)) terminal.say(line);
  return choose(talk, approval, choicesIn(state));
}

/** Asks until one of the choices ends the review. */
async function choose(talk: Interview, approval: Approval, choices: readonly Choice[]): Promise<Said> {
  const { terminal } = talk;
  const question = choices.map(({ words }) => words).join(", ");
  for (;;) {
    const word = await terminal.ask(`${paint("bold", `${question} or [q]uit?`)} `, talk.signal);
    if (word === undefined || /^q/i.test(word)) return "left";
    const choice = choices.find(({ letters }) => word !== "" && letters.includes(word.charAt(0).toLowerCase()));
    const said = await choice?.act(talk, approval);
    if (said !== undefined) return said;
  }
}

/** The plan (if it was not shown here yet), its estimate, and why a person is asked. */
async function planReview(talk: Interview, run: Run, approval: Approval): Promise<readonly string[]> {
  const { loom, follower } = talk;
  const { data, shown } = follower.proposed!;
  const { plan, tools, hash } = planOf(run);
  const checked = { plan, hash, inputs: run.request.inputs, tools: [...tools.values()], findings: [] };
  const recorded = expectedLines(approval.estimate);
  const expected = recorded.length > 0 ? recorded : await loom.estimate(checked).then(lineOf, () => []);
  return [
    ...(shown ? [] : [...proposedLines(run, data), ...planApprovalLines(run), ...approvalLines(run)]),
    ...(await previewLinesOf(talk.run, hash)),
    ...expected,
    `The plan waits for you: ${oneLine(approval.reason, 4_000)} (hash ${hash}, until ${approval.expiresAt})`,
  ];
}

const lineOf = (estimate: Parameters<typeof estimateLine>[0]): readonly string[] => [estimateLine(estimate)];

interface Choice {
  readonly words: string;
  /** Lower case. The first one is shown. */
  readonly letters: string;
  /** undefined: the question is asked again. */
  act(talk: Interview, approval: Approval): Promise<Said | undefined>;
}

function choicesIn(run: Run): readonly Choice[] {
  const approve =
    (calls: boolean): Choice["act"] =>
    async (talk, { hash }) =>
      heard(talk, await talk.run.approve(hash, { by: userName(), ...(calls && { calls }) }));
  const covered = callsToApprove(run).some(({ stands }) => stands);
  return [
    { words: "[a]pprove and run", letters: "ay", act: approve(false) },
    ...(covered ? [{ words: "approve its [c]alls too", letters: "c", act: approve(true) }] : []),
    { words: "approve [o]nly", letters: "o", act: async (_talk, { hash }) => ({ record: hash }) },
    { words: "[e]dit", letters: "e", act: edit },
    { words: "[f]eedback", letters: "frn", act: feedback },
    ...(run.planning.plans.length > 1 ? [{ words: "[d]iff", letters: "d", act: showDiff }] : []),
  ];
}

async function edit(talk: Interview, { hash }: Approval): Promise<Said | undefined> {
  const { loom, run, terminal, signal, follower } = talk;
  const composed = await composePlan(loom, follower.run!, terminal, signal);
  if (composed.kind === "left") return "left";
  if (composed.kind === "unchanged") return void terminal.say("The plan stays as it is.");
  const reply = await run.edit(composed.text, { hash, by: userName() });
  if (reply.ok) await composed.discard();
  else terminal.say(`What you wrote is kept in ${composed.file}`);
  return heard(talk, reply);
}

async function feedback(talk: Interview, { hash }: Approval): Promise<Said | undefined> {
  const { run, terminal, signal, follower } = talk;
  const alone =
    follower.run!.request.models.planner === null
      ? "There is no planner to write another plan: this ends the run. "
      : "";
  const comment = await terminal.ask(`${alone}What should be different? `, signal);
  if (comment === undefined) return "left";
  if (comment === "") return undefined;
  return heard(talk, await run.reject(comment, { by: userName(), hash }));
}

async function showDiff({ follower, terminal }: Interview): Promise<undefined> {
  const {
    planning: { plans },
  } = follower.run!;
  const [before, after] = plans.slice(-2);
  for (const line of diffLines(diffPlans(before!.plan, after!.plan))) terminal.say(line);
}

async function reviewCall(talk: Interview, approval: Approval): Promise<Said> {
  for (const line of await callLines(talk, approval)) talk.terminal.say(line);
  return choose(talk, approval, callChoices(approval));
}

function callChoices({ editable, rest = [] }: Approval): readonly Choice[] {
  const approve =
    (what?: RestOfStep): Choice["act"] =>
    async (talk, { hash }) =>
      heard(talk, await talk.run.approve(hash, { by: userName(), ...(what === undefined ? {} : { rest: what }) }));
  return [
    { words: "[a]pprove", letters: "ay", act: approve() },
    ...rest.map((what) => ({ ...REST_CHOICES[what], act: approve(what) })),
    ...(editable === true ? [{ words: "[e]dit its arguments", letters: "e", act: editCall }] : []),
    { words: "[r]eject", letters: "rn", act: rejectCall },
  ];
}

const REST_CHOICES = {
  values: { words: "the same [v]alues for the rest of the step too", letters: "v" },
  host: { words: "the same [h]ost for the rest of the step too", letters: "h" },
} as const;

async function rejectCall(talk: Interview, { hash, rejecting }: Approval): Promise<Said> {
  const { run, terminal, signal } = talk;
  terminal.say(`If it is rejected, ${rejecting}.`);
  const comment = await terminal.ask("What should be different? ", signal);
  if (comment === undefined) return "left";
  return heard(talk, await run.reject(comment, { by: userName(), hash }));
}

async function editCall(talk: Interview, { hash }: Approval): Promise<Said | undefined> {
  const { run, terminal, signal, follower } = talk;
  const pending = follower.run!.approvals.pending.get(hash);
  if (pending === undefined) return "answered";
  const composed = await composeArguments(follower.run!, pending, terminal, signal);
  if (composed.kind === "left") return "left";
  if (composed.kind === "unchanged") return void terminal.say("The arguments stay as they are.");
  const { args } = composed;
  await composed.discard();
  for (const line of argumentLines(args, showAll(run.id), "  ")) terminal.say(line);
  const word = await terminal.ask(`${paint("bold", "[a]pprove the call with these, or go [b]ack?")} `, signal);
  if (word === undefined) return "left";
  return /^(a|y)/i.test(word) ? heard(talk, await run.approve(hash, { by: userName(), args })) : undefined;
}

/** All arguments of the call, and what it would change. The approval is for these. */
async function callLines({ run }: Interview, approval: Approval): Promise<readonly string[]> {
  const { subject, reason, hash, expiresAt } = approval;
  const { step, item } = subject as { readonly step: string; readonly item?: number };
  return [
    `The call of step ${step}${item === undefined ? "" : `[${item}]`} waits for you: ${oneLine(reason, 4_000)} (hash ${hash}, until ${expiresAt})`,
    ...callApprovalLines(run.id, approval),
    ...(await previewLinesOf(run, hash)),
  ];
}

/** A command that came too late does not end the review. The program shows what waits now. */
function heard({ terminal, run }: Interview, reply: Reply): Said {
  if (!reply.ok) problemLines(refusalProblem(run.id, reply)).forEach((line) => terminal.say(line));
  return "answered";
}
