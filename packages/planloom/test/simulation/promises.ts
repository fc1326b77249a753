// The checks of a finished world: its runs have ended, nothing promised is missing, commands were applied once, faults
// changed no answer. In: worlds. Out: violations in their ledgers.
import type { EventType, RunEvent } from "../../src/run/event.js";
import { type Run } from "../../src/run/state.js";
import { endOf, errorOf, isEnded } from "../../src/run/status.js";
import { auditLog } from "./audit.js";
import type { Ledger } from "./ledger.js";
import type { SimulatedWorld } from "./world.js";

/** ms within which a command that was sent is in the log, while stores take their time. */
const HEARD_MS = 5_000;

/** How a run may fail where neither tools nor models do. */
const FAULTS_OF_FATE = ["POISON_STEP", "APPROVAL_EXPIRED", "ASK_EXPIRED", "TURN_LIMIT", "TIMEOUT", "ITEMS_FAILED"];

export function audit(world: SimulatedWorld): void {
  const { ledger } = world;
  for (const [runId, { log, run, goneAt }] of ledger.known) {
    if (run.log.seq === 0) continue;
    if (!isEnded(run) && goneAt === undefined) ledger.violate(`run ${runId} never ended`);
    auditLog(world, log);
  }
  kept(ledger);
  obeyedOnce(ledger);
  obeyedInOrder(ledger);
  if (!world.scenario.misfortune.busy && !world.scenario.misfortune.diskFull) heardSignals(ledger);
}

/** A signal that is aborted at a process that goes on cancels its run, unless the run ends before that is heard. */
function heardSignals(ledger: Ledger): void {
  for (const { runId, by, at } of ledger.aborts) {
    const { log, lastAt, goneAt } = ledger.known.get(runId)!;
    if (!by.alive || by.stalled || goneAt !== undefined || lastAt < at + HEARD_MS) continue;
    if (!log.some((event) => event.by === "signal"))
      ledger.violate(`nobody heard that the signal of ${runId} was aborted`);
  }
}

/** Nothing that was called durable is missing. */
function kept(ledger: Ledger): void {
  for (const event of ledger.promised) {
    if (ledger.known.get(event.runId)?.log[event.seq - 1] === event) continue;
    ledger.violate(`event ${event.seq} (${event.type}) was called durable and is not in the log`);
  }
}

/** A command that was answered or recorded is in the log, and no command is there twice. */
function obeyedOnce(ledger: Ledger): void {
  for (const { inputId, runId, command, acknowledged } of ledger.commands) {
    const name = `command ${inputId ?? ""} (${command.type})`;
    const known = ledger.known.get(runId);
    const found = (known?.log ?? []).filter((event) => event.inputId === inputId && event.by !== "engine");
    const refusals = found.filter(({ type }) => type === "input.refused").length;
    const scattered = found.some((event, index) => index > 0 && event.seq !== found[index - 1]!.seq + 1);
    const meant = found.find(({ type }) => type === "approval.granted" || type === "approval.denied")?.data;
    if ("hash" in command && meant !== undefined && "hash" in meant && meant.hash !== command.hash)
      ledger.violate(`${name} decided about something else than it named`);
    if (scattered || (refusals > 0 && found.length > 1)) ledger.violate(`${name} was obeyed twice`);
    // What was refused before it came into the inbox leaves no trace.
    if (inputId === undefined && acknowledged !== "accepted" && acknowledged !== "recorded") continue;
    const answered = acknowledged !== undefined && !["RUN_ENDED", "NOT_ANSWERED", "recorded"].includes(acknowledged);
    // It may have come to a run that was deleted meanwhile.
    if (known?.goneAt !== undefined) continue;
    const owed = acknowledged === "recorded" && (known === undefined || !isEnded(known.run));
    if ((answered || owed) && found.length === 0) ledger.violate(`${name} was ${acknowledged} and is not in the log`);
  }
}

/** What was said first is decided first: a run that goes on does not hear what was meant for the one that had ended. */
function obeyedInOrder(ledger: Ledger): void {
  for (const [runId, { log }] of ledger.known) {
    const inbox = ledger.inboxes.get(runId) ?? [];
    const decided = log.filter(({ by }) => by !== "engine").map(({ inputId }) => inbox.indexOf(inputId));
    if (decided.some((place, index) => index > 0 && place < decided[index - 1]!))
      ledger.violate(`commands of ${runId} are decided in another order than they came`);
  }
}

/** The final answers of two worlds that differ in their faults only; how the plan itself fails, it fails in both. */
export function sameAnswer(stormy: SimulatedWorld, fair: SimulatedWorld): void {
  const { ledger } = stormy;
  for (const what of fair.ledger.violations) ledger.violate(`without faults: ${what}`);
  const [wanted] = fair.ledger.known.values();
  if (wanted !== undefined && isReplanned(wanted.log)) return;
  const explained = [...FAULTS_OF_FATE, ...failuresIn(wanted?.log ?? []).map(({ data }) => data.error.code)];
  for (const [runId, { log, run }] of ledger.known) {
    if (run.log.seq === 0 || !isEnded(run)) continue;
    // It was written once more, by a model that is right by now.
    if (stormy.scenario.typed?.writes === "wrong until retried" && log.some(isReopened)) continue;
    const logs = [log, ...ancestorsOf(ledger, run)];
    if (errorOf(run)?.code === "APPROVAL_EXPIRED" || logs.some(excuses) || logs.some(isReplanned)) continue;
    const strange = failuresIn(log).find(({ data }) => !explained.includes(data.error.code));
    if (strange !== undefined) {
      ledger.violate(
        `${runId}: step ${strange.data.step} failed with ${strange.data.error.code}, which no fault explains`,
      );
    }
    const [found, other] = [endText(run), endText(wanted?.run)];
    if (found !== other) ledger.violate(`${runId} ends ${found}, without faults ${other}`);
  }
}

/** The logs of the runs that this one was forked from. */
function ancestorsOf(ledger: Ledger, { request: { parent } }: Run): readonly (readonly RunEvent[])[] {
  const known = parent === undefined ? undefined : ledger.known.get(parent.runId);
  return known === undefined ? [] : [known.log, ...ancestorsOf(ledger, known.run)];
}

/** Whether a person stopped it, or fate let fail what others may lack. */
function excuses(log: readonly RunEvent[]): boolean {
  const fate = ({ data }: ReturnType<typeof failuresIn>[number]) =>
    data.decision !== "retry" && FAULTS_OF_FATE.includes(data.error.code);
  const stopped = ({ type, data }: RunEvent) =>
    type === "cancel.requested" || (type === "step.resolved" && data.verdict === "fail");
  return log.some(stopped) || failuresIn(log).some(fate);
}

/**
 * Another plan or goal gives another answer; and how much is paid before a budget ends the run, is a matter of time.
 */
const isReplanned = (log: readonly RunEvent[]) =>
  log.some(({ type, data }) => (type === "plan.proposed" ? data.revision > 1 : OTHERWISE.includes(type)));

const OTHERWISE: readonly EventType[] = ["goal.changed", "replan.requested", "budget.exhausted"];

const isReopened = ({ type }: RunEvent) => type === "run.reopened";

const failuresIn = (log: readonly RunEvent[]) => log.filter((event) => event.type === "step.failed");

function endText(run: Run | undefined): string {
  if (run === undefined) return "never";
  const how = endOf(run)?.how;
  return `${how} ${how === "completed" ? JSON.stringify(run.answering.answer) : ""}`;
}
