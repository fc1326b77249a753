// One simulated process: the real engine over the simulated disk, clock, tools and models, and a supervisor that
// resumes its runs. In: a world. Out: driven runs. All state of a process is in here, and is lost when it is killed.
import { NO_HISTORY } from "../../src/plan/estimate/history.js";
import { recoverRuns } from "../../src/loom/recover.js";
import { forkOf } from "../../src/loom/retry.js";
import { cancelWith } from "../../src/loom/start-signal.js";
import type { Engine, Listener, StartRequest } from "../../src/engine/engine.js";
import { localEngine } from "../../src/engine/local.js";
import { performIn } from "../../src/perform/perform.js";
import type { Perform } from "../../src/engine/perform-port.js";
import type { Services as Outside } from "../../src/perform/services.js";
import { isHeldBy } from "../../src/engine/lease.js";
import { LIMITS } from "../../src/limits.js";
import { settingsOf } from "../../src/loom/config.js";
import { KERNEL_VERSION } from "../../src/run/kernel-version.js";
import type { RunEvent } from "../../src/run/event.js";
import type { CheckedPlan } from "../../src/run/command.js";
import type { Effect } from "../../src/run/effect.js";
import { type Run } from "../../src/run/state.js";
import type { Clock } from "../../src/clock.js";
import { isEnded } from "../../src/run/status.js";
import type { EventStore } from "../../src/store/event-store.js";
import type { Model, ModelRequest } from "../../src/model/port.js";
import type { RunContexts } from "../../src/perform/run-contexts.js";
import { contextsIn, givenContext, recordedContext } from "./contexts.js";
import type { Stage } from "./models.js";
import { checkedPlan, replanned, reviewed } from "./replanner.js";
import type { SimulatedWorld } from "./world.js";
import type { Plan } from "../../src/plan/plan.js";
import { writePlan } from "../../src/plan/write.js";

const SETTINGS = settingsOf({});

/** ms between two looks at what should be going on, at most. */
const LOOK_MS = 1_500;
/** Of one process, to drive runs that were deleted. */
const MOST_TRIES = 3;

type More = Pick<StartRequest["started"], "context">;

export class SimulatedProcess {
  alive = true;
  paused = false;
  /** While it is paused: it runs, in a synchronous call. */
  blocked = false;
  /** It was stopped or blocked at some time. */
  stalled = false;
  /** When it was started, or last went on after a stop. */
  runsSince: number;
  readonly held: never[] = [];
  readonly holder: string;
  readonly store: EventStore;
  readonly engine: Engine;
  /** Runs that it drives or is about to. */
  readonly #busy = new Set<string>();
  readonly #clock: Clock;
  readonly #contexts: RunContexts;
  #ids = 0;
  #recovering = false;
  /** How often it tried to drive a run that was deleted. */
  #tries = 0;

