// The people of a world: they approve, answer, settle doubts (truthfully), cancel, and send wrong or duplicate
// commands. In: the durable log. Out: commands, through an engine or straight into the inbox.
import type { Json } from "../../src/plan/json.js";
import { reconcileKey } from "../../src/run/keys.js";
import type { Settings } from "../../src/run/settings.js";
import type { CheckedPlan, Command } from "../../src/run/command.js";
import { type Run } from "../../src/run/state.js";
import { isEnded, statusOf } from "../../src/run/status.js";
import { isUnusable, worksOf } from "../../src/run/steps.js";
import type { Work } from "../../src/run/work.js";
import { Deletion } from "./deletion.js";
import { dice as diceOf, type Dice } from "./dice.js";
import type { SimulatedProcess } from "./process.js";
import { edited } from "./replanner.js";
import { answerTo } from "./service.js";
import type { SimulatedWorld } from "./world.js";

/** ms between two looks at what waits for somebody. */
const LOOK_MS = 700;
const MOST_WISHES = 3;
/** Plans of a run after which nobody wants another one. */
const MOST_PLANS = 5;
/** ms until something must have come of a wish. */
const PATIENCE_MS = 12_000;

/** ms until when most runs are at work. */
const early = (stormMs: number): number => Math.min(stormMs, 5_000);

const endOf = (run: Run): string => `${run.id} ends ${run.log.seq}`;

export class People {
  /** What was said and may not have been heard yet: not said again before this time. */
  readonly #patience = new Map<string, number>();
  #count = 0;
  /** What they have thought about: ends, as run and seq; plans, as run and revision. */
  readonly #thought = new Set<string>();
  /** How often they wanted more, and until when they wait for what comes of it. */
  #wishes = 0;
  #waitUntil = 0;
  /** From when on they want it cancelled, as soon as they see that something could be in the way. */
  #cancelAt = Infinity;

  readonly #deletion: Deletion;

  constructor(
    private readonly world: SimulatedWorld,
    private readonly dice: Dice,
  ) {
    this.#deletion = new Deletion(world);
    this.#look();
    const { misfortune, stormMs } = world.scenario;
    if (world.stormy && misfortune.cancels) this.#cancelAt = this.dice.int(0, early(stormMs));
    if (world.stormy) this.#changeTheirMinds();
  }

  /** With chance of its own: where nothing of it happens, all else is as it would be without. */
  #changeTheirMinds(): void {
    const { seed, stormMs, changes } = this.world.scenario;
    if (changes === undefined) return;
    const d = diceOf(seed, "minds");
    const later = (say: () => void) => this.world.time.after(d.int(0, early(stormMs)), say);
    const goals = changes.goals ? d.int(1, 2) : 0;
    for (let n = 1; n <= goals; n++) later(() => this.#sayToAll({ type: "goal", goal: `goal ${n}`, reason: "" }));
    const pauses = changes.pauses ? d.int(1, 2) : 0;
    for (let n = 1; n <= pauses; n++) later(() => this.#sayToAll({ type: "pause", reason: "lunch" }));
  }

  #look(): void {
    for (const { run } of this.world.runs()) {
      this.#deletion.consider(run);
      if (!isEnded(run)) this.#attend(run);
      else this.#think(run);
    }
    this.world.time.after(this.dice.int(LOOK_MS / 2, LOOK_MS), () => this.#look());
  }

  /** Whether a run has ended, and nobody wants more of it. */
  contentWith(run: Run): boolean {
    if (this.world.ledger.isGone(run.id)) return true;
    if (!isEnded(run) || this.#deletion.isOpen(run)) return false;
    return !this.#wishing || (this.#thought.has(endOf(run)) && this.#waitUntil <= this.world.time.now);
  }

  get #wishing(): boolean {
    return this.world.stormy && this.world.scenario.again;
  }

  /** Once for each end. */
  #think(run: Run): void {
    const { time, ledger } = this.world;
    if (!this.#wishing || this.#waitUntil > time.now || this.#thought.has(endOf(run))) return;
    this.#thought.add(endOf(run));
    const { whims } = this.world;
    // An open question makes them curious.
    if (
      this.#wishes >= MOST_WISHES ||
      run.execution.steps.size === 0 ||
      (whims.chance(0.3) && run.execution.unknown + run.execution.unusable === 0)
    )
      return;
    const live = this.world.live();
    if (live.length === 0) return;
    this.#waitUntil = time.now + PATIENCE_MS;
    const step = whims.pick([...run.execution.steps.keys()]);
    if (whims.chance(0.2) && run.execution.unknown + run.execution.unusable === 0) {
      ledger.fault("fork of an ended run", "man");
      return whims.pick(live).fork(run.id, step, `f${++this.#wishes}`);
    }
    this.#wishes++;
    ledger.fault("retry of an ended run", "man");
    const {
      request: { models },
    } = run;
    if (statusOf(run) === "failed" && run.answering.answer === undefined && whims.chance(0.15)) {
      ledger.fault("partial answer of an ended run", "man");
      return this.#say(run.id, { type: "answer", settings: this.#moreOf(run), models });
    }
    // They want to see whether what has acted is really left alone.
    const acted = [...run.execution.steps.values()].find((state) => worksOf(state).some(isUnusable))?.spec.id;
    const from = whims.chance(acted === undefined ? 0.4 : 0.8) ? { from: acted ?? step } : {};
    const plan = whims.chance(0.25) ? { plan: this.#otherPlan(run) } : {};
    this.#say(run.id, { type: "retry", settings: this.#moreOf(run), models, ...from, ...plan });
  }

  /** That of the beginning; where plans change, also a new one. */
  #otherPlan(run: Run): CheckedPlan {
    const { changes, checked, seed } = this.world.scenario;
    const own = changes !== undefined && run.planning.plans.length % 2 === 1 ? edited(seed, run) : undefined;
    return own ?? checked;
  }

  /** The run's settings; a budget that is used up is raised, mostly. */
  #moreOf({ request: { settings }, spending: { exhausted } }: Run): Settings {
    const { budget } = settings;
    if (exhausted === undefined || exhausted.wanted % 3 === 0) return settings;
    return { ...settings, budget: { ...budget, [exhausted.limit]: (budget[exhausted.limit] ?? 0) * 2 } };
  }

