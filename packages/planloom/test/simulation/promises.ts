// What must hold of every world when it is over: its runs have ended, nothing that was promised is missing, commands were obeyed
// once, faults changed no answer. In: worlds. Out: violations in their ledgers. Separate from the reading of single logs.
import type { RunEvent } from "../../src/run/event.js";
import type { Run } from "../../src/run/state.js";
import { auditLog } from "./audit.js";
import type { Ledger } from "./ledger.js";
import type { SimulatedWorld } from "./world.js";

/** How a run may fail where neither tools nor models do. */
const FAULTS_OF_FATE = ["POISON_STEP", "APPROVAL_EXPIRED", "TURN_LIMIT", "TIMEOUT", "ITEMS_FAILED"];

export function audit(world: SimulatedWorld): void {
  const { ledger } = world;
  for (const [runId, { log, run }] of ledger.known) {
    if (run.seq === 0) continue;
    if (run.ended === undefined) ledger.violate(`run ${runId} never ended`);
    auditLog(world, log);
  }
  kept(ledger);
  obeyedOnce(ledger);
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
    if (scattered || (refusals > 0 && found.length > 1)) ledger.violate(`${name} was obeyed twice`);
    const answered = acknowledged !== undefined && !["RUN_ENDED", "NOT_ANSWERED", "recorded"].includes(acknowledged);
    const owed = acknowledged === "recorded" && known?.run.ended === undefined;
    if ((answered || owed) && found.length === 0) ledger.violate(`${name} was ${acknowledged} and is not in the log`);
  }
}

/** The final answers of two worlds that differ in their faults only; how the plan itself fails, it fails in both. */
export function sameAnswer(stormy: SimulatedWorld, fair: SimulatedWorld): void {
  const { ledger } = stormy;
  for (const what of fair.ledger.violations) ledger.violate(`without faults: ${what}`);
  const [wanted] = fair.ledger.known.values();
  const explained = [...FAULTS_OF_FATE, ...failuresIn(wanted?.log ?? []).map(({ data }) => data.error.code)];
  for (const [runId, { log, run }] of ledger.known) {
    if (run.seq === 0 || run.ended === undefined) continue;
    if (log.some(({ type }) => type === "cancel.requested")) continue;
    const failures = failuresIn(log);
    // What fate let fail may leave others without their data.
    const fate = failures.some(({ data }) => data.decision !== "retry" && FAULTS_OF_FATE.includes(data.error.code));
    if (fate || run.error?.code === "APPROVAL_EXPIRED") continue;
    const strange = failures.find(({ data }) => !explained.includes(data.error.code));
    if (strange !== undefined) {
      ledger.violate(
        `${runId}: step ${strange.data.step} failed with ${strange.data.error.code}, which no fault explains`,
      );
    }
    const [found, other] = [endOf(run), endOf(wanted?.run)];
    if (found !== other) ledger.violate(`${runId} ends ${found}, without faults ${other}`);
  }
}

const failuresIn = (log: readonly RunEvent[]) => log.filter((event) => event.type === "step.failed");

const endOf = (run: Run | undefined): string =>
  run === undefined ? "never" : `${run.ended} ${run.ended === "completed" ? JSON.stringify(run.answer) : ""}`;
