// Tools and small plans for stories about the kernel.
import type { EffectClass, ToolSpec } from "../../src/plan/tool-spec.js";
import { check } from "../../src/plan/check/check.js";
import type { CheckedPlan } from "../../src/run/command.js";
import type { Settings } from "../../src/run/settings.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { Json } from "../../src/plan/json.js";
import type { Ending } from "../../src/run/event.js";

export function spec(name: string, effects: EffectClass = "none", extra: Partial<ToolSpec> = {}): ToolSpec {
  return {
    name,
    description: `Does ${name}.`,
    input: { type: "object", properties: { x: {}, n: { type: "number" } }, additionalProperties: false },
    effects,
    ...extra,
  };
}

export const TOOLS = [
  spec("look"),
  spec("put", "idempotent"),
  spec("pay", "once"),
  spec("ask_first", "once", { approval: "required" }),
];

export const call = (id: string, more: object = {}) => ({ id, tool: "look", with: {}, ...more });

export function returned(key: string, output: Json = null, tools: readonly string[] = ["look"]): LooseInput {
  return { type: "returned", key, output, tools, usage: NO_USAGE };
}

export function ended(
  key: string,
  ending: Ending = "tool-error",
  more: { code?: string; retryable?: boolean; retryAfterMs?: number; at?: number } = {},
): LooseInput {
  const { at, retryable = true, ...rest } = more;
  const error = { code: "BROKEN", text: "it broke", retryable, ...rest };
  return { type: "ended", key, ending, error, usage: NO_USAGE, ...(at === undefined ? {} : { at }) };
}

export const USAGE = { calls: 1, inputTokens: 10, outputTokens: 5 };

/** A sound plan of these steps; throws with its findings where it is not. */
export function checked(steps: readonly object[], more: Partial<CheckedPlan> & { tools?: readonly ToolSpec[] } = {}) {
  const { tools = TOOLS, ...rest } = more;
  const plan = check({ steps, answer: { value: "done" } }, { tools }, { goal: "g" });
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  const { hash, inputs, findings } = plan;
  return { plan: plan.plan, hash, inputs, tools: plan.tools, findings, ...rest } satisfies CheckedPlan;
}

/** A run of these steps that may ask its planner again, which then reads no text of others. */
export function replanning(steps: readonly object[], settings: Partial<Settings> = {}): Story {
  return given(
    start({
      plan: { steps, answer: { value: "done" } },
      tools: TOOLS,
      settings: { onFailure: "patch", replan: "on-failure", replanContext: "codes", guard: "off", ...settings },
    }),
  );
}

/** The planner, which is being asked, gives this plan. */
export function plans(story: Story, steps: readonly object[], more: Parameters<typeof checked>[1] = {}): LooseInput {
  const asked = story.owed().find(({ kind }) => kind === "plan");
  if (asked === undefined) throw new Error("the planner is not asked");
  return { type: "planned", key: asked.key, plan: checked(steps, more), usage: USAGE };
}

export const fails = (key: string) => ended(key, "tool-error", { retryable: false });
export const keysOwed = (story: Story) => story.owed().map(({ key }) => key);

/** The hash of what waits for a person, where that is one thing. */
export function waiting(story: Story): string {
  const [hash, ...more] = story.run.approvals.pending.keys();
  if (hash === undefined || more.length > 0)
    throw new Error(`${story.run.approvals.pending.size} things wait for a person`);
  return hash;
}
