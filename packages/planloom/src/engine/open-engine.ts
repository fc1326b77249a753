// Defines how a loom opens its engine. In: nothing. Out: types. createLoom takes such a function as `engine`.
import type { Command } from "../run/command.js";
import type { Run } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "../clock.js";
import type { Engine } from "./engine.js";
import type { Perform } from "./perform-port.js";

/** The parts that a loom gives to its engine. All of them outlive the engine. */
export interface EnginePorts {
  /** The log, the journal and the inbox of every run. The loom closes it after the engine. */
  readonly store: EventStore;
  /** Agents and tools of the configuration. */
  readonly perform: Perform;
  /**
   * Rejects with PROCESS_LACKS if this process lacks a tool, a secret or a model that the run needs after these commands. To
   * be called before the engine becomes the owner of a run, before it records a command that makes it the owner, and
   * before it acts on another plan. Absent: this process can drive every run.
   */
  readonly assertAble?: (run: Run, commands?: readonly Command[]) => Promise<void>;
  readonly clock: Clock;
  /** A new id, unique over all processes. */
  readonly newId: (of: "run" | "input") => string;
  /** Resolves in a later event-loop turn: a long batch of work lets others in. */
  readonly defer: () => Promise<void>;
}

/** Called once for each loom. createLoom passes its rejection on. */
export type OpenEngine = (ports: EnginePorts) => Engine | Promise<Engine>;