  #attend(run: Run): void {
    if (this.world.time.now >= this.#cancelAt && run.execution.running + run.execution.unknown > 0) {
      this.#cancelAt = Infinity;
      return this.#sayToAll({ type: "cancel", reason: "enough" });
    }
    if (run.paused) this.#once(run, `unpause ${run.log.seq}`, { type: "unpause", reason: "" });
    for (const { hash, subject } of run.approvals.pending.values())
      this.#once(run, `approve ${hash}`, { type: "approve", hash }, subject);
    for (const state of run.execution.steps.values()) {
      for (const work of [state.work, ...(state.fan?.items ?? [])]) {
        const place = { step: state.spec.id, ...(work.item === null ? {} : { item: work.item }) };
        const name = `${place.step}/${work.item ?? ""}`;
        if (work.status === "suspended" && work.question !== undefined) {
          const { seq } = work.asking ?? {};
          const asked = seq === undefined ? {} : { asked: seq };
          const value = answerTo(place.step);
          this.#once(run, `respond ${name} ${seq ?? ""}`, { type: "respond", ...place, value, ...asked });
        }
        if (work.status === "unusable") this.#replace(run, work, place, name);
        if (work.status === "unknown") this.#settle(run, work, place, name);
      }
    }
    if (this.world.storming && this.world.scenario.misfortune.noise && this.dice.chance(0.15)) this.#talkNonsense(run);
  }

  /** Waits until no request is on its way any more, and says what the service says. */
  #settle(run: Run, work: Work, place: { step: string; item?: number }, name: string): void {
    const key = work.doubt?.key ?? work.effectKey;
    const { service, ledger } = this.world;
    if ((service.inFlight.get(key) ?? 0) > 0) return;
    // Where its tool is asked, they mostly leave it to that.
    if (run.owed.has(reconcileKey(work)) && !this.dice.chance(0.1)) return;
    const acted = service.acts.has(key);
    const output = service.outputs.get(key) ?? null;
    ledger.say("man", `finds that ${name} ${key.slice(0, 8)} ${acted ? "happened" : "did not happen"}`);
    const { doubts: doubt } = work;
    const said = acted ? { verdict: "happened" as const, output } : { verdict: "not-happened" as const };
    this.#once(run, `settle ${name} ${doubt} ${key}`, { type: "settle", ...place, ...said, doubt });
  }

  /** Looks up what the call really gave; now and then lets the step fail, and has the run go on later. */
  #replace(run: Run, { doubts: doubt, unusable }: Work, place: { step: string; item?: number }, name: string): void {
    const key = unusable?.key ?? "";
    const output = this.world.service.outputs.get(key) ?? null;
    const fails = this.#wishing && diceOf(this.world.scenario.seed, `fail ${name} ${doubt}`).chance(0.4);
    const said = fails ? ({ verdict: "fail" } as const) : ({ verdict: "use", output } as const);
    this.#once(run, `decide ${name} ${doubt} ${key}`, { type: "settle", ...place, ...said, doubt });
  }

  /** Says it, and again only after a while. */
  #once(run: Run, what: string, command: Command, subject: unknown = "plan"): void {
    const { time, scenario, storming } = this.world;
    const name = `${run.id} ${what}`;
    if ((this.#patience.get(name) ?? 0) > time.now || (storming && this.dice.chance(0.3))) return;
    this.#patience.set(name, time.now + 5_000);
    const rejects = scenario.misfortune.trouble && command.type === "approve" && this.dice.chance(0.15);
    const instead = command.type === "approve" ? this.#secondThought(run, command) : undefined;
    if (instead !== undefined) this.#say(run.id, instead);
    else if (rejects)
      this.#say(run.id, { type: "reject", hash: command.hash, comment: `not ${JSON.stringify(subject)}` });
    else this.#say(run.id, command);
  }

  /** Their own plan in the place of the one that waits, another goal, or its calls approved with it. */
  #secondThought(run: Run, { hash }: Command & { type: "approve" }): Command | undefined {
    const { seed, changes } = this.world.scenario;
    const waits = run.approvals.pending.get(hash)?.subject === "plan";
    const thought = `${run.id} ${run.planning.plans.length}`;
    if (changes === undefined || !waits || !this.world.stormy || this.#thought.has(thought)) return undefined;
    this.#thought.add(thought);
    const d = diceOf(seed, `second thoughts ${run.planning.plans.length}`);
    const changing = run.planning.plans.length < MOST_PLANS;
    const goal = `goal of plan ${run.planning.plans.length}`;
    if (changing && changes.goals && run.request.goal !== goal && d.chance(0.2))
      return { type: "goal", goal, reason: "" };
    const plan = changing && changes.edits && d.chance(0.5) ? edited(seed, run) : undefined;
    if (plan !== undefined) return { type: "edit", hash, plan };
    return d.chance(0.3) ? { type: "approve", hash, calls: true } : undefined;
  }

  #sayToAll(command: Command): void {
    for (const { run } of this.world.runs()) if (!isEnded(run)) this.#say(run.id, { ...command });
  }

  #say(runId: string, command: Command): void {
    const live = this.world.live();
    if (live.length === 0) return;
    const at = this.dice.pick(live);
    const storming = this.world.storming;
    // Late, so that commands of one look may arrive in another order.
    const delay = storming ? this.dice.int(0, 300) : 0;
    if (storming && this.world.scenario.misfortune.noise && this.dice.chance(0.4))
      this.#sayTwice(at, runId, command, delay);
    else this.world.time.after(delay, () => this.#send(at, runId, command), at);
  }

  #send(at: SimulatedProcess, runId: string, command: Command): void {
    const { ledger } = this.world;
    const said = ledger.saying(runId, command);
    ledger.say("man", `at ${at.name} says ${JSON.stringify(command).slice(0, 90)}`);
    at.engine.send(runId, command, { by: "ann" }).then(
      (reply) => {
        said.acknowledged = reply.ok ? "accepted" : reply.code;
        ledger.say("man", `hears ${said.acknowledged} to ${said.inputId ?? ""} (${command.type})`);
      },
      (error: unknown) => ledger.say("man", `cannot say ${command.type}: ${String(error)}`),
    );
  }

  /** The same command, with the same id, through the inbox: it must count once. */
  #sayTwice(at: SimulatedProcess, runId: string, command: Command, delay: number): void {
    const { ledger, time } = this.world;
    const said = ledger.saying(runId, command);
    const inputId = `ann-${++this.#count}`;
    ledger.fault("duplicate command", at.name);
    const put = (): void => {
      const entry = { inputId, at: at.now, by: "ann", payload: command as unknown as Json };
      at.store.put(runId, entry).then(
        () => void (said.acknowledged = "recorded"),
        () => undefined,
      );
    };
    time.after(delay, put, at);
    time.after(delay + this.dice.int(0, 2_000), put, at);
  }

  #talkNonsense(run: Run): void {
    this.world.ledger.fault("stale command", "man");
    const step = this.dice.pick([...run.execution.steps.keys(), "nowhere"]);
    this.#say(
      run.id,
      this.dice.pick<Command>([
        { type: "approve", hash: [...run.approvals.granted.keys()][0] ?? "0".repeat(64) },
        { type: "reject", hash: "1".repeat(64), comment: "which one?" },
        { type: "respond", step, value: 7 },
        { type: "respond", step, item: 9, value: answerTo(step) },
      ]),
    );
  }
}
