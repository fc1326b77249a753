// Plans and courses of runs drawn by fast-check: anything that check lets through, and any order of what may happen to
// it. Separate from the properties so that these read as what they claim.
import fc from "fast-check";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import type { Settings } from "../../src/run/settings.js";
import { start, type LooseInput } from "../../src/testing/given-when-then.js";
import { spec, TOOLS } from "./parts.js";
import { UNTILS } from "./round-rules.js";

const MAIL: ToolSpec = spec("mail", "once", {
  input: {
    type: "object",
    properties: { x: {}, text: { type: "string" } },
    required: ["text"],
    additionalProperties: false,
  },
});
/** It can say what became of its call. */
const WIRE = spec("wire", "once", {
  reconciles: true,
  compensates: "once",
  output: { type: ["number", "string", "null", "array"] },
});
/** Calls of some can be undone, of others not. */
const UNDONE: readonly string[] = ["put", "pay"];
export const ALL_TOOLS: readonly ToolSpec[] = [
  ...TOOLS.map((tool): ToolSpec => (UNDONE.includes(tool.name) ? { ...tool, compensates: true } : tool)),
  MAIL,
  WIRE,
];

const EARLIER = fc.nat(20);
/** Once in `times`. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, times = 3) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** What a step is drawn from; numbers name earlier steps, counted back. */
const stepDraw = fc.record({
  kind: fc.constantFrom("look", "look", "put", "pay", "wire", "ask_first", "mail", "agent", "ask"),
  after: fc.uniqueArray(EARLIER, { maxLength: 2 }),
  reads: sometimes(EARLIER, 2),
  when: sometimes(fc.constantFrom("${{ inputs.yes }}", "${{ inputs.no }}", "read"), 5),
  each: sometimes(fc.constantFrom("${{ inputs.list }}", "${{ inputs.none }}", "read"), 2),
  maxParallel: sometimes(fc.integer({ min: 1, max: 2 })),
  attempts: sometimes(fc.integer({ min: 1, max: 3 }), 2),
  optional: sometimes(fc.constant(true), 6),
  onFailure: sometimes(fc.constantFrom("fail", "skip", "skip", "patch", "replan", "compensate"), 3),
  expect: sometimes(fc.constantFrom("${{ output != 0 }}", "It says something."), 4),
  repeat: sometimes(
    fc.record({
      until: fc.constantFrom(...Object.keys(UNTILS)),
      most: fc.integer({ min: 2, max: 3 }),
      otherwise: fc.constantFrom("fail", "last"),
      reads: fc.boolean(),
    }),
    4,
  ),
  approval: sometimes(fc.constant("required"), 6),
});
type StepDraw = typeof stepDraw extends fc.Arbitrary<infer T> ? T : never;

const stepId = (index: number) => `s${index}`;
const given = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function stepOf(draw: StepDraw, index: number): object {
  const earlier = (back: number) => stepId(back % index);
  const read = index === 0 || draw.reads === undefined ? undefined : earlier(draw.reads);
  const asWritten = (text: string | undefined, reading: string) =>
    text !== "read" ? text : read === undefined ? undefined : reading.replace("READ", read);
  const { reads = false, ...repeat } = draw.repeat ?? {};
  const repeats = draw.repeat !== undefined && draw.each === undefined && draw.kind !== "ask";
  const own = read === undefined ? index : `\${{ ${read} }}`;
  const x = draw.each !== undefined ? "${{ item }}" : repeats && reads ? "${{ previous }}" : own;
  return {
    id: stepId(index),
    ...workOf(draw.kind, x),
    ...given({
      dependsOn: index === 0 ? undefined : [...new Set(draw.after.map(earlier))],
      when: asWritten(draw.when, "${{ READ == 1 }}"),
      forEach: asWritten(draw.each, "${{ READ }}"),
      maxParallel: draw.maxParallel,
      retry: draw.attempts === undefined ? undefined : { attempts: draw.attempts },
      optional: draw.optional,
      onFailure: draw.optional === true ? undefined : draw.onFailure,
      // No model judges what a person says.
      expect: draw.kind === "ask" && draw.expect?.includes("${{") === false ? undefined : draw.expect,
      approval: draw.approval,
      repeat: repeats ? repeat : undefined,
    }),
  };
}

function workOf(kind: StepDraw["kind"], x: unknown): object {
  if (kind === "agent") return { agent: "Do it.", with: { x }, tools: ["look", "pay", "wire"], output: "unknown" };
  if (kind === "ask") return { ask: "What?", with: { x }, output: "unknown" };
  if (kind === "mail") return { tool: "mail", with: { x }, fill: "A greeting." };
  return { tool: kind, with: { x } };
}

const planDraw = fc.record({
  steps: fc.array(stepDraw, { minLength: 1, maxLength: 8 }),
  answer: fc.constantFrom("value", "last", "default", "judged"),
});

const writtenFrom = (step: string, answer: string) => ({ from: [step], ...(answer === "judged" && { critique: 2 }) });

