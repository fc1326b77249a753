// A whole world: processes, one disk, services, models, people, and a storm. In: a seed. Out: the violations, the
// faults, and the trace. One seed is one world.
import type { Run } from "../../src/run/state.js";
import { endOf } from "../../src/run/status.js";
import { dice, type Dice } from "./dice.js";
import type { EventType, RunEvent } from "../../src/run/event.js";
import { Disk, type Writer } from "./disk.js";
import { Ledger, type FaultKind } from "./ledger.js";
import { Models } from "./models.js";
import { People } from "./person.js";
import { SimulatedProcess } from "./process.js";
import { audit, sameAnswer } from "./promises.js";
import { scenarioOf, type Scenario } from "./scenario.js";
import { Service } from "./service.js";
import { Timeline } from "./timeline.js";
import type { Liveness } from "../../src/engine/holder.js";
import { fair, Storm } from "./weather.js";

/** How long, in simulated ms after the storm, runs may take to end; retries, leases and time limits add up to less. */
const CALM_MS = 15 * 60_000;

/** Between a look at an owner and a claim passes less, unless a process is stopped there. */
const RACE_MS = 5_000;

export class SimulatedWorld {
  readonly time: Timeline;
  readonly ledger: Ledger;
  readonly disk: Disk;
  readonly service: Service;
  readonly models: Models;
  /** For everything that people, and whoever starts processes, decide by chance. */
  readonly people: Dice;
  /** For what they want of runs that have ended: all else is decided as it would be without. */
  readonly whims: Dice;
  /** For how a process stalls. */
  readonly stalls: Dice;
  readonly #processes: SimulatedProcess[] = [];
  /** The processes that ended, by what they wrote as owners. */
  readonly #dead = new Set<string>();
  readonly #persons: People;
  #born = 0;
  #runs = 0;

  constructor(
    readonly scenario: Scenario,
    /** Whether there are faults at all. */
    readonly stormy: boolean,
    traced: boolean,
  ) {
    const { seed } = scenario;
    this.time = new Timeline(dice(seed, "ties"));
    this.ledger = new Ledger(this.time, traced);
    const troubled = scenario.misfortune.trouble && stormy;
    this.people = dice(seed, "people");
    this.whims = dice(seed, "whims");
    this.stalls = dice(seed, "stalls");
    const storm = stormy ? new Storm(this, dice(seed, "storm")) : fair;
    this.disk = new Disk(this.time, this.ledger, storm, dice(seed, "disk"));
    this.service = new Service(seed, this.time, this.ledger, troubled, stormy && scenario.releases, scenario.asking);
    this.models = new Models(scenario, this.time, this.ledger, troubled);
    for (let n = 0; n < (stormy ? scenario.processes : 1); n++) this.#start(n);
    this.#persons = new People(this, dice(seed, "person"));
    this.#begin();
  }

  get storming(): boolean {
    return this.stormy && this.time.now < this.scenario.stormMs;
  }

  /** The runs that are in the store. */
  runs(): readonly { readonly run: Run }[] {
    return [...this.ledger.known.values()].filter(({ run, goneAt }) => run.log.seq > 0 && goneAt === undefined);
  }

  live(): readonly SimulatedProcess[] {
    return this.#processes.filter(({ alive }) => alive);
  }

