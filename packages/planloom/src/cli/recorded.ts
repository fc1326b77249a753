// Commands that are recorded and not applied yet, because no process drives the run. In: a store and a run. Out: the
// commands as data and as lines, and what waits without them.
import { commandLine } from "./carried.js";
import type { WaitingDocument } from "../loom/document.js";
import { isObject, type Json } from "../plan/json.js";
import { isCommandType, type Command } from "../run/command.js";
import { isEnded } from "../run/status.js";
import type { Run } from "../run/state.js";
import type { EventStore, InboxEntry, ListedRun } from "../store/event-store.js";
import { oneLine } from "./style.js";
import { shellWord } from "./shell-word.js";

export interface RecordedCommand {
  readonly type: Command["type"];
  readonly step?: Json;
  readonly item?: Json;
  readonly hash?: Json;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** None for a run that has ended: only a retry can follow. */
export async function recordedFor(store: EventStore, run: Run): Promise<readonly RecordedCommand[]> {
  if (isEnded(run)) return [];
  const entries = await store.take(run.id, 0);
  return entries.filter(({ inputId }) => !run.log.applied.has(inputId)).flatMap(commandIn);
}

/** For a row of the list, whose log is not read: commands since its last event. */
export async function recordedSince(store: EventStore, run: ListedRun): Promise<number> {
  if (run.unreadable !== undefined || run.waiting === undefined) return 0;
  const entries = await store.take(run.runId, 0).catch(() => []);
  return entries.filter(({ at }) => at >= run.updatedAt).flatMap(commandIn).length;
}

function commandIn({ payload, by, at }: InboxEntry): readonly RecordedCommand[] {
  if (!isObject(payload)) return [];
  const { type, step, item, hash } = payload;
  if (typeof type !== "string" || !isCommandType(type)) return [];
  const named = Object.fromEntries(Object.entries({ step, item, hash }).filter(([, value]) => value !== undefined));
  return [{ type, ...named, by, at: new Date(at).toISOString() }];
}

/** `respond number`, `approve 0123456789ab`. */
function nameOf({ type, step, item, hash }: RecordedCommand): string {
  const of = step === undefined ? "" : ` ${textOf(step)}${item === undefined ? "" : `[${textOf(item)}]`}`;
  return `${type}${of}${hash === undefined ? "" : ` ${textOf(hash)}`}`;
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

export function recordedLines(runId: string, recorded: readonly RecordedCommand[]): readonly string[] {
  if (recorded.length === 0) return [];
  return [
    ...recorded.map((command) => oneLine(`Recorded by ${command.by}, not applied yet: ${nameOf(command)}`, 200)),
    `  apply      ${commandLine(["resume", shellWord(runId)])}`,
  ];
}

/** What still waits for a person. undefined if nothing does. */
export function waitingStill(
  waiting: WaitingDocument | undefined,
  recorded: readonly RecordedCommand[],
): WaitingDocument | undefined {
  if (waiting === undefined || recorded.length === 0) return waiting;
  const open = (of: { readonly step: string; readonly item?: number }): boolean =>
    !recorded.some(({ step, item }) => step === of.step && item === of.item);
  const approvals = waiting.approvals.filter(({ hash }) => !recorded.some((command) => command.hash === hash));
  const { questions, unknown, unusable } = waiting;
  const { children } = waiting;
  const still = {
    approvals,
    questions: questions.filter(open),
    unknown: unknown.filter(open),
    unusable: unusable.filter(open),
    ...(children === undefined ? {} : { children }),
  };
  return Object.values(still).every((list) => list.length === 0) ? undefined : still;
}
