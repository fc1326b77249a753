// Replay: a log is read again, and each decision in it is made again by the kernel that is here now. In: events. Out: the
// inputs that they answer; the run that they give, and every difference. Separate because nothing that drives runs needs it.
import { LIMITS } from "../../limits.js";
import { messageOf } from "../../error.js";
import type { Json } from "../../plan/json.js";
import { eventHash, type RunEvent } from "../event.js";
import { evolve } from "../evolve/evolve.js";
import { inputOf } from "./input-of.js";
import type { Input } from "../input.js";
import { KERNEL_VERSION } from "../kernel-version.js";
import { emptyRun, type Run } from "../state.js";
import { transition } from "../transition.js";
import { follows, upcastAll } from "./chain.js";

/** One input and the events that it brought about. */
export interface Answered {
  /** undefined where the log does not tell enough of it; see inputOf. */
  readonly input: Input | undefined;
  readonly events: readonly RunEvent[];
}

/** What the log holds at one place, and what the kernel makes of the same inputs. */
export interface Difference {
  readonly seq: number;
  /** `prev`, another field around the fact, a field of its data, or `type`: null stands for no event at all. */
  readonly field: string;
  readonly recorded: Json;
  readonly replayed: Json;
}

/** The inputs that a log answers, in order. Throws where the events are no log: see evolve. */
export function inputsOf(events: readonly RunEvent[]): readonly Answered[] {
  const run = emptyRun(events[0]?.runId ?? "");
  const { events: read, broken } = upcastAll(events);
  if (broken !== undefined) throw new Error(broken);
  return turnsOf(read).map((turn) => {
    const input = inputOf(run, turn);
    for (const event of turn) evolve(run, event);
    return { input, events: turn };
  });
}

/** The events of each input. */
function turnsOf(events: readonly RunEvent[]): RunEvent[][] {
  const turns: RunEvent[][] = [];
  for (const event of events) {
    const last = turns[turns.length - 1];
    if (last?.[0]?.inputId === event.inputId) last.push(event);
    else turns.push([event]);
  }
  return turns;
}

export interface Replayed {
  readonly run: Run;
  /** The log was changed, its events make no run, or this kernel now decides otherwise than it did. */
  readonly differences: readonly Difference[];
  /** POLICY_DIFFERS: what another kernel decided, as the log names it, and this one does not. No fault of the log. */
  readonly policyDifferences: readonly Difference[];
}

/**
 * Feeds the inputs that a log answers to the kernel, and compares what it decides with what is recorded; and the chain of
 * hashes with the events. Never throws. After a difference the comparison goes on from the recorded state, so that one changed
 * decision is one difference; it ends after LIMITS.replayDifferences, or where the recorded events make no run.
 */
export function replay(events: readonly RunEvent[]): Replayed {
  const runId = events[0]?.runId ?? "";
  const { events: read, broken } = upcastAll(events);
  const differences = [...brokenLinks(events), ...(broken === undefined ? [] : [noRun(events[read.length]!, broken)])];
  const policyDifferences: Difference[] = [];
  let run = emptyRun(runId);
  let kernel = "";
  let done = 0;
  for (const turn of turnsOf(read)) {
    done += turn.length;
    kernel = kernelNamedIn(turn) ?? kernel;
    const isOwn = kernel === KERNEL_VERSION;
    const known = isOwn ? differences : policyDifferences;
    const found = known.length < LIMITS.replayDifferences ? decideAgain(run, turn) : undefined;
    run.kernel = kernel;
    if (found?.length === 0) continue;
    known.push(...(found ?? []));
    if (isOwn && known.length >= LIMITS.replayDifferences) break;
    const recorded = found === undefined ? foldOn(run, turn) : foldOn(emptyRun(runId), read.slice(0, done));
    if ("field" in recorded) {
      if (!isOwn) differences.push(recorded);
      break;
    }
    run = recorded;
  }
  return { run, differences: inOrder(differences), policyDifferences: inOrder(policyDifferences) };
}

const inOrder = (differences: readonly Difference[]): readonly Difference[] =>
  [...differences].sort((a, b) => a.seq - b.seq).slice(0, LIMITS.replayDifferences);

