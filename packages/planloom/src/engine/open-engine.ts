// How an engine is opened, and what it is given. In: nothing. Out: types. createLoom takes such a function as `engine`.
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "../clock.js";
import type { Engine } from "./engine.js";
import type { Perform } from "./perform-port.js";

/** What an engine is given by the loom that opens it. All of it outlives the engine. */
export interface EnginePorts {
  /** The log, the journal and the inbox of every run. The loom closes it after the engine. */
  readonly store: EventStore;
  /** Agents and tools, as the configuration has them. */
  readonly perform: Perform;
  readonly clock: Clock;
  /** A new id, unique over all processes. */
  readonly newId: (of: "run" | "input") => string;
  /** Resolves in a later event-loop turn: a long batch of work lets others in. */
  readonly defer: () => Promise<void>;
}

/** Called once for each loom. What it rejects with is what createLoom rejects with. */
export type OpenEngine = (ports: EnginePorts) => Engine | Promise<Engine>;
