// One turn of the loop: decides an input, seals and folds its facts, and repeats until nothing more follows. In: a run
// and an input. Out: the sealed events, already folded into the run. An engine must append them durably before it acts
// on the new state. If the append fails, the run in memory must not be used any more.
import { logFull } from "../decide/advance.js";
import { timeUp } from "../decide/budget.js";
import { EVENT_VERSION, eventHash, type Fact, type RunEvent } from "../event.js";
import { decide, expire, recover } from "../decide/decide.js";
import { evolve } from "../evolve/evolve.js";
import type { Effect } from "../effect.js";
import type { Input } from "../input.js";
import { lastHashOf } from "./chain.js";
import type { Run } from "../state.js";

export function transition(run: Run, input: Input): RunEvent[] {
  return [...transitionParts(run, input)].flat();
}

/**
 * The same in parts: each takes at most as long as the expressions of one step. An engine may do something else in
 * between, but nothing with this run.
 */
export function* transitionParts(run: Run, input: Input): Generator<readonly RunEvent[], void> {
  let events: RunEvent[] = [];
  const record = (fact: Fact, by: string): void => {
    const event = sealed(run, input, fact, by);
    evolve(run, event);
    run.log.head = eventHash(event);
    events.push(event);
  };
  for (const _ of turnParts(run, input, record)) {
    yield events;
    events = [];
  }
}

/** All facts that answer an input. `record` is called with each one in order, and must fold it before it returns. */
export function decideTurn(run: Run, input: Input, record: (fact: Fact, by: string) => void): void {
  for (const _ of turnParts(run, input, record));
}

function* turnParts(run: Run, input: Input, record: (fact: Fact, by: string) => void): Generator<void, void> {
  const all = (facts: readonly Fact[], by = input.by) => {
    for (const fact of facts) record(fact, by);
    return facts.length > 0;
  };
  // A clock that was set back revives no approval.
  while (all(expire(run, Math.max(input.at, run.log.latestAt)), "engine")) yield;
  all(timeUp(run, input.at), "engine");
  all(logFull(run), "engine");
  all(decide(run, input));
  yield;
  if (input.type === "recovered") while (all(recover(run, input.at))) yield;
  const more: Input = { id: input.id, at: input.at, by: "engine", type: "advance" };
  while (all(decide(run, more), "engine")) yield;
}

/** The fact as the run's next event. */
export function sealed(run: Run, { id: inputId, at }: Input, { type, data }: Fact, by: string): RunEvent {
  const [seq, prev] = [run.log.seq + 1, lastHashOf(run)];
  return { runId: run.id, seq, at, type, data, v: EVENT_VERSION, inputId, by, prev } as RunEvent;
}

/**
 * The effects that are owed now. An engine performs the keys that it is not yet performing, and aborts those that are
 * gone.
 */
export function next(run: Run): Iterable<Effect> {
  return run.owed.values();
}