/** undefined where it is the one that decided before. */
function kernelNamedIn(turn: readonly RunEvent[]): string | undefined {
  const named = turn.find(({ type }) => type === "run.started" || type === "run.resumed" || type === "run.reopened");
  return (named?.data as { readonly kernel?: string } | undefined)?.kernel;
}

const noRun = ({ seq, type }: RunEvent, why: string): Difference => ({
  seq,
  field: "type",
  recorded: type,
  replayed: `the events make no run: ${why}`,
});

/** Each event holds the hash of the one before: a changed event is told by the next one. */
function brokenLinks(events: readonly RunEvent[]): Difference[] {
  return events.flatMap(({ seq, prev }, index) => {
    const last = events[index - 1];
    const hash = last === undefined ? "" : eventHash(last);
    return follows(prev, { hash, last }) ? [] : [{ seq, field: "prev", recorded: prev, replayed: hash }];
  });
}

/** Takes the run through one input. Where that cannot be known, what a person brought about is taken as it is. */
function decideAgain(run: Run, turn: readonly RunEvent[]): Difference[] {
  try {
    const input = inputOf(run, turn);
    if (input !== undefined) return differencesOf(turn, transition(run, input));
    const rest = turn.findLastIndex(({ by }) => by !== "engine") + 1;
    for (const event of turn.slice(0, rest)) fold(run, event);
    const { inputId: id, at } = turn[0]!;
    return differencesOf(turn.slice(rest), transition(run, { type: "clock", id, at, by: "engine" }));
  } catch (thrown) {
    const { seq, type } = turn[0]!;
    return [{ seq, field: "type", recorded: type, replayed: `the kernel fails: ${messageOf(thrown)}` }];
  }
}

/** The run after these events, or the event that does not fit. */
function foldOn(run: Run, events: readonly RunEvent[]): Run | Difference {
  for (const event of events) {
    try {
      fold(run, event);
    } catch (thrown) {
      return noRun(event, messageOf(thrown));
    }
  }
  return run;
}

/** The run can go on from there. Its chain is its own: brokenLinks looks at the recorded one. */
function fold(run: Run, event: RunEvent): void {
  evolve(run, event);
  run.head = eventHash(event);
}

function differencesOf(recorded: readonly RunEvent[], replayed: readonly RunEvent[]): Difference[] {
  const length = Math.max(recorded.length, replayed.length);
  return Array.from({ length }, (_, index) => compared(recorded[index], replayed[index])).flat();
}

const AROUND = ["runId", "seq", "at", "inputId", "by"] as const;

function compared(recorded: RunEvent | undefined, replayed: RunEvent | undefined): Difference[] {
  const { seq } = (recorded ?? replayed)!;
  if (recorded?.type !== replayed?.type) {
    return [{ seq, field: "type", recorded: recorded?.type ?? null, replayed: replayed?.type ?? null }];
  }
  const around = AROUND.flatMap((field) => fieldDiffers(seq, field, recorded![field], replayed![field]));
  return [...around, ...dataDiffers(seq, decisionsIn(recorded!), decisionsIn(replayed!))];
}

/** Which kernel decided is no decision. */
function decisionsIn({ data }: RunEvent): object {
  if (!("kernel" in data)) return data;
  const { kernel: _, ...decisions } = data;
  return decisions;
}

/** By their text, which is what hashes are made of: the order of fields counts. */
function dataDiffers(seq: number, recorded: object, replayed: object): Difference[] {
  if (JSON.stringify(recorded) === JSON.stringify(replayed)) return [];
  const [was, is] = [recorded as { readonly [name: string]: Json }, replayed as { readonly [name: string]: Json }];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const fields = names.flatMap((name) => fieldDiffers(seq, `data.${name}`, was[name] ?? null, is[name] ?? null));
  return fields.length > 0 ? fields : [{ seq, field: "data", recorded: was, replayed: is }];
}

function fieldDiffers(seq: number, field: string, recorded: Json, replayed: Json): Difference[] {
  return JSON.stringify(recorded) === JSON.stringify(replayed) ? [] : [{ seq, field, recorded, replayed }];
}
