// The scenario of a world: a plan, the models of the roles, the kinds of faults. In: a seed. Out: a scenario, as data.
// The same scenario is played twice, with faults and without.
import type { ApprovalPolicy, Budget, Settings } from "../../src/run/settings.js";
import type { CheckedPlan } from "../../src/run/command.js";
import { check } from "../../src/plan/check/check.js";
import { typedOf, type TypedAnswer } from "./answer.js";
import { dice, type Dice } from "./dice.js";
import { TOOL_SPECS } from "./service.js";

export interface ScriptedCall {
  readonly tool: string;
  readonly x: string;
}

/** Which kinds of misfortune this world knows; each seed leaves some out, so that the others show. */
export interface Misfortune {
  readonly kills: boolean;
  readonly tears: boolean;
  readonly powerLoss: boolean;
  readonly busy: boolean;
  readonly diskFull: boolean;
  readonly pauses: boolean;
  readonly jumps: boolean;
  /** Tools and models fail. */
  readonly trouble: boolean;
  /** People say things twice, too late, or to the wrong run. */
  readonly noise: boolean;
  readonly cancels: boolean;
}

export interface Scenario {
  readonly seed: number;
  readonly processes: number;
  /** Whether the processes share a machine, so that each sees at once that another has died. */
  readonly oneHost: boolean;
  readonly stormMs: number;
  readonly misfortune: Misfortune;
  readonly plan: { readonly steps: readonly StepDraft[] };
  readonly checked: CheckedPlan;
  /** Whether the planner is asked for it. */
  readonly planned: boolean;
  readonly synthesizer: boolean;
  readonly approval: ApprovalPolicy;
  readonly concurrency: number;
  /** People have ended runs go on, and fork them. */
  readonly again: boolean;
  /** Processes of two releases of the program drive the run: one has other definitions of its tools. */
  readonly releases: boolean;
  /** What the executor model calls in agent steps, turn by turn. */
  readonly scripts: ReadonlyMap<string, readonly (readonly ScriptedCall[])[]>;
  /** Absent: nobody plans again, and nobody changes anything. */
  readonly changes?: Changes;
  /** A run that fails answers from what is done. */
  readonly partial: boolean;
  /** Absent: model calls, tokens and time are not limited. */
  readonly budget?: Budget;
  /** Absent: any answer will do. */
  readonly typed?: TypedAnswer;
  /** The run has a context, a part of which each process looks up. */
  readonly context: boolean;
  /** ms after which the program that started the run aborts its signal. Absent: never. */
  readonly abortAfter?: number;
  /** People delete runs, mostly ended ones. */
  readonly deletes: boolean;
  /** Processes take up runs by the recovery of the library. */
  readonly recovers: boolean;
  /** Tools ask a person before they act. */
  readonly asking: boolean;
}

/** How plans may take the place of others. */
export interface Changes {
  readonly settings: Pick<Settings, "onFailure" | "replan" | "replans" | "replanContext">;
  /** What people do, while there is a storm. */
  readonly goals: boolean;
  readonly pauses: boolean;
  readonly edits: boolean;
}

export type StepDraft = { readonly id: string } & { readonly [field: string]: unknown };

/** The first scenario of the seed whose plan passes check. */
export function scenarioOf(seed: number): Scenario {
  for (let draw = 0; ; draw++) {
    const first = drawn(seed, dice(seed, `scenario ${draw}`));
    const scenario = { ...first, plan: withRounds(first.plan, dice(seed, "rounds")) };
    const checked = check(scenario.plan, { tools: TOOL_SPECS });
    if (!checked.ok) continue;
    const changes = changesOf(dice(seed, "changes"));
    const budget = budgetOf(dice(seed, "budget"));
    const answers = { partial: dice(seed, "partial").chance(0.3) };
    const again = dice(seed, "again").chance(scenario.misfortune.cancels ? 0.6 : 0.3);
    const releases = dice(seed, "releases").chance(0.2);
    const adopted = adoptionOf(seed, scenario.stormMs, releases);
    return { ...scenario, checked, again, releases, ...answers, ...changes, ...budget, ...adopted };
  }
}

