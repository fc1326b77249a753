// Possible outcomes of an effect: outputs, errors, plans, verdicts. In: an effect, a run and a number to choose by.
// Out: an outcome. Separate from the play, which only says when.
import type { Finding } from "../../src/plan/finding.js";
import type { Json } from "../../src/plan/json.js";
import { NO_USAGE, type Usage } from "../../src/plan/usage.js";
import type { CallEffect, Effect } from "../../src/run/effect.js";
import type { Asking, MadeCall } from "../../src/run/event.js";
import { freshKey } from "../../src/run/acted-calls.js";
import type { Run } from "../../src/run/state.js";
import type { LooseInput } from "../../src/testing/given-when-then.js";
import { anotherPlan } from "./another-plan.js";
import type { Beginning } from "./any-plan.js";

export const OUTPUTS: readonly Json[] = [1, 0, null, "text", [1, 2, 3], { y: 1 }, []];
const ENDINGS = ["tool-error", "thrown", "timeout", "abort", "in-doubt"] as const;

const OPINIONS = [
  { verdict: "fine", points: [], unsupported: [] },
  { verdict: "wanting", points: ["More."], unsupported: ["it is so", "it is not so"] },
] as const;

/** Independent choices out of one number. */
export function choices(how: number): (among: number) => number {
  let rest = how;
  return (among) => {
    const choice = rest % among;
    rest = Math.floor(rest / among);
    return choice;
  };
}

/** The findings of one draft: some of four, so that rounds of repair get somewhere or do not. */
function findingsOf(how: number): readonly Finding[] {
  const codes = ["CYCLE", "EMPTY", "TYPE", "UNUSED"].filter((_, at) => (how >> at) % 2 === 1);
  const severity = (code: string) => (code === "UNUSED" ? "warning" : "error");
  const text = { message: "m", fix: "f" };
  return codes.map((code) => ({ code, severity: severity(code), where: { pointer: "/steps" }, text }));
}

const askingOf = (how: number): { readonly asking?: Asking } =>
  how % 3 === 0 ? {} : { asking: { offered: { tools: 80, of: 500 }, wanted: [["mail"]] } };

interface Around {
  readonly run: Run;
  readonly plans: Beginning["plans"];
  /** Names what is new in another plan. */
  readonly serial: number;
}

/** A call inside an agent step that the guard does not let pass. */
const heldCall = (effect: CallEffect, usage: Usage, of: (among: number) => number): LooseInput => ({
  ...{ type: "held", key: effect.key, usage, args: { x: of(2) } },
  call: {
    key: `inner/${effect.step}/${effect.item}/${of(3)}`,
    tool: of(2) === 0 ? "pay" : "mail",
    called: of(2) === 0 ? [] : ["look"],
  },
});

/** Calls with effects that an agent step has made until now. No two steps or items have a key in common. */
function madeCalls(
  run: Run,
  { step, item }: CallEffect,
  of: (among: number) => number,
): { readonly calls?: readonly MadeCall[] } {
  if (of(3) > 0) return {};
  const which = of(3);
  return {
    calls: [
      {
        tool: "pay",
        args: { x: of(2) },
        effects: "once",
        key: freshKey(run, 0, (at) => `made/${step}/${item}/${which}/${at}`),
        output: of(2),
      },
    ],
  };
}

/** `how` 0 is what goes well; undefined for what nobody performs. */
export function outcomeOf(effect: Effect, how: number, { run, plans, serial }: Around): LooseInput | undefined {
  const { key } = effect;
  const of = choices(how);
  const well = of(5) < 3;
  const usage = of(3) === 0 ? NO_USAGE : { calls: 1, inputTokens: how, outputTokens: 1 };
  const error = { code: "BROKEN", text: "it broke", retryable: of(5) > 0 };
  switch (effect.kind) {
    case "review":
      if (!well) return { type: "review-failed", key, error, usage };
      return { type: "reviewed", key, verdict: of(4) === 1 ? "replan" : "go on", text: "it seems so", usage };
    case "plan": {
      const written = plans[of(2) % plans.length]!.given!;
      const plan = (well ? anotherPlan(run, of(11), serial) : undefined) ?? written;
      if (well) return { type: "planned", key, plan, usage, ...askingOf(how) };
      if (of(2) === 0) return { type: "plan-failed", key, error, usage };
      return { type: "plan-invalid", key, draft: "{}", findings: findingsOf(how), usage, ...askingOf(how) };
    }
    case "compensate":
      if (well) return { type: "compensated", key };
      return { type: "compensate-failed", key, ending: ENDINGS[of(4)]!, error };
    case "answer":
      return well ? { type: "answered", key, answer: "it is so", usage } : { type: "answer-failed", key, error, usage };
    case "judge":
      if (!well) return { type: "judge-failed", key, error, usage };
      return { type: "judged", key, verdict: of(4) === 1 ? "not-met" : "met", text: "it seems so", usage };
    case "critique":
      if (!well) return { type: "critique-failed", key, error, usage };
      return { type: "critiqued", key, ...OPINIONS[of(OPINIONS.length)]!, usage };
    case "fill":
      if (well) return { type: "filled", key, args: of(5) === 4 ? {} : { text: "hi" }, usage };
      return { type: "ended", key, ending: of(2) === 0 ? "abort" : "tool-error", error, usage };
    case "call": {
      const agent = run.execution.steps.get(effect.step)!.spec.kind === "agent";
      const calls = agent ? madeCalls(run, effect, of) : {};
      if (well)
        return { type: "returned", key, output: OUTPUTS[of(OUTPUTS.length)]!, tools: ["look"], usage, ...calls };
      if (agent && of(4) === 1) return heldCall(effect, usage, of);
      if (effect.effects !== "none" && of(4) === 1) {
        const output = OUTPUTS[of(OUTPUTS.length)]!;
        return { type: "ended", key, ending: "unusable", error: { ...error, retryable: false }, output, usage };
      }
      const ending = ENDINGS[of(agent ? 5 : 4)]!;
      const call =
        ending === "in-doubt"
          ? { call: { key: `inner/${effect.step}/${effect.item}`, tool: of(2) === 0 ? "wire" : "pay" } }
          : {};
      const told = { type: "ended", key, ending, error, usage, ...call } as const;
      if (!agent || ending !== "tool-error") return { ...told, ...calls };
      // The event of a turn that is sent again holds nothing else.
      return of(2) === 0 ? { ...told, turn: 1 + of(3) } : { ...told, turns: of(4), ...calls };
    }
    case "reconcile": {
      if (!well) return { type: "reconcile-failed", key, error };
      if (of(2) === 1) return { type: "reconciled", key, happened: false };
      return { type: "reconciled", key, happened: true, output: OUTPUTS[of(OUTPUTS.length)]! };
    }
    default:
      return undefined;
  }
}
