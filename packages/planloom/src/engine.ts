// The public names for another engine or another store (planloom/engine). docs/engines-and-stores.md describes both.
// The conformance suite is in planloom/testing.

// The contract of an engine, and what it is given.
export type { Engine, Listener, Progress, Reply, RunStop, StartRequest } from "./engine/engine.js";
export type { EnginePorts, OpenEngine } from "./engine/open-engine.js";
export { Stopped } from "./deadline.js";
export { systemClock, type Clock } from "./clock.js";

// Performing effects.
export type { Perform, PerformContext, ReservePart } from "./engine/perform-port.js";
export type { Checkpoint, CheckpointOptions } from "./agents/checkpoint.js";
export { journalOf, journalAttempt, type JournalAttempt, type JournalWriter } from "./engine/journal.js";
export { performIn } from "./perform/perform.js";
export type { Services } from "./perform/services.js";
export { createInventory } from "./tools/inventory.js";

// The contract of a limiter, which keeps the limits of model servers.
export type { EndpointLimits, Limiter, ModelEndpoint, PassingRefusal, Pause, Permit, Wait } from "./model/limiter.js";
export { memoryLimiter } from "./model/patience/memory-limiter.js";
export type { WaitReason } from "./words/waits.js";

// The kernel: state, inputs, events and effects of a run.
export { emptyRun, type Run } from "./run/state.js";
export { isWaiting } from "./run/status.js";
export { evolve } from "./run/evolve/evolve.js";
export { foldNext, LogReader, type Link } from "./run/log/chain.js";
export { next, transition } from "./run/log/transition.js";
export type { Effect, WorkEffect } from "./run/effect.js";
export type { Input, Outcome, Reserve, Drafted, UnreadableCommand } from "./run/input.js";
export type { Command } from "./run/command.js";
export { headOf, type RunHead } from "./run/view/head.js";
export { isRetry, readCommand, readEntry } from "./run/log/read-command.js";
export type { EventOf, EventType, Fact, RunEvent } from "./run/event.js";

// Driving a run: the loop of one run, and its parts.
export { RunLoop, type FirstInput, type LoopOwner, type LoopPorts } from "./engine/run-loop.js";
export { agendaOf, type Act, type Agenda, type StopCause, type Underway } from "./engine/agenda.js";
export { Inbox } from "./engine/inbox.js";
export { Senders } from "./engine/senders.js";
export { loadRun, readEvents, readLog } from "./engine/log.js";

// The contract of a store, and what every store does alike.
export type {
  EventStore,
  InboxEntry,
  JournalRow,
  JournalScope,
  ListedRun,
  ListQuery,
  Owner,
  RunList,
} from "./store/event-store.js";
// An exported run, opened as a store that can only be read.
export { openExport } from "./store/open-export.js";
export type { RunExport } from "./store/run-export.js";
export { assertNext, checkEpoch, checkSeq, goalSetBy } from "./store/store-error.js";
export {
  listRuns,
  packHead,
  rowText,
  rowTime,
  unpackHead,
  type ListPosition,
  type ListRow,
  type ListSource,
} from "./store/listing.js";