  livenessOf(holder: string, host: string): Liveness {
    if (holder.split("/")[0] !== host) return "unknown";
    if (this.#dead.has(holder)) return "dead";
    return this.#processes.some((process) => process.holder === holder && process.runs) ? "alive" : "unknown";
  }

  /** `by` becomes the owner of a run, and it was another's. Of a process that runs in sight, nobody takes a run. */
  taken(by: Writer, runId: string, former: string | null | undefined): void {
    const [owner, taker] = [former, by.name].map((one) =>
      this.#processes.find(({ holder, name }) => holder === one || name === one),
    );
    if (owner === undefined || taker === undefined || owner === taker) return;
    const inSight = this.livenessOf(owner.holder, taker.holder.split("/")[0]!) === "alive";
    // Either of them may have been stopped between the look and the claim.
    const isRace = [owner, taker].some(({ runsSince }) => this.time.now - runsSince < RACE_MS);
    if (inSight && !isRace) this.ledger.violate(`${by.name} took ${runId} from ${owner.name}, which was alive`);
  }

  /** Nothing of it happens any more; another one takes its place. */
  kill(victim: Writer): void {
    const slot = this.#processes.findIndex((process) => process === victim);
    if (!victim.alive || slot < 0) return;
    victim.alive = false;
    this.#dead.add(this.#processes[slot]!.holder);
    this.ledger.say(victim.name, "is killed");
    this.time.after(this.people.int(10, 3_000), () => this.#start(slot));
  }

  /** It is stopped, or blocked by a synchronous call: then others see it run. */
  pause(victim: Writer, ms: number): void {
    const process = this.#processes.find((one) => one === victim);
    const blocked = this.stalls.chance(0.4);
    if (process !== undefined) process.stalled = true;
    if (process !== undefined) process.blocked = blocked;
    victim.paused = true;
    this.ledger.say(victim.name, `is ${blocked ? "blocked" : "stopped"} for ${ms} ms`);
    this.time.after(ms, () => {
      if (!victim.alive) return;
      this.ledger.say(victim.name, "goes on");
      if (process !== undefined && !process.blocked) process.runsSince = this.time.now;
      this.time.resume(victim);
    });
  }

  #start(slot: number): void {
    const name = `p${++this.#born}`;
    const host = this.scenario.oneHost ? "host" : `host${slot}`;
    this.ledger.say(name, `is started on ${host}`);
    this.#processes[slot] = new SimulatedProcess(name, host, this);
  }

  /** Somebody starts the run; where nothing came of it, once more under another id. */
  #begin(): void {
    const begun = [...this.ledger.known.values()].some(({ run }) => run.log.seq > 0);
    if (begun) return;
    const [first] = this.live().filter(({ paused }) => !paused);
    first?.begin(`r${++this.#runs}`);
    this.time.after(5_000, () => this.#begin());
  }

  /** Plays until every run has ended. */
  async play(): Promise<void> {
    const ended = (): boolean => {
      const runs = [...this.ledger.known.values()].filter(({ run }) => run.log.seq > 0);
      return (
        runs.length > 0 && runs.every(({ run }) => this.#persons.contentWith(run)) && (!this.storming || this.#quiet())
      );
    };
    const limit = this.scenario.stormMs + CALM_MS;
    await this.time.play(ended, limit);
    // What was paused wakes up, finds everything over, or goes on with what nobody else knew of.
    for (const process of this.live()) if (process.paused) this.time.resume(process);
    await this.time.play(() => false, this.time.now + 3_000);
    await this.time.play(ended, limit);
  }

  #quiet(): boolean {
    return this.time.now > this.scenario.stormMs / 4;
  }
}

export interface Verdict {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly faults: Partial<Record<FaultKind, number>>;
  readonly events: number;
  readonly fenced: number;
  readonly happenings: number;
  readonly ends: readonly string[];
  /** How often plans, reviews, goals, pauses and budgets were spoken of, by the types of events and their causes. */
  readonly changes: Readonly<Record<string, number>>;
  readonly trace?: readonly string[];
}

/** Plays the world of a seed; where tools and models do not fail, also without any fault, for the same answer. */
export async function playSeed(seed: number, traced = false): Promise<Verdict> {
  const scenario = scenarioOf(seed);
  const world = new SimulatedWorld(scenario, true, traced);
  await played(world);
  audit(world);
  if (!scenario.misfortune.trouble) {
    const calmWorld = new SimulatedWorld(scenario, false, false);
    await played(calmWorld);
    audit(calmWorld);
    sameAnswer(world, calmWorld);
  }
  const { ledger, time } = world;
  const runs = [...ledger.known.values()].filter(({ run }) => run.log.seq > 0);
  return {
    seed,
    violations: ledger.violations,
    faults: ledger.faults,
    events: runs.reduce((sum, { log }) => sum + log.length, 0),
    fenced: ledger.fenced,
    happenings: time.happened,
    ends: runs.map(({ run, goneAt }) => (goneAt === undefined ? (endOf(run)?.how ?? "open") : "deleted")),
    changes: changesIn(runs.flatMap(({ log }) => log)),
    ...(ledger.trace === undefined ? {} : { trace: ledger.trace }),
  };
}

/** The log of each run of a seed's world, as it is on the disk. */
export async function logsOf(seed: number): Promise<readonly (readonly RunEvent[])[]> {
  const world = new SimulatedWorld(scenarioOf(seed), true, false);
  await played(world);
  return [...world.ledger.known.values()].map(({ log }) => log);
}

const TOLD: readonly EventType[] = [
  "replan.requested",
  "plan.reviewed",
  "step.repeated",
  "goal.changed",
  "run.paused",
  "budget.reserved",
  "budget.awaited",
  "budget.exhausted",
  "plan.invalid",
  "tool.changed",
  "answer.failed",
  "step.asked",
  "step.answered",
];

function changesIn(events: readonly RunEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, data } of events) {
    const instead = type === "plan.proposed" && data.revision > 1;
    if (!instead && !TOLD.includes(type)) continue;
    const name = "cause" in data && typeof data.cause === "string" ? `${type} (${data.cause})` : type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function played(world: SimulatedWorld): Promise<void> {
  const real = performance.now.bind(performance);
  // The loop of a run asks it how long it has kept the event loop busy: here, not at all longer than the world's time
  // says.
  performance.now = () => world.time.now;
  try {
    await world.play();
  } finally {
    performance.now = real;
  }
}