/** In some worlds, tools are called in rounds. No two rounds have the same arguments. */
function withRounds({ steps }: Scenario["plan"], d: Dice): Scenario["plan"] {
  if (!d.chance(0.15)) return { steps };
  const [first, ...others] = ["${{ round >= 2 }}", "${{ size(output) > 2 }}", "${{ round >= 9 }}"] as const;
  return {
    steps: steps.map((step) => {
      const { tool, forEach, fill, with: given } = step;
      if (tool === undefined || forEach !== undefined || fill !== undefined || !d.chance(0.6)) return step;
      const until = d.pick([first, first, ...others]);
      const otherwise = until === first ? d.pick(["fail", "last"] as const) : "last";
      const x = `${(given as { readonly x: string }).x} \${{ round }}`;
      return { ...step, with: { x }, repeat: { until, most: d.int(2, 4), otherwise } };
    }),
  };
}

/** What programs want of a run, beside its plan. Each with chance of its own: all else is as it would be without. */
function adoptionOf(
  seed: number,
  stormMs: number,
  releases: boolean,
): Pick<Scenario, "context" | "deletes" | "recovers" | "asking"> &
  Partial<Pick<Scenario, "typed" | "synthesizer" | "abortAfter">> {
  const signal = dice(seed, "signal");
  return {
    ...typedOf(dice(seed, "typed")),
    // A process of another release finds more of its tools changed while it looks a context up.
    context: dice(seed, "context").chance(releases ? 0.8 : 0.25),
    deletes: dice(seed, "deletes").chance(0.12),
    recovers: dice(seed, "recovers").chance(0.15),
    asking: dice(seed, "asking").chance(0.12),
    ...(signal.chance(0.06) ? { abortAfter: signal.int(0, Math.min(stormMs, 5_000)) } : {}),
  };
}

function changesOf(d: Dice): Partial<Scenario> {
  if (!d.chance(0.35)) return {};
  const settings = {
    onFailure: d.pick(["patch", "patch", "replan"] as const),
    replan: d.pick(["on-failure", "on-failure", "each-step"] as const),
    replans: d.int(1, 3),
    replanContext: d.pick(["codes", "excerpt"] as const),
  };
  const edits = d.chance(0.5);
  // What nobody is asked about, nobody edits.
  const approval = edits && d.chance(0.6) ? { approval: "always" as const } : {};
  return { changes: { settings, goals: d.chance(0.4), pauses: d.chance(0.4), edits }, ...approval };
}

/** Small enough to be used up now and then. */
function budgetOf(d: Dice): Pick<Scenario, "budget"> {
  if (!d.chance(0.25)) return {};
  const limited = d.pick(["modelCalls", "modelCalls", "tokens", "wallMs"] as const);
  const most = { modelCalls: d.int(2, 8), tokens: d.int(2_000, 15_000), wallMs: d.int(1_000, 20_000) }[limited];
  return { budget: { modelCalls: null, tokens: null, costUsd: null, wallMs: null, [limited]: most } };
}

function drawn(
  seed: number,
  d: Dice,
): Omit<
  Scenario,
  "checked" | "again" | "releases" | "partial" | "changes" | "budget" | "context" | "deletes" | "recovers" | "asking"
> {
  const half = () => d.chance(0.5);
  const trouble = half();
  const misfortune = {
    kills: half(),
    tears: half(),
    powerLoss: d.chance(0.2),
    busy: d.chance(0.3),
    diskFull: d.chance(0.2),
    pauses: half(),
    jumps: d.chance(0.2),
    trouble,
    noise: half(),
    cancels: d.chance(0.25),
  };
  const scripts = new Map<string, readonly (readonly ScriptedCall[])[]>();
  const plan = { steps: stepsOf(d, scripts) };
  return {
    seed,
    processes: d.int(2, 3),
    oneHost: half(),
    stormMs: d.pick([2_000, 5_000, 12_000, 25_000]),
    misfortune,
    plan,
    planned: d.chance(0.15),
    synthesizer: d.chance(0.2),
    approval: d.pick(["never", "never", "effects", "always"] as const),
    concurrency: d.pick([1, 2, 4]),
    scripts,
  };
}

