// Drives a run in the foreground, until it ends or waits for an absent person. In: a run and how to show it. Out: an
// exit code; the answer on stdout. run, resume and all commands that answer a run use it.
import { commandLine, endsWithProcess } from "./carried.js";
import type { Listener, Reply } from "../engine/engine.js";
import { readLog } from "../engine/log.js";
import type { Loom } from "../loom/loom.js";
import type { LoomRun } from "../loom/loom-run.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { documentOf, type RunDocument, type WaitingDocument } from "../loom/document.js";
import type { ApprovalReason } from "../run/reason.js";
import type { RunEvent } from "../run/event.js";
import { Follower } from "./follow.js";
import { isEnded } from "../run/status.js";
import { SubRuns } from "./sub-runs.js";
import { isOwnWait, waitingBelow } from "./waiting-below.js";
import { interview } from "./interview.js";
import { tellModelNotes } from "./model-notes.js";
import { openDisplay } from "./display.js";
import { leave, nowDriving } from "./ending.js";
import { EXIT, exitOfRun } from "./exit-code.js";
import { atTerminal, printJson, printJsonLine, say, type RawFlags } from "./output.js";
import { userName } from "./open-loom.js";
import { previewsOf } from "./previews.js";
import { openTerminal } from "./prompt.js";
import { printError } from "./error-text.js";
import { refusalLines, refusalProblem } from "./refusal.js";
import { cliSurface } from "./surface.js";
import { ENDS_TEXT, printEndAnswer, sayEnd, waitingLines } from "./render/end.js";
import { shellWord } from "./shell-word.js";

export interface DriveFlags extends RawFlags {
  /** Prints one document on stdout. */
  readonly json?: boolean;
  /** Prints events on stdout, once they are durable. */
  readonly jsonl?: boolean;
  readonly quiet?: boolean;
  /** Grants approvals, but for calls that untrusted text chose. Never answers questions or settles doubts. */
  readonly yes?: boolean;
  /** Grants all approvals. */
  readonly yesAll?: boolean;
  /** Hash of a plan that the person at this terminal has already agreed to. */
  readonly agreed?: string;
}

export async function openFollower({ quiet, jsonl }: DriveFlags): Promise<Follower> {
  const onEvent = jsonl === true ? (event: RunEvent) => printJsonLine(event) : undefined;
  return new Follower(openDisplay(quiet === true), onEvent, quiet === true);
}

/**
 * Drives the run that `begin` starts or takes over. If `begin` gives an exit code, there is nothing to drive. Ctrl-C
 * releases the run from the first moment on; it can be resumed.
 */
export async function driveToEnd(
  loom: Loom,
  follower: Follower,
  flags: DriveFlags,
  begin: () => Promise<LoomRun | number>,
): Promise<number> {
  const interrupt = new AbortController();
  let stoppedAt = 0;
  const stop = () => {
    // A second Ctrl-C ends the process at once. One Ctrl-C may arrive twice: from the terminal and through npm.
    if (interrupt.signal.aborted) return Date.now() - stoppedAt < ECHO_MS ? undefined : leave(EXIT.interrupted);
    stoppedAt = Date.now();
    interrupt.abort();
    follower.rest();
    say("Stopping …");
    // If the run cannot be released now, it is free when its lease ends.
    void loom.engine.close().catch(() => undefined);
  };
  for (const signal of ENDING) process.on(signal, stop);
  const told = new Set<string>();
  if (flags.quiet !== true) tellModelNotes(loom, told);
  const over = nowDriving(follower);
  const below = new SubRuns(loom, follower.display, flags.quiet === true);
  try {
    const run = await begin();
    if (typeof run === "number") return run;
    below.watch(follower);
    const driven = { loom, run, follower, below, signal: interrupt.signal };
    const { document, record } = await untilStuck(driven, flags).catch((error: unknown) => {
      throw interrupt.signal.aborted && isClosed(error) ? interrupted(run.id) : error;
    });
    await below.end();
    follower.rest();
    if (flags.quiet !== true) tellModelNotes(loom, told);
    if (record !== undefined) return await approvedOnly(loom, record.run, record.hash, flags);
    if (interrupt.signal.aborted && document.finishedAt === null) throw interrupted(run.id);
    return await finish(loom, document, flags);
  } finally {
    await below.end().catch(() => undefined);
    over();
    follower.rest();
    for (const signal of ENDING) process.off(signal, stop);
  }
}