const planOf = ({ steps, answer }: typeof planDraw extends fc.Arbitrary<infer T> ? T : never) => ({
  steps: steps.map(stepOf),
  ...(answer === "default"
    ? {}
    : { answer: answer === "value" ? { value: "done" } : writtenFrom(stepId(steps.length - 1), answer) }),
});

const settings: fc.Arbitrary<Partial<Settings>> = fc.record({
  concurrency: fc.integer({ min: 1, max: 3 }),
  approval: fc.constantFrom("never", "never", "never", "always", "effects"),
  approvalMs: fc.constant(20_000),
  rejections: fc.integer({ min: 0, max: 2 }),
  repairRounds: fc.integer({ min: 0, max: 3 }),
  roleAttempts: fc.integer({ min: 1, max: 2 }),
  crashes: fc.integer({ min: 0, max: 2 }),
  fanOut: fc.constantFrom(2, 100, 100, 100),
  onFailure: fc.constantFrom("fail", "compensate", "skip", "patch", "replan"),
  replan: fc.constantFrom("never", "on-failure", "on-failure", "each-step"),
  replans: fc.integer({ min: 0, max: 3 }),
  replanContext: fc.constantFrom("codes", "excerpt", "full"),
  replanTokens: fc.constantFrom(null, null, null, 5_000),
  answerOnFailure: fc.constantFrom("none", "none", "partial"),
  answerCritique: fc.constantFrom(0, 0, 1),
  budget: fc.record({
    modelCalls: fc.constantFrom(null, null, null, 3, 12),
    tokens: fc.constantFrom(null, null, null, 200, 1_000),
    costUsd: fc.constant(null),
    wallMs: fc.constantFrom(null, null, null, 15_000),
  }),
});

/**
 * A run's beginning, and the plans that its planner, or a person, would give: the second is the first with a step
 * changed.
 */
export interface Beginning {
  readonly start: LooseInput;
  readonly plans: readonly (LooseInput & { readonly type: "start" })[];
}

const INPUTS = { yes: true, no: false, list: [1, "b", 3], none: [] };

export const beginnings: fc.Arbitrary<Beginning> = fc
  .record({
    plans: fc.array(planDraw, { minLength: 1, maxLength: 2 }),
    changed: fc.record({ at: EARLIER, step: stepDraw }),
    settings,
    planned: fc.boolean(),
    planner: fc.constantFrom("planner", "planner", null),
    synthesizer: fc.constantFrom("writer", null),
  })
  .map(({ plans: [first, ...others], changed, settings: set, planned, planner, synthesizer }) => {
    const at = changed.at % first!.steps.length;
    const drawn = [first!, { ...first!, steps: first!.steps.with(at, changed.step) }, ...others];
    const models = { planner, executor: "executor", synthesizer };
    const facts = { inputs: INPUTS, tools: ALL_TOOLS, settings: set, models };
    const plans = drawn.flatMap((draw) => {
      try {
        return [start({ ...facts, plan: planOf(draw) }) as Beginning["plans"][number]];
      } catch {
        return []; // check refuses it
      }
    });
    return { plans, start: planned && planner !== null ? start(facts) : (plans[0] ?? start(facts)) };
  })
  .filter(({ plans }) => plans.length > 0);

/** One thing that happens: what, to which of those that it may happen to, and how. */
export interface Move {
  readonly what: "outcome" | "person" | "clock" | "recovered" | "cancel" | "zombie" | "retry";
  readonly which: number;
  readonly how: number;
}

const what = (...weights: readonly (readonly [number, Move["what"]])[]) =>
  fc.oneof(...weights.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

export const histories: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    what: what(
      [40, "outcome"],
      [12, "person"],
      [6, "clock"],
      [2, "recovered"],
      [1, "cancel"],
      [3, "zombie"],
      [4, "retry"],
    ),
    which: fc.nat(30),
    how: fc.nat(1_000_000),
  }),
  { minLength: 5, maxLength: 60 },
);

const LIVELY: fc.Arbitrary<Partial<Settings>> = fc.record({
  onFailure: fc.constantFrom("patch", "replan"),
  replan: fc.constantFrom("on-failure", "on-failure", "each-step"),
  replans: fc.integer({ min: 1, max: 4 }),
  rejections: fc.constant(3),
  repairRounds: fc.constant(3),
  fanOut: fc.constant(100),
  approvalMs: fc.constant(200_000),
  replanTokens: fc.constant(null),
  budget: fc.record({
    modelCalls: fc.constantFrom(null, null, null, null, 20),
    tokens: fc.constantFrom(null, null, null, null, 2_000),
    costUsd: fc.constant(null),
    wallMs: fc.constant(null),
  }),
});

/** The same with other settings, and with a planner. */
export function under(settings: Partial<Settings>, { start: first, ...rest }: Beginning): Beginning {
  if (first.type !== "start") throw new Error("a beginning starts a run");
  const { started } = first;
  const models = { ...started.models, planner: "planner" };
  return {
    ...rest,
    start: { ...first, started: { ...started, settings: { ...started.settings, ...settings }, models } },
  };
}

/** Runs whose planner is asked again after most failures. */
export const lively: fc.Arbitrary<Beginning> = fc
  .tuple(LIVELY, beginnings)
  .map(([settings, beginning]) => under(settings, beginning));
