// The services that tools call. In: calls, by a process. Out: acts, and answers to processes that are still alive. An
// act cannot be undone, and may happen after its caller has ended.
import { hashOf } from "../../src/plan/hash.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import { currentPlan } from "../../src/run/lookup.js";
import { failWith } from "../../src/run/failure.js";
import type { ToolInventory } from "../../src/tools/inventory.js";
import { tool, ToolError, UnusableOutput, type Reconciled, type Tool, type ToolContext } from "../../src/tools/tool.js";
import { contextFault } from "./contexts.js";
import { dice, type Dice } from "./dice.js";
import type { Ledger } from "./ledger.js";
import { never, type Owner, type Timeline } from "./timeline.js";

const input = { type: "object", properties: { x: { type: "string" } }, required: ["x"], additionalProperties: false };
const text = { type: "string" };
const texts = { type: "array", items: text };
const run = (): never => {
  throw new Error("the service is called instead");
};
const base = { input, output: text, timeout: "3s", run } as const;

const DEFINED: readonly Tool[] = [
  tool({ ...base, name: "look", description: "Looks.", effects: "none" }),
  tool({ ...base, name: "list", description: "Lists.", effects: "none", output: texts }),
  tool({ ...base, name: "put", description: "Puts.", effects: "idempotent" }),
  tool({ ...base, name: "pay", description: "Pays.", effects: "once" }),
  tool({ ...base, name: "wire", description: "Wires.", effects: "once", reconcile: () => "unknown" }),
  tool({ ...base, name: "sign", description: "Signs.", effects: "once", approval: "required" }),
];

export const TOOL_SPECS = DEFINED.map(({ spec }) => spec);

/** The same tools of the next release of the program: what acts is of another version, and what reads is told better. */
const NEXT_SPECS = TOOL_SPECS.map((spec) =>
  spec.effects === "none" ? { ...spec, description: `${spec.description} Well.` } : { ...spec, version: "2" },
);

/** What a service gives for these arguments: always the same. */
export function outputOf(name: string, args: JsonObject): string | readonly string[] {
  const digest = hashOf([name, args]).slice(0, 8);
  return name === "list"
    ? [`${digest}a`, `${digest}b`, `${digest}c`].slice(0, Number.parseInt(digest[0]!, 16) % 4)
    : `${name}:${digest}`;
}

/** What people say to whatever a step or its tools ask. */
export const answerTo = (step: string): string => `answer to ${step}`;

type Reaction =
  | "return"
  | "refuse"
  | "refuse for good"
  | "throw"
  | "act and throw"
  | "hang"
  | "act and hang"
  | "act late"
  | "act and return nonsense";
const TROUBLE: readonly Reaction[] = [
  "refuse",
  "refuse",
  "refuse for good",
  "throw",
  "act and throw",
  "hang",
  "act and hang",
  "act late",
];

const ACTING: readonly Reaction[] = ["return", "act and throw", "act and hang", "act late", "act and return nonsense"];

const nonsense = (name: string) => failWith("BAD_OUTPUT", { tool: name, problem: { code: "UNCLEAR_ANSWER" } });

type Answering = "answer" | "throw" | "hang" | "not know" | "give what it cannot have given";
const ANSWER_TROUBLE: readonly Answering[] = ["throw", "hang", "not know", "give what it cannot have given"];

