// A loop of one run without RunLoop, for engines whose loop is a workflow: decide, append, act. In: the ports of a
// loom, a start, and a person. Out: the run at its end. It has no budget, and nobody else reads its run while it goes
// on.
import {
  agendaOf,
  emptyRun,
  headOf,
  isWaiting,
  journalOf,
  journalAttempt,
  transition,
  type Command,
  type EnginePorts,
  type Outcome,
  type PerformContext,
  type Run,
  type StartRequest,
  type WorkEffect,
} from "planloom/engine";

type Decided = Outcome | Command | ({ readonly type: "start" } & StartRequest) | { readonly type: "clock" };

/** `person` gives a command when the run waits for one. */
export async function driveByHand(
  ports: EnginePorts,
  request: StartRequest,
  person: (run: Run) => Command,
): Promise<Run> {
  const { store, clock, newId, perform } = ports;
  const run = emptyRun(request.runId ?? newId("run"));
  const epoch = (await store.claim(run.id, 0, "toy-loop", 0)) ?? 0;
  const inFlight = new Map<string, Promise<Outcome>>();
  let decided: Decided = { type: "start", ...request };
  for (;;) {
    const now = clock.now();
    const by = "key" in decided || decided.type === "start" || decided.type === "clock" ? "engine" : "ann";
    if ("key" in decided) inFlight.delete(decided.key);
    const expectedSeq = run.log.seq;
    const events = transition(run, { ...decided, id: newId("input"), at: now, by });
    // Durable before anything that follows from it begins.
    if (events.length > 0) await store.append(run.id, { expectedSeq, epoch }, events, headOf(run, events.at(-1)!));
    if (run.mode.phase === "ended") return run;
    const underway = { inFlight: new Set(inFlight.keys()), inherited: new Set<string>(), now, decidedAt: now };
    const { acts, wakeAt } = agendaOf(run, underway);
    for (const act of acts)
      if (act.do === "perform") inFlight.set(act.effect.key, perform(act.effect, run, contextOf(act.effect)));
    if (inFlight.size > 0) decided = await Promise.race(inFlight.values());
    else if (isWaiting(run)) decided = person(run);
    else decided = await timeOf(wakeAt);
  }

  function contextOf(effect: WorkEffect): PerformContext {
    const place = journalAttempt(run, effect);
    return {
      signal: new AbortController().signal,
      key: effect.key,
      attempt: place.attempt,
      epoch,
      checkpoint: journalOf(store, place, { epoch, now: () => clock.now() }),
      emit: async () => undefined,
      reserve: async () => undefined,
      progress: () => undefined,
    };
  }

  function timeOf(wakeAt: number): Promise<Decided> {
    return new Promise((resolve) => clock.setTimer(wakeAt - clock.now(), () => resolve({ type: "clock" })));
  }
}
