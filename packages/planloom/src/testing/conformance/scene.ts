// The stage of one story: services with a fake clock and a store, engines over them, and runs. In: parts of the
// services. Out: a Scene. Every story of the engine suite uses one.
import type { Engine, Listener } from "../../engine/engine.js";
import { assertAble } from "../../perform/lacking.js";
import { performIn } from "../../perform/perform.js";
import type { OpenEngine } from "../../engine/open-engine.js";
import type { Services } from "../../perform/services.js";
import type { RunEvent } from "../../run/event.js";
import type { Command } from "../../run/command.js";
import type { Run } from "../../run/state.js";
import type { EventStore } from "../../store/event-store.js";
import { fakeClock, type FakeClock } from "../fake-clock.js";
import type { StartFacts } from "../given-when-then.js";
import { requestOf, turn, servicesOf } from "./parts.js";
import type { Closing } from "./story.js";

/**
 * processes: several engines share a store and drive its runs at the same time. Another engine takes over a run when
 * its owner dies. children: the engine runs sub-plans.
 */
export type EngineNeed = "processes" | "children";

export type Parts = Omit<Parameters<typeof servicesOf>[0], "store" | "clock">;

/** Opens the stage for one story. */
export type OpenScene = (parts?: Parts) => Promise<Scene>;

/** `closing` closes the store and the engines when the story ends. */
export function scenes(openEngine: OpenEngine, openStore: () => Promise<EventStore>, closing: Closing): OpenScene {
  return async (parts = {}) => {
    const store = closing.add(await openStore());
    const clock = fakeClock(1_000_000);
    return new Scene(openEngine, servicesOf({ ...parts, store, clock }), clock, closing);
  };
}

let ids = 0;
const newId = (of: "run" | "input") => `${of}-${++ids}`;

export class Scene {
  constructor(
    private readonly openEngine: OpenEngine,
    readonly services: Services,
    readonly clock: FakeClock,
    private readonly closing: Closing,
  ) {}

  get store(): EventStore {
    return this.services.store;
  }

  /** Another engine over these services, or over changed ones. For the store it is another process. */
  async engine(change: Partial<Services> = {}): Promise<Engine> {
    const services = { ...this.services, ...change };
    const { store, clock } = services;
    const able = (run: Run, commands?: readonly Command[]) => assertAble(services, run, commands);
    const ports = { store, clock, perform: performIn(services), assertAble: able, newId, defer: turn };
    return this.closing.add(await this.openEngine(ports));
  }

  start(engine: Engine, facts: StartFacts, listener?: Listener): Promise<string> {
    return engine.start(requestOf(this.services, facts), listener);
  }

  async ended(engine: Engine, runId: string): Promise<Run> {
    return (await engine.stopped(runId, { untilEnd: true })).run;
  }

  /** Starts a run that ends without a person. */
  async play(engine: Engine, facts: StartFacts, listener?: Listener): Promise<Run> {
    return this.ended(engine, await this.start(engine, facts, listener));
  }

  log(runId: string): Promise<readonly RunEvent[]> {
    return this.store.read(runId);
  }
}