/** Ctrl-C, an order to end, a terminal that is closed, and Ctrl-\. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Two signals within this time are one Ctrl-C. */
const ECHO_MS = 300;

interface Stuck {
  readonly document: RunDocument;
  /** A plan that the person approves without driving the run here: its run and its hash. */
  readonly record?: { readonly run: LoomRun; readonly hash: string };
}

interface DrivenRun {
  readonly loom: Loom;
  readonly run: LoomRun;
  readonly follower: Follower;
  readonly below: SubRuns;
  readonly signal: AbortSignal;
}

/** Until the run has ended, or waits for a person who is not here. */
export async function untilStuck(driven: DrivenRun, flags: DriveFlags): Promise<Stuck> {
  const { loom, run, follower, signal } = driven;
  for (;;) {
    const state = (await loom.engine.stopped(run.id)).run;
    const { seq } = state.log;
    const document = documentOf(state, cliSurface);
    if (document.finishedAt !== null || document.waiting === undefined || signal.aborted) return { document };
    const asked = await askedIn(driven, document);
    // The run below has been answered, and its parent has not been told yet.
    if (asked === undefined) {
      await laterThan(loom, run.id, seq, signal);
      continue;
    }
    if (await grant(asked.run, asked.document, flags)) continue;
    follower.rest();
    if (!atTerminal()) return { document };
    const talk = { loom, run: asked.run, follower: asked.follower, terminal: openTerminal(), signal };
    const said = await interview(talk, asked.document);
    if (said === "left") return { document };
    if (said !== "answered") return { document, record: { run: asked.run, hash: said.record } };
  }
}

/** What a person is asked first: the run itself, else a run below it. undefined: nobody is asked any more. */
async function askedIn({ loom, run, follower, below }: DrivenRun, document: RunDocument) {
  const { waiting } = document;
  if (waiting?.children === undefined || isOwnWait(document)) return { run, follower, document };
  const [first] = await waitingBelow(document, (runId) => loom.engine.load(runId));
  if (first === undefined) return undefined;
  const { seq } = (await loom.engine.load(first.runId)).log;
  return { run: await loom.get(first.runId), follower: await below.of(first.runId, seq), document: first };
}

/** Resolves once the run has an event after `seq`. */
async function laterThan(loom: Loom, runId: string, seq: number, signal: AbortSignal): Promise<void> {
  let heard: () => void = () => undefined;
  const event = new Promise<void>((resolve) => (heard = resolve));
  const forget = loom.engine.listen(runId, { event: heard });
  signal.addEventListener("abort", heard, { once: true });
  try {
    if ((await loom.engine.load(runId)).log.seq === seq && !signal.aborted) await event;
  } finally {
    forget();
    signal.removeEventListener("abort", heard);
  }
}

/** Releases the run first, so that another process can apply the approval at once. */
async function approvedOnly(loom: Loom, run: LoomRun, hash: string, flags: DriveFlags): Promise<number> {
  await loom.engine.close();
  await run.approve(hash, { by: userName(), record: "only" });
  return recorded(loom, run.id, flags);
}

type Approval = WaitingDocument["approvals"][number];

/** Approves what the flags cover, and what was agreed to. Returns false if nothing was left to approve. */
async function grant(run: LoomRun, { waiting }: RunDocument, flags: DriveFlags): Promise<boolean> {
  const { yesAll, agreed } = flags;
  let granted = false;
  for (const approval of waiting?.approvals ?? []) {
    const { hash } = approval;
    const by = userName();
    if (hash === agreed) await run.approve(hash, { by, comment: "agreed to before it began" });
    else if (!isCovered(approval, flags)) continue;
    else await run.approve(hash, { by, comment: yesAll === true ? "--yes-all" : "--yes", unseen: true });
    granted = true;
  }
  return granted;
}

