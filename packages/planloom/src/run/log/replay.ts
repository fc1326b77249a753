// Replay: a log is read again, and each decision in it is made again by the kernel that is here now. In: events. Out: the
// inputs that they answer; the run that they give, and every difference. Separate because nothing that drives runs needs it.
import { LIMITS } from "../../limits.js";
import { messageOf } from "../../error.js";
import { eventHash, type RunEvent } from "../event.js";
import { evolve } from "../evolve/evolve.js";
import { inputOf } from "./input-of.js";
import type { Input } from "../input.js";
import { KERNEL_VERSION } from "../kernel-version.js";
import { emptyRun, type Run } from "../state.js";
import { decideTurn, sealed } from "../transition.js";
import { follows, upcastAll } from "./chain.js";
import { differencesBetween, otherType, type Difference } from "./decisions.js";
import { isOld } from "./upcast.js";

/** One input and the events that it brought about. */
export interface Answered {
  /** undefined where the log does not tell enough of it; see inputOf. */
  readonly input: Input | undefined;
  readonly events: readonly RunEvent[];
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
  const legacy = new Set(events.filter(isOld).map(({ seq }) => seq));
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
    const again = new TurnAgain(run, turn, legacy);
    // Beyond the limit the rest is still folded, where another kernel decided it.
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

/**
 * One input decided again. Each decision is compared with the recorded event, and that is folded: what follows is decided where the log
 * stands. Where the kernel decides on an event of another type, the rest of the turn goes its own way.
 */
class TurnAgain {
  /** Whether the run stands where the log does. */
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
      this.#found.push(...rest.map((event) => otherType(event.seq, event, undefined)));
    } catch (thrown) {
      this.isFolded = false;
      const { seq, type } = turn[0]!;
      const replayed = `the kernel fails: ${messageOf(thrown)}`;
      return [{ seq, field: "type", recorded: type, replayed }];
    }
    return this.#found;
  }

  /** Where the input cannot be known, what a person brought about is taken as it is, and only what follows is decided again. */
  #input(): Input {
    const { run, turn } = this;
    const input = inputOf(run, turn);
    if (input !== undefined) return input;
    this.#index = turn.findLastIndex(({ by }) => by !== "engine") + 1;
    for (const event of turn.slice(0, this.#index)) fold(run, event);
    const { inputId: id, at } = turn[0]!;
    return { type: "clock", id, at, by: "engine" };
  }

  #record(decided: RunEvent): void {
    const recorded = this.turn[this.#index++];
    if (recorded === undefined) this.#found.push(otherType(decided.seq, undefined, decided));
    else this.#found.push(...differencesBetween(recorded, decided, this.legacy.has(recorded.seq)));
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

/** The run can go on from there. Its chain is its own: brokenLinks looks at the recorded one. */
function fold(run: Run, event: RunEvent): void {
  evolve(run, event);
  run.log.head = eventHash(event);
}
