// One story's stage: a world with a fake clock and a store, engines opened in it, runs started in them. In: parts of a
// world. Out: a Scene. Separate because all stories of the conformance suite play on it, whatever the engine.
import { onTestFinished } from "vitest";
import type { Engine, Listener } from "../../src/engine/engine.js";
import type { Services } from "../../src/perform/services.js";
import type { RunEvent } from "../../src/run/event.js";
import type { Run } from "../../src/run/state.js";
import type { EventStore } from "../../src/store/event-store.js";
import { fakeClock, type FakeClock } from "../../src/testing/fake-clock.js";
import type { StartFacts } from "../../src/testing/given-when-then.js";
import { requestOf, worldOf } from "./parts.js";

export type OpenEngine = (world: Services) => Promise<Engine>;
export type Parts = Omit<Parameters<typeof worldOf>[0], "store" | "clock">;

/** Opens the stage for one story; everything is closed when the test ends. */
export type OpenScene = (parts?: Parts) => Promise<Scene>;

export function scenes(openEngine: OpenEngine, openStore: () => Promise<EventStore>): OpenScene {
  return async (parts = {}) => {
    const store = await openStore();
    onTestFinished(() => store.close());
    const clock = fakeClock(1_000_000);
    return new Scene(openEngine, worldOf({ ...parts, store, clock }), clock);
  };
}

export class Scene {
  constructor(
    private readonly openEngine: OpenEngine,
    readonly world: Services,
    readonly clock: FakeClock,
  ) {}

  get store(): EventStore {
    return this.world.store;
  }

  /** Another engine in this world, or in a changed one: another process, as far as the store can tell. */
  async engine(change: Partial<Services> = {}): Promise<Engine> {
    const engine = await this.openEngine({ ...this.world, ...change });
    onTestFinished(() => engine.close());
    return engine;
  }

  start(engine: Engine, facts: StartFacts, listener?: Listener): Promise<string> {
    return engine.start(requestOf(this.world, facts), listener);
  }

  async ended(engine: Engine, runId: string): Promise<Run> {
    return (await engine.stopped(runId, { untilEnd: true })).run;
  }

  /** Starts a run that comes to its end by itself. */
  async play(engine: Engine, facts: StartFacts, listener?: Listener): Promise<Run> {
    return this.ended(engine, await this.start(engine, facts, listener));
  }

  log(runId: string): Promise<readonly RunEvent[]> {
    return this.store.read(runId);
  }
}