/** What --yes does not cover: calls that text of others chose, or whose tool is not the one of the plan. */
const NOT_BY_YES: ReadonlySet<string> = new Set([
  "UNTRUSTED_READ",
  "CONTROL_UNTRUSTED",
  "PRIVATE_LEAVES",
  "TOOL_CHANGED",
] satisfies ApprovalReason["code"][]);

const isCovered = ({ code }: Approval, { yes, yesAll }: DriveFlags): boolean =>
  yesAll === true || (yes === true && !NOT_BY_YES.has(code));

/** Why something waits although --yes is given. */
function notByYes(waiting: WaitingDocument, { yes, yesAll }: DriveFlags): readonly string[] {
  if (yes !== true || yesAll === true || !waiting.approvals.some(({ code }) => NOT_BY_YES.has(code))) return [];
  return [
    "--yes does not grant calls that were planned after text of others, whose destination it chose, or whose tool has changed. Approve them by their hash; or --yes-all grants these, too.",
  ];
}

async function finish(loom: Loom, document: RunDocument, flags: DriveFlags): Promise<number> {
  const { runId, status, waiting } = document;
  if (flags.json === true) printJson(document);
  else if (flags.jsonl !== true) printEndAnswer(document, flags);
  if (document.finishedAt !== null) {
    if (flags.quiet !== true || status !== "completed") sayEnd(document);
  } else {
    const asked = [document, ...(await waitingBelow(document, (id) => loom.engine.load(id)))];
    for (const one of asked) (await linesOfWaits(loom, one, flags)).forEach((line) => say(line));
    if (waiting === undefined || status === "paused") say(`Run ${runId} is ${status}; ${goOnText(runId)}`);
  }
  return exitOfRun(document);
}

/** What a person answers in one run: in the run itself, or in one below it. */
async function linesOfWaits(
  loom: Loom,
  { runId, waiting, status, within }: RunDocument,
  flags: DriveFlags,
): Promise<readonly string[]> {
  if (waiting === undefined)
    return within === undefined || status !== "paused" ? [] : [`Sub-plan ${runId} is paused; ${goOnText(runId)}`];
  const previews = await previewsOf(await loom.get(runId), waiting);
  return [...waitingLines(runId, waiting, previews), ...notByYes(waiting, flags)];
}

const goOnText = (runId: string): string =>
  endsWithProcess() ? ENDS_TEXT : `go on with: ${commandLine(["resume", shellWord(runId)])}`;

/** The engine's reason for callers that wait for a released run. */
const isClosed = (error: unknown): boolean => hasCode(error, "ENGINE_CLOSED");

const interrupted = (runId: string): PlanloomError => new PlanloomError("INTERRUPTED", { runId });

/**
 * Drives a run without an owner to its end or next wait. Throws RUN_OWNED if a live process drives it, unless
 * `takeOver`. A paused run goes on.
 */
export async function takeUp(
  loom: Loom,
  runId: string,
  flags: DriveFlags,
  { takeOver }: { readonly takeOver?: boolean | undefined } = {},
): Promise<number> {
  const root = await rootAbove(loom, runId);
  if (root !== undefined) say(`Run ${runId} is a sub-plan of run ${root}, which goes on with it.`);
  const run = await loom.get(root ?? runId);
  const follower = (await openFollower(flags)).hold();
  return driveToEnd(loom, follower, flags, async () => {
    await run.resume(follower, { by: userName(), listener: follower, takeOver: takeOver === true });
    follower.seed(await readLog(loom.store, run.id));
    return run;
  });
}

/** The topmost run that a sub-plan belongs to, if that has not ended. It drives its sub-plans. */
async function rootAbove(loom: Loom, runId: string): Promise<string | undefined> {
  const { within } = (await loom.engine.load(runId)).request;
  if (within === undefined || isEnded(await loom.engine.load(within.root))) return undefined;
  return within.root;
}

