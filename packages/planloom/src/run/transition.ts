// One turn of the loop: an input is decided, its facts are sealed and folded, and so on until nothing more follows.
// In: a run and an input. Out: the sealed events, in order, already folded into the run. Separate from the engines, which
// must append these events durably before they act on the new state; if that fails, the run in memory is of no use.
import { logFull } from "./decide/advance.js";
import { timeUp } from "./decide/budget.js";
import { EVENT_VERSION, eventHash, type Fact, type RunEvent } from "./event.js";
import { decide, expire, recover } from "./decide/decide.js";
import { evolve } from "./evolve/evolve.js";
import type { Effect } from "./effect.js";
import type { Input } from "./input.js";
import { lastHashOf } from "./log/chain.js";
import type { Run } from "./state.js";

export function transition(run: Run, input: Input): RunEvent[] {
  const events: RunEvent[] = [];
  const record = (facts: readonly Fact[], by = input.by) => {
    for (const { type, data } of facts) {
      const event = {
        runId: run.id,
        seq: run.seq + 1,
        at: input.at,
        type,
        data,
        v: EVENT_VERSION,
        inputId: input.id,
        by,
        prev: lastHashOf(run),
      } as RunEvent;
      evolve(run, event);
      run.head = eventHash(event);
      events.push(event);
    }
    return facts.length > 0;
  };
  while (record(expire(run, input.at), "engine"));
  record(timeUp(run, input.at), "engine");
  record(logFull(run), "engine");
  record(decide(run, input));
  if (input.type === "recovered") while (record(recover(run, input.at)));
  const more: Input = { id: input.id, at: input.at, by: "engine", type: "advance" };
  while (record(decide(run, more), "engine"));
  return events;
}

/** What the run owes to the world now. An engine performs the keys that it is not yet performing, and aborts those that are gone. */
export function next(run: Run): Iterable<Effect> {
  return run.owed.values();
}