  constructor(
    readonly name: string,
    host: string,
    private readonly world: SimulatedWorld,
  ) {
    const { time, disk } = world;
    this.holder = `${host}/1/1/${name}`;
    this.runsSince = time.now;
    this.store = disk.opened(this);
    this.#clock = {
      now: () => time.now + time.shift,
      setTimer: (ms, fn) => (this.alive ? time.after(ms, fn, this) : () => undefined),
    };
    this.#contexts = contextsIn(world, this);
    this.engine = localEngine({
      store: this.store,
      clock: this.#clock,
      perform: this.#perform(),
      defer: () => new Promise((resolve) => void time.after(0, () => resolve(), this)),
      newId: (of) => `${of}-${name}-${++this.#ids}`,
      holder: this.holder,
      livenessOf: (holder) => world.livenessOf(holder, host),
    });
    this.#look();
  }

  /** Starts the scenario's run; tells by its log alone how that went. */
  begin(runId: string): void {
    const { planned, checked, context, abortAfter } = this.world.scenario;
    const recorded = context ? recordedContext(runId) : undefined;
    if (recorded !== undefined) this.#contexts.give(recorded, givenContext(runId));
    const started = this.#started(!planned, recorded === undefined ? {} : { context: recorded });
    const request = { runId, started, ...(planned ? {} : { given: checked }) };
    const start = this.engine.start(request, this.#listener);
    this.#keep(runId, start);
    if (abortAfter !== undefined && this.world.stormy)
      start.then(() => this.#abort(runId, abortAfter)).catch(() => undefined);
  }

  /** The program that started the run does not want it any more. */
  #abort(runId: string, after: number): void {
    const { time, ledger } = this.world;
    const controller = new AbortController();
    cancelWith(controller.signal, runId, this.engine);
    const abort = (): void => {
      const known = ledger.known.get(runId);
      // A signal ends with the first end of its run.
      if (known === undefined || isEnded(known.run) || known.log.some(({ type }) => type === "run.reopened")) return;
      ledger.fault("abort of a signal", this.name);
      ledger.aborts.push({ runId, by: this, at: time.now });
      controller.abort();
    };
    time.after(after, abort, this);
  }

  /** Begins another run where an ended one comes to a step. */
  fork(parent: string, at: string, runId: string): void {
    const { checked, changes } = this.world.scenario;
    const { settings, models } = this.#started(true, {});
    const home = {
      // A fork takes the plan that the parent has now; only a changed scenario has another one than it began with.
      given: async (plan: unknown) => {
        if (changes === undefined) return checked;
        const again = checkedPlan({ goal: "a goal", inputs: {} }, writePlan(plan as Plan));
        if (again === undefined) throw new Error(`the plan of ${parent} does not pass check any more`);
        return again;
      },
      assertHas: async () => undefined,
      started: (_goal: string, _inputs: unknown, _given: unknown, more: More) => this.#started(true, more),
      contextOfFork: (run: Run) => run.request.context,
      settingsFor: () => settings,
      appraise: async (plan: CheckedPlan) => plan,
      models,
      now: () => 0,
      historyBefore: () => Promise.resolve(NO_HISTORY),
      secrets: {},
      answerChecks: new Map(),
    };
    const forked = this.engine.load(parent).then((run) => forkOf(run, { at, runId }, home));
    this.#keep(
      runId,
      forked.then((request) => this.engine.start(request, this.#listener)),
    );
  }

  #started(planGiven: boolean, { context }: More): StartRequest["started"] {
    const {
      approval,
      concurrency,
      synthesizer,
      partial,
      changes,
      budget = SETTINGS.budget,
      typed,
    } = this.world.scenario;
    const { planner } = this;
    const answerOnFailure = partial ? "partial" : "none";
    return {
      goal: "a goal",
      inputs: {},
      strategy: "plan-and-execute",
      settings: { ...SETTINGS, approval, concurrency, budget, answerOnFailure, ...changes?.settings },
      models: {
        planner,
        executor: "executor",
        synthesizer: synthesizer ? "synthesizer" : null,
      },
      inventory: "",
      kernel: KERNEL_VERSION,
      planGiven,
      ...(typed === undefined ? {} : { answerSchema: typed.schema }),
      ...(context === undefined ? {} : { context }),
    };
  }

  /** A planner that is asked again, or must not be asked too often, is a model. */
  get planner(): "planner" | "function" | null {
    const { planned, changes, budget } = this.world.scenario;
    if (changes !== undefined || (planned && budget !== undefined)) return "planner";
    return planned ? "function" : null;
  }

  get now(): number {
    return this.#clock.now();
  }

  /** As the operating system sees it. */
  get runs(): boolean {
    return this.alive && (!this.paused || this.blocked);
  }

  #look(): void {
    const { scenario, ledger, whims, people, time } = this.world;
    for (const [runId, { run, goneAt }] of ledger.known) {
      // Somebody may want an ended one to go on. That one was deleted, not every process knows.
      const over = goneAt !== undefined || (isEnded(run) && !(scenario.again && whims.chance(0.1)));
      const mayTry = goneAt !== undefined && this.#tries++ < MOST_TRIES;
      if (run.log.seq === 0 || (over && !mayTry) || this.#busy.has(runId)) continue;
      if (!scenario.recovers || isEnded(run)) void this.#goOn(runId).catch(() => undefined);
    }
    if (scenario.recovers && !this.#recovering) void this.#recover().catch(() => undefined);
    time.after(people.int(LOOK_MS / 3, LOOK_MS), () => this.#look(), this);
  }

  /** Drives all that nobody drives. An open run that is neither taken nor left was forgotten. */
  async #recover(): Promise<void> {
    const { world } = this;
    const open = () => world.runs().flatMap(({ run }) => (isEnded(run) ? [] : [run.id]));
    this.#recovering = true;
    try {
      const before = open();
      if (before.every((runId) => this.#busy.has(runId))) return;
      const { taken, left } = await recoverRuns(this.store, this.engine, this.#listener);
      for (const runId of taken) this.#keep(runId, Promise.resolve(runId));
      const met = new Set([...taken, ...left.map(({ runId }) => runId)]);
      const now = new Set(open());
      for (const runId of before)
        if (now.has(runId) && !met.has(runId)) world.ledger.violate(`a recovery forgets ${runId}`);
    } finally {
      this.#recovering = false;
    }
  }

  /** Drives a run that nobody seems to drive; now and then tries it with one that somebody does. */
  async #goOn(runId: string): Promise<void> {
    this.#busy.add(runId);
    try {
      const owner = await this.store.owner(runId);
      const host = this.holder.split("/")[0]!;
      const held = isHeldBy(owner, (holder) => this.world.livenessOf(holder, host), this.now);
      if (held && owner?.holder !== this.holder && !this.world.people.chance(0.1)) return;
      await this.engine.drive(runId, "RESUMED", this.#listener);
      await this.engine.stopped(runId, { untilEnd: true });
    } finally {
      this.#busy.delete(runId);
    }
  }

  #keep(runId: string, started: Promise<string>): void {
    this.#busy.add(runId);
    started
      .then(() => this.engine.stopped(runId, { untilEnd: true }))
      .catch((error: unknown) => this.world.ledger.say(this.name, `${runId}: ${String(error)}`))
      .finally(() => this.#busy.delete(runId))
      .catch(() => undefined);
  }

  /** A listener is told of an event only when it is durable. */
  readonly #listener: Listener = { event: (event: RunEvent) => void this.world.ledger.promised.push(event) };

  #planner(effect: Effect, run: Run, stage: Stage): Model {
    const { scenario, models } = this.world;
    const write = (request: ModelRequest): string => {
      if (request.output?.name === "review") return reviewed(scenario, run);
      if (effect.kind === "plan" && run.planning.plans.length > 0) return replanned(scenario.seed, effect, run);
      return JSON.stringify(scenario.plan);
    };
    return models.plannerModel(this, stage, write);
  }

  #perform(): Perform {
    const { world } = this;
    const { ledger, models, service, scenario } = world;
    const base: Omit<Outside, "executor"> = {
      store: this.store,
      clock: this.#clock,
      inventory: service.inventoryFor(this),
      planner: this.planner === "function" ? models.planner(this) : null,
      synthesizer: null,
      modelNamed: () => {
        throw new Error("no step of a scenario names a model");
      },
      instructions: {},
      secrets: {},
      contexts: this.#contexts,
      limits: { steps: LIMITS.steps, planBytes: LIMITS.planBytes, offeredTools: LIMITS.offeredTools },
    };
    const atWork = new Map<string, number>();
    return async (effect, run, context) => {
      const stage = { runId: run.id, ...placeOf(effect), since: world.time.happened };
      if (effect.kind !== "call" && effect.kind !== "fill") {
        const planner = this.planner === "planner" ? this.#planner(effect, run, stage) : base.planner;
        const synthesizer = scenario.synthesizer ? models.synthesizer(this, stage) : null;
        return performIn({ ...base, planner, synthesizer, executor: null })(effect, run, context);
      }
      const drive = `${run.id}/${context.epoch}`;
      const count = (atWork.get(drive) ?? 0) + 1;
      atWork.set(drive, count);
      if (count > run.request.settings.concurrency)
        ledger.violate(`${count} calls at once; the limit is ${run.request.settings.concurrency}`);
      try {
        const executor = models.executor(this, stage);
        return await performIn({ ...base, executor })(effect, run, context);
      } finally {
        atWork.set(drive, atWork.get(drive)! - 1);
      }
    };
  }
}

/** Roles have places in the journal as steps have. */
function placeOf(effect: Effect): Pick<Stage, "step" | "item" | "attempt"> {
  if (effect.kind === "call") return { ...effect, attempt: effect.conversation?.attempt ?? effect.attempt };
  if (effect.kind === "fill") return effect;
  const step = ROLES[effect.kind] ?? effect.kind;
  return { step, item: null, attempt: Number(effect.key.slice(effect.key.lastIndexOf("/") + 1)) };
}

const ROLES: { readonly [kind: string]: string } = { plan: "#planner", review: "#review", answer: "#answer" };