/** How to send a command: the author, and either only recorded, or with a listener for the events that follow. */
export interface Sending {
  readonly by: string;
  readonly record?: "only";
  readonly listener?: Listener;
}

/** `run` is false with --no-run: the command is only recorded. */
export interface TellFlags extends DriveFlags {
  readonly run?: boolean;
}

/**
 * Sends a command to a run. If nobody else drives the run, drives it to its end or next wait. The command is sent
 * first, so that nothing starts that it would prevent. `hash` is the hash that the command names.
 */
export async function tell(
  loom: Loom,
  runId: string,
  flags: TellFlags,
  send: (run: LoomRun, how: Sending) => Promise<Reply>,
  hash?: string,
): Promise<number> {
  const run = await loom.get(runId);
  const by = userName();
  if (flags.run === false) {
    const reply = await send(run, { by, record: "only" });
    return reply.ok ? recorded(loom, runId, flags) : refused(loom, runId, reply, { hash, flags });
  }
  const follower = (await openFollower(flags)).hold();
  const root = await rootAbove(loom, runId);
  // The topmost run drives its sub-plans, and goes on with what this one gives.
  const drives = root === undefined ? run : await loom.get(root);
  const how: Sending = root === undefined ? { by, listener: follower } : { by, record: "only" };
  return driveToEnd(loom, follower, flags, async () => {
    const reply = await send(run, how);
    follower.seed(await readLog(loom.store, drives.id), reply.ok ? "resumed" : "untouched");
    if (!reply.ok) return refused(loom, runId, reply, { follower, hash, flags });
    return (await isOwned(loom, drives, follower)) ? elsewhere(loom, drives, flags) : drives;
  });
}

/** Whether a live process applies the command. Otherwise this process drives the run. */
async function isOwned(loom: Loom, run: LoomRun, follower: Follower): Promise<boolean> {
  try {
    await loom.engine.drive(run.id, "RESUMED", follower);
    return false;
  } catch (error) {
    if (hasCode(error, "RUN_OWNED")) return true;
    throw error;
  }
}

async function elsewhere(loom: Loom, { id }: LoomRun, flags: DriveFlags): Promise<number> {
  await printRun(loom, id, flags);
  say(`Done. Run ${id} is driven by another process; follow it with: ${commandLine(["watch", shellWord(id)])}`);
  return EXIT.done;
}

/** The message for a command that was only recorded. */
export async function recorded(loom: Loom, runId: string, flags: DriveFlags): Promise<number> {
  await printRun(loom, runId, flags);
  say(
    endsWithProcess()
      ? `Recorded in run ${runId}; ${ENDS_TEXT}`
      : `Recorded. The next process that drives run ${runId} applies it. To drive it here: ${commandLine(["resume", shellWord(runId)])}`,
  );
  return EXIT.done;
}

/** With --json: the run, as its log stands now. */
export async function printRun(loom: Loom, runId: string, { json }: DriveFlags): Promise<void> {
  if (json === true) printJson(documentOf(await loom.engine.load(runId), cliSurface));
}

/**
 * A refused command: the reason, and the next actions. A run that ended without success has its own exit code. `hash`
 * is the hash that the command named.
 */
export async function refused(
  loom: Loom,
  runId: string,
  reply: Reply & { ok: false },
  {
    follower,
    hash,
    flags,
  }: { readonly follower?: Follower; readonly hash?: string | undefined; readonly flags: DriveFlags },
): Promise<number> {
  follower?.rest();
  if (flags.json === true) printError(refusalProblem(runId, reply));
  for (const line of refusalLines(await loom.engine.load(runId), reply, hash)) say(line);
  // Another accepted command may have started the run here at the same time. It is driven on.
  const document = documentOf((await loom.engine.stopped(runId)).run, cliSurface);
  const ended = document.finishedAt === null ? EXIT.done : exitOfRun(document);
  return ended === EXIT.done ? EXIT.usage : ended;
}
