// The faults of a world while its storm lasts: processes are killed, paused and restarted, disks fill up, clocks jump.
// In: a scenario. Out: faults, counted. The same world is also played without it.
import type { Weather, WriteFault, Writer } from "./disk.js";
import type { Dice } from "./dice.js";
import type { SimulatedWorld } from "./world.js";

/** Longer than a lease, now and then: what wakes up then has lost its runs. */
const PAUSES_MS = [300, 3_000, 16_000, 22_000, 40_000] as const;
const MOST_KILLS = 6;

export class Storm implements Weather {
  #kills = 0;
  #fullUntil = 0;

  constructor(
    private readonly world: SimulatedWorld,
    private readonly dice: Dice,
  ) {
    if (world.stormy) this.#strike();
  }

  faultOf(who: Writer, write: boolean): WriteFault {
    const { storming, scenario, ledger, time } = this.world;
    const { kills, tears, busy, powerLoss, pauses } = scenario.misfortune;
    if (!storming) return "none";
    if (busy && this.dice.chance(0.01)) return this.#say("busy", () => ledger.fault("store busy", who.name));
    if (!write) return "none";
    if (time.now < this.#fullUntil) return this.#say("full", () => ledger.fault("disk full", who.name));
    const may = this.#kills < MOST_KILLS;
    if (may && kills && this.dice.chance(0.015))
      return this.#say("kill before", () => ledger.fault("kill before a write", who.name));
    if (may && kills && this.dice.chance(0.015))
      return this.#say("kill after", () => ledger.fault("kill after a write", who.name));
    if (may && tears && this.dice.chance(0.04)) return this.#say("tear", () => ledger.fault("torn write", who.name));
    if (pauses && this.dice.chance(0.03)) {
      return this.#say("pause after", () => ledger.fault("pause after a write", who.name));
    }
    if (may && powerLoss && this.dice.chance(0.005)) {
      ledger.fault("power loss", who.name);
      for (const process of this.world.live()) this.world.kill(process);
      return "kill before";
    }
    return "none";
  }

  kill(who: Writer): void {
    this.#kills++;
    this.world.kill(who);
  }

  pause(who: Writer): void {
    this.world.pause(who, this.dice.pick(PAUSES_MS.slice(2)));
  }

  taken(by: Writer, runId: string, former: string | null | undefined): void {
    this.world.taken(by, runId, former);
  }

  #say(fault: WriteFault, tell: () => void): WriteFault {
    tell();
    return fault;
  }

  /** Something that comes from outside, every second or so. */
  #strike(): void {
    const { world, dice } = this;
    if (!world.storming) return;
    const { kills, pauses, diskFull, jumps } = world.scenario.misfortune;
    const victim = world.live()[dice.int(0, 2)];
    const what = dice.int(0, 5);
    if (what === 0 && kills && victim !== undefined && this.#kills < MOST_KILLS) {
      world.ledger.fault("kill at any time", victim.name);
      this.kill(victim);
    } else if (what <= 2 && pauses && victim !== undefined && !victim.paused) {
      world.ledger.fault("pause (zombie)", victim.name);
      world.pause(victim, dice.pick(PAUSES_MS));
    } else if (what === 3 && diskFull) {
      this.#fullUntil = world.time.now + dice.int(200, 3_000);
    } else if (what === 4 && jumps) {
      world.ledger.fault("clock jump");
      world.time.shift += dice.pick([500, 5_000, 20_000, 3_600_000]);
    }
    world.time.after(dice.int(50, 1_500), () => this.#strike());
  }
}

/** A disk on which nothing ever goes wrong. */
export const fair: Weather = {
  faultOf: () => "none",
  kill: () => undefined,
  pause: () => undefined,
  taken: () => undefined,
};