export class Service {
  /** How often each key acted. */
  readonly acts = new Map<string, number>();
  /** How much had happened in the world when each key acted first. */
  readonly firstAct = new Map<string, number>();
  readonly outputs = new Map<string, Json>();
  /** Requests on their way, by key. */
  readonly inFlight = new Map<string, number>();
  /** Keys under which the same call of the same step acted. */
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly seed: number,
    private readonly time: Timeline,
    private readonly ledger: Ledger,
    private readonly troubled: boolean,
    private readonly releases: boolean,
    private readonly asking: boolean,
  ) {}

  /** The tools as a process has them; what its engine never asks for is not hashed thousands of times. */
  inventoryFor(caller: Owner & { readonly name: string }): ToolInventory {
    const isNext = this.releases && dice(this.seed, `release ${caller.name}`).chance(0.5);
    const specs = isNext ? NEXT_SPECS : TOOL_SPECS;
    const tools = specs.map((spec): Tool => ({
      spec,
      call: (args, context) => {
        if (!caller.alive) return never();
        this.#checkRelease(spec, context);
        this.#checkRun(caller, spec, context);
        const questions = this.#questionsOf(spec.name, args, context);
        if (questions.length > 0) return this.#callAfter(questions, caller, spec.name, args, context);
        return this.#call(caller, spec.name, args, context);
      },
      ...(spec.reconciles === true
        ? { reconcile: (key) => (caller.alive ? this.#becameOf(caller, spec.name, key) : never()) }
        : {}),
    }));
    const byName = new Map(tools.map((one) => [one.spec.name, one]));
    const get = (name: string) => byName.get(name);
    return { tools: byName, specs, get, inventory: { tools: specs }, hash: "" };
  }

  /** What the tool asks before this call, in every world of the seed. */
  #questionsOf(name: string, args: JsonObject, { stepId }: ToolContext): readonly string[] {
    if (!this.asking) return [];
    const d = dice(this.seed, `asks ${name} ${stepId} ${JSON.stringify(args)}`);
    return d.chance(0.4) ? Array.from({ length: d.int(1, 2) }, (_, n) => `May ${name} do this, ${n}?`) : [];
  }

  async #callAfter(
    questions: readonly string[],
    caller: Owner & { readonly name: string },
    name: string,
    args: JsonObject,
    context: ToolContext,
  ): Promise<never> {
    this.#checkIntent(name, context);
    for (const question of questions) {
      if (!caller.alive) return never();
      const said = await context.ask({ question });
      if (said !== answerTo(context.stepId)) this.ledger.violate(`${name} hears ${JSON.stringify(said)}`);
    }
    return caller.alive ? this.#call(caller, name, args, context) : never();
  }

  #call(
    caller: Owner & { readonly name: string },
    name: string,
    args: JsonObject,
    context: ToolContext,
  ): Promise<never> {
    const { key, runId, stepId } = context;
    this.#checkIntent(name, context);
    const nth = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, nth);
    const chance = dice(this.seed, `call ${name} ${stepId} ${JSON.stringify(args)} ${nth}`);
    const acting = name !== "look" && name !== "list";
    const reaction =
      acting && this.#returnsNonsense(name, args, context)
        ? "act and return nonsense"
        : this.#reaction(name, chance, nth);
    this.ledger.say(caller.name, `calls ${name} ${key.slice(0, 8)} for ${runId}/${stepId}, which will ${reaction}`);
    this.#fly(key, 1);
    return new Promise((resolve, reject) => {
      const listens = chance.chance(0.5);
      const actAfter =
        reaction === "act late" ? chance.int(4_000, 9_000) : chance.int(1, chance.chance(0.1) ? 2_000 : 150);
      this.time.after(actAfter, () => {
        this.#fly(key, -1);
        const stopped = listens && context.signal.aborted && caller.alive;
        const acts = !stopped && ACTING.includes(reaction);
        if (acts && acting) this.#act(name, args, context);
        this.time.after(chance.int(0, 50), () => answer(stopped), caller);
      });
      const answer = (stopped: boolean): void => {
        if (stopped) reject(context.signal.reason as Error);
        else if (reaction === "return" || reaction === "act late") resolve(outputOf(name, args) as never);
        else if (reaction === "act and return nonsense") reject(new UnusableOutput(nonsense(name), 7));
        else if (reaction === "refuse") reject(new ToolError("not now", { code: "NOT_NOW" }));
        else if (reaction === "refuse for good") reject(new ToolError("no", { code: "NO", retryable: false }));
        else if (reaction === "throw" || reaction === "act and throw") reject(new Error("the connection broke"));
      };
    });
  }

  /**
   * What became of the call with this key, looked up at some moment and told at a later one; unknown while it is on its
   * way.
   */
  #becameOf(caller: Owner & { readonly name: string }, name: string, key: string): Promise<Reconciled> {
    const nth = (this.#asked.get(`? ${key}`) ?? 0) + 1;
    this.#asked.set(`? ${key}`, nth);
    const chance = dice(this.seed, `reconcile ${name} ${nth} ${this.#asked.get(key) ?? 0}`);
    const how = this.troubled && chance.chance(0.4) ? chance.pick(ANSWER_TROUBLE) : "answer";
    if (how !== "answer") this.ledger.fault("reconcile trouble", name);
    this.ledger.say(caller.name, `asks ${name} about ${key.slice(0, 8)}, which will ${how}`);
    return new Promise((resolve, reject) => {
      if (how === "hang") return;
      this.time.after(chance.int(1, 400), () => {
        const answer = how === "not know" ? "unknown" : this.#truthAbout(key);
        const wrong = how !== "answer" && how !== "not know" && typeof answer === "object" && answer.happened;
        const told: Reconciled = wrong ? { happened: true, output: 7 } : answer;
        const tell = () => (how === "throw" ? reject(new Error("the connection broke")) : resolve(told));
        this.time.after(chance.int(0, chance.chance(0.1) ? 5_000 : 50), tell, caller);
      });
    });
  }

  #truthAbout(key: string): Reconciled {
    if ((this.inFlight.get(key) ?? 0) > 0) return "unknown";
    return this.acts.has(key) ? { happened: true, output: this.outputs.get(key)! } : { happened: false };
  }

  /** A service that is asked once more may well refuse what it has done already. */
  #reaction(name: string, chance: Dice, nth: number): Reaction {
    if (!this.troubled || chance.chance(name === "put" || name === "wire" ? 0.5 : 0.7)) return "return";
    const reaction = nth > 1 && chance.chance(0.6) ? "refuse" : chance.pick(TROUBLE);
    if (reaction === "refuse" || reaction === "refuse for good") this.ledger.fault("tool error", name);
    else if (reaction === "throw" || reaction === "act and throw") this.ledger.fault("tool throw", name);
    else this.ledger.fault("tool hang or late act", name);
    return reaction;
  }

  /** For the same calls in every world of the seed. A step that would be skipped for it always has a usable output. */
  #returnsNonsense(name: string, args: JsonObject, { runId, stepId }: ToolContext): boolean {
    const spec = this.ledger.runOf(runId)?.execution.steps.get(stepId)?.spec;
    if (!this.troubled || spec?.onFailure === "skip" || spec?.optional === true) return false;
    if (!dice(this.seed, `nonsense ${name} ${stepId} ${JSON.stringify(args)}`).chance(0.15)) return false;
    this.ledger.fault("refused output", name);
    return true;
  }

  #act(name: string, args: JsonObject, { key, runId, stepId }: ToolContext): void {
    const count = (this.acts.get(key) ?? 0) + 1;
    this.acts.set(key, count);
    if (count === 1) this.firstAct.set(key, this.time.happened);
    this.outputs.set(key, outputOf(name, args));
    this.ledger.say("world", `${name} acts under ${key.slice(0, 8)}, time ${count}`);
    const place = `${runId}/${stepId} ${name} ${JSON.stringify(args)}`;
    const keys = this.#keysOf.get(place) ?? new Set();
    this.#keysOf.set(place, keys.add(key));
    if (keys.size > 1) this.ledger.violate(`${place} acted under ${keys.size} keys`);
    if (name !== "put" && count > 1) this.ledger.violate(`${place} (once) acted ${count} times under one key`);
  }

  /**
   * With an effect, the intent must be durable before the call: in the log for a step, in the journal inside an agent
   * step.
   */
  #checkIntent(name: string, { key, runId, stepId }: ToolContext): void {
    const work = this.ledger.runOf(runId)?.execution.steps.get(stepId);
    if (name === "look" || name === "list" || work === undefined) return;
    if (work.spec.kind === "agent" ? this.ledger.intents.has(key) : this.ledger.started.has(key)) return;
    this.ledger.violate(`${runId}/${stepId} called ${name} without a durable intent`);
  }

  /** Before a call with an effect, the log knows which release makes it. */
  #checkRelease({ name, effects, version }: ToolSpec, { runId, stepId }: ToolContext): void {
    const run = this.ledger.runOf(runId);
    if (effects === "none" || run === undefined) return;
    const known = run.execution.changedTools.get(name)?.present ?? currentPlan(run)?.tools.get(name);
    if (known !== undefined && known.version !== version)
      this.ledger.violate(`${runId}/${stepId} calls ${name} of another release than its log knows`);
  }

  /** A call gets the context of its run, and nobody calls for a run that was deleted. */
  #checkRun(caller: { readonly name: string }, { name }: ToolSpec, { runId, stepId, context }: ToolContext): void {
    const recorded = this.ledger.runOf(runId)?.request.context;
    const fault = contextFault(recorded, context);
    if (fault !== undefined) this.ledger.violate(`${runId}/${stepId} calls ${name} with ${fault}`);
    if (this.ledger.isGone(runId)) this.ledger.violate(`${caller.name} calls ${name} for ${runId}, which was deleted`);
  }

  #fly(key: string, by: number): void {
    this.inFlight.set(key, (this.inFlight.get(key) ?? 0) + by);
  }
}
