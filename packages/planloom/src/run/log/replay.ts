// Replay: reads a log again and repeats each of its decisions with this kernel. In: events. Out: the inputs that the
// events answer; the run that they give, and every difference. It is separate because driving a run does not need it.
import { LIMITS } from "../../limits.js";
import { messageOf } from "../../error.js";
import { eventHash, type RunEvent } from "../event.js";
import { evolve } from "../evolve/evolve.js";
import { inputOf } from "./input-of.js";
import type { Input } from "../input.js";
import { KERNEL_VERSION } from "../kernel-version.js";
import { emptyRun, type Run } from "../state.js";
import { decideTurn, sealed } from "./transition.js";
import { follows, upcastAll } from "./chain.js";
import { differencesBetween, otherType, type Difference } from "./decisions.js";
import { isOld } from "./upcast.js";

/** One input, and the events that answer it. */
export interface Answered {
  /** undefined if the log does not hold enough of the input; see inputOf. */
  readonly input: Input | undefined;
  readonly events: readonly RunEvent[];
}

/** The inputs that a log answers, in order. Throws if the events do not make a run: see evolve. */
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
  /** The log was changed, its events make no run, or the same kernel now decides differently. */
  readonly differences: readonly Difference[];
  /**
   * POLICY_DIFFERS: a decision of another kernel, which the log names, that this one makes differently. Not a fault of
   * the log.
   */
  readonly policyDifferences: readonly Difference[];
}

/**
 * Gives the inputs that a log answers to the kernel, and compares its decisions with the recorded ones. Also compares
 * the chain of hashes with the events. Never throws. After a difference it continues from the recorded state, so that
 * one changed decision is one difference. It ends after LIMITS.replayDifferences, or when the recorded events make no
 * run.
 */
export function replay(events: readonly RunEvent[]): Replayed {
  const runId = events[0]?.runId ?? "";
  const { events: read, broken } = upcastAll(events);
  const legacy = new Set(events.filter(isOld).map(({ seq }) => seq));
  const differences =
    broken === undefined
      ? brokenLinks(events)
      : [...brokenLinks(events.slice(0, read.length + 1)), noRun(events[read.length]!, broken)];
  const policyDifferences: Difference[] = [];
  let run = emptyRun(runId);
  let kernel = "";
  let done = 0;
  for (const turn of turnsOf(read)) {
    done += turn.length;
    kernel = kernelNamedIn(turn) ?? kernel;
    const isOwn = kernel === KERNEL_VERSION;
    const known = isOwn ? differences : policyDifferences;
    const again = new RepeatedTurn(run, turn, legacy);
    // Beyond the limit, events of another kernel are still folded.
    if (known.length < LIMITS.replayDifferences) known.push(...again.differences());
    if (isOwn && known.length >= LIMITS.replayDifferences) break;
    const recorded = again.isFolded ? run : foldOn(emptyRun(runId), read.slice(0, done));
    if ("field" in recorded) {
      if (!isOwn) differences.push(recorded);
      break;
    }
    run = recorded;
    run.log.kernel = kernel;
  }
  return { run, differences: inOrder(differences), policyDifferences: inOrder(policyDifferences) };
}

const inOrder = (differences: readonly Difference[]): readonly Difference[] =>
  [...differences].sort((a, b) => a.seq - b.seq).slice(0, LIMITS.replayDifferences);

/** undefined if it is the kernel that decided before. The data of an edited log may be anything. */
function kernelNamedIn(turn: readonly RunEvent[]): string | undefined {
  const dataOf = ({ data }: RunEvent) => data as { readonly kernel?: string } | null;
  const named = turn.find((event) => event.type === "run.started" || dataOf(event)?.kernel !== undefined);
  return named === undefined ? undefined : dataOf(named)?.kernel;
}

const noRun = ({ seq, type }: RunEvent, why: string): Difference => ({
  seq,
  field: "type",
  recorded: type,
  replayed: `the events make no run: ${why}`,
});

/** Each event holds the hash of the event before it, so the next event reveals a changed one. */
function brokenLinks(events: readonly RunEvent[]): Difference[] {
  return events.flatMap(({ seq, prev }, index) => {
    const last = events[index - 1];
    const hash = last === undefined ? "" : eventHash(last);
    return follows(prev, { hash, last }) ? [] : [{ seq, field: "prev", recorded: prev, replayed: hash }];
  });
}

/** Ends a turn that has as many differences as one replay reports. */
const ENOUGH = new Error("enough differences");

/**
 * Decides one input again. Each decision is compared with the recorded event, and the recorded event is folded, so
 * later decisions start from the state of the log. If the kernel decides on an event of another type, the rest of the
 * turn is folded as decided.
 */
class RepeatedTurn {
  /** Whether the run is in the state of the log. */
  isFolded = false;
  readonly #found: Difference[] = [];
  #index = 0;

  constructor(
    private readonly run: Run,
    private readonly turn: readonly RunEvent[],
    /** Sequence numbers of events that were brought here from an older version. */
    private readonly legacy: ReadonlySet<number>,
  ) {}

  differences(): readonly Difference[] {
    const { run, turn } = this;
    try {
      this.isFolded = true;
      const input = this.#input();
      decideTurn(run, input, (fact, by) => this.#record(sealed(run, input, fact, by)));
      const rest = turn.slice(this.#index);
      if (rest.length > 0) this.isFolded = false;
      for (const event of rest) this.#note([otherType(event.seq, event, undefined)]);
    } catch (thrown) {
      this.isFolded = false;
      if (thrown === ENOUGH) return this.#found;
      const { seq, type } = turn[0]!;
      const replayed = `the kernel fails: ${messageOf(thrown)}`;
      return [{ seq, field: "type", recorded: type, replayed }];
    }
    return this.#found;
  }

  /**
   * If the input cannot be known, the facts of the person are taken as recorded. Only the consequences are decided
   * again.
   */
  #input(): Input {
    const { run, turn } = this;
    const input = inputOf(run, turn);
    if (input !== undefined) return input;
    this.#index = turn.findLastIndex(({ by }) => by !== "engine") + 1;
    for (const event of turn.slice(0, this.#index)) fold(run, event);
    const { inputId: id, at } = turn[0]!;
    return { type: "clock", id, at, by: "engine" };
  }

  /** A kernel that starts from a state that no run has may decide facts without end. */
  #note(differences: readonly Difference[]): void {
    this.#found.push(...differences);
    if (this.#found.length >= LIMITS.replayDifferences) throw ENOUGH;
  }

  #record(decided: RunEvent): void {
    const recorded = this.turn[this.#index++];
    if (recorded === undefined) this.#note([otherType(decided.seq, undefined, decided)]);
    else this.#note(differencesBetween(recorded, decided, this.legacy.has(recorded.seq)));
    this.isFolded &&= recorded?.type === decided.type && recorded.seq === decided.seq;
    fold(this.run, this.isFolded ? recorded! : decided);
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

/** The run can continue from there. It has a chain of its own: brokenLinks checks the recorded one. */
function fold(run: Run, event: RunEvent): void {
  evolve(run, event);
  run.log.head = eventHash(event);
}