const SHAPES = ["chain", "fan", "diamond", "any"] as const;

function stepsOf(d: Dice, scripts: Map<string, readonly (readonly ScriptedCall[])[]>): StepDraft[] {
  const shape = d.pick(SHAPES);
  const count = d.int(1, 6);
  const steps: StepDraft[] = [];
  for (let index = 0; index < count; index++) {
    const id = `s${index + 1}`;
    const sources = sourcesOf(d, shape, steps, index === count - 1);
    steps.push(stepOf(d, id, sources, steps, scripts));
  }
  return steps;
}

function sourcesOf(d: Dice, shape: (typeof SHAPES)[number], earlier: readonly StepDraft[], last: boolean): string[] {
  const ids = earlier.map(({ id }) => id);
  if (ids.length === 0) return [];
  if (shape === "chain") return ids.slice(-1);
  if (shape === "fan") return ids.slice(0, 1);
  if (shape === "diamond") return last ? ids.slice(1) : ids.slice(0, 1);
  return ids.filter(() => d.chance(0.4)).slice(-3);
}

function stepOf(
  d: Dice,
  id: string,
  sources: readonly string[],
  earlier: readonly StepDraft[],
  scripts: Map<string, readonly (readonly ScriptedCall[])[]>,
): StepDraft {
  const list = earlier.find((step) => sources.includes(step.id) && (step["tool"] === "list" || "forEach" in step));
  const fans = list !== undefined ? d.chance(0.7) : d.chance(0.15);
  const each = list === undefined ? '${{ ["p", "q", "r"] }}' : `\${{ ${list.id} }}`;
  const subject = [
    fans ? "${{ index }} ${{ item }}" : id,
    ...sources.filter((one) => one !== list?.id || !fans).map((one) => `\${{ ${one} }}`),
  ].join(" ");
  const common = {
    id,
    ...(fans ? { forEach: each, ...(d.chance(0.5) ? { maxParallel: d.int(1, 2) } : {}) } : {}),
    ...(d.chance(0.1) ? { when: `\${{ ${d.pick(["1 == 1", "1 == 2"])} }}` } : {}),
    ...(d.chance(0.1) ? { optional: true } : {}),
    ...(d.chance(0.1) ? { onFailure: "skip" } : {}),
    ...(d.chance(0.3) ? { retry: { attempts: d.int(1, 4), delay: d.pick(["50ms", "400ms"]) } } : {}),
    ...(d.chance(0.05) ? { approval: "required" } : {}),
    ...(d.chance(0.2) && earlier.length > 0 ? { dependsOn: [d.pick(earlier).id] } : {}),
  };
  const {
    retry: _retry,
    approval: _approval,
    optional: _optional,
    onFailure: _onFailure,
    ...asked
  } = common as StepDraft;
  const kind = d.next();
  if (kind < 0.08 && !fans) return { ...asked, id, ask: `Which ${id}?`, with: { about: subject }, output: "string" };
  if (kind < 0.3) {
    const turns = Array.from({ length: d.int(0, 3) }, (_, turn) => callsOf(d, `${id}.${turn}`));
    scripts.set(id, turns);
    const { approval: _no, ...free } = common as StepDraft;
    const tools = ["look", "put", "pay", "wire"];
    return { ...free, id, agent: `Do ${id} now.`, tools, with: { data: `[[${subject}]]` }, timeout: "20s" };
  }
  if (kind < 0.36 && !fans) return { ...common, tool: d.pick(["put", "pay"]), fill: `Fill ${id} now.` };
  const tool = d.pick(["look", "list", "put", "put", "wire", "pay", "wire", "sign"]);
  return { ...common, tool, with: { x: subject } };
}

function callsOf(d: Dice, name: string): ScriptedCall[] {
  if (d.chance(0.2)) return [0, 1].map((n) => ({ tool: "look", x: `${name}.${n}` }));
  return [{ tool: d.pick(["put", "put", "wire", "pay"]), x: name }];
}
