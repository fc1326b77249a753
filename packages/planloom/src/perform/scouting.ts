// Performs the scouting of a planning. In: a run, its planner, and the tools of this process. Out: what was found, with its
// label. A call that the guard would ask a person about is refused: nobody waits before there is a plan.
import type { AgentContext, CallGuard } from "../agents/checkpoint.js";
import { inputType } from "../agents/planner/plan-request.js";
import { scout, type Scouting } from "../agents/planner/scout.js";
import type { Model } from "../model/port.js";
import { hashOf } from "../plan/hash.js";
import { isControl, joined, joinedAll, outputLabel, OWN, type Label } from "../plan/label.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { failWith } from "../run/failure.js";
import { readByPlanner } from "../run/followed-plan.js";
import type { PlanEffect } from "../run/effect.js";
import type { Scouted } from "../run/event/scouted.js";
import { scoutsNow } from "../run/scouting.js";
import type { ScoutSettings } from "../run/settings.js";
import type { Run } from "../run/state.js";
import type { ToolInventory } from "../tools/inventory.js";
import type { Tool } from "../tools/tool.js";
import { guardedTool } from "./guarded-tool.js";
import type { Services } from "./services.js";
import { todayAt } from "./today.js";

/** Whether a planner may call this tool before it plans: it changes nothing, and nobody has to approve a call. */
export const mayScout = ({ effects, approval }: Pick<ToolSpec, "effects" | "approval">): boolean =>
  effects === "none" && approval === undefined;

/** The tools that a planner may call before it plans. */
function scoutTools({ tools: named }: ScoutSettings, { tools }: Pick<ToolInventory, "tools">): readonly Tool[] {
  return [...tools.values()].filter(
    ({ spec }) => mayScout(spec) && (named === "read-only" || named.includes(spec.name)),
  );
}

/** What a request for a plan looked up first. `scouted` is absent if it did not scout, or found nothing. */
export interface LookedBefore {
  readonly scouted?: Scouted;
  readonly usage: Usage;
  readonly failed?: { readonly thrown: unknown };
}

/** Scouts, if this run does and this is its first request for a plan. */
export async function scoutFirst(
  services: Services,
  { replan }: PlanEffect,
  run: Run,
  agent: AgentContext,
): Promise<LookedBefore> {
  const { planner } = services;
  const { scout: settings } = run.request.settings;
  const isAsked = planner !== null && typeof planner !== "function" && scoutsNow(run, replan !== undefined);
  if (settings === undefined || !isAsked) return { usage: NO_USAGE };
  const { found, failed } = await scoutFor(services, run, settings, planner, agent);
  // A failure without any call leaves nothing behind: the next attempt scouts anew.
  if (failed !== undefined && found.calls.length === 0) return { usage: found.usage, failed };
  return { scouted: found, usage: found.usage, ...(failed && { failed }) };
}

/** `usage` is that of the request itself. */
export const withScouting = ({ scouted, usage: looked }: LookedBefore, usage: Usage) => ({
  usage: addUsage(looked, usage),
  ...(scouted === undefined ? {} : { scouted }),
});

async function scoutFor(
  services: Services,
  run: Run,
  settings: ScoutSettings,
  model: Model,
  context: AgentContext,
): Promise<Scouting> {
  const all = scoutTools(settings, services.inventory);
  const may = run.request.tools;
  const tools = may === undefined ? all : all.filter(({ spec }) => may.includes(spec.name));
  const { goal, inputs, messages } = run.request;
  const before = readByPlanner(run);
  const labelAfter = (called: readonly string[]): Label =>
    joinedAll([before, ...called.map((name) => outputLabel(services.inventory.get(name)!.spec, OWN))]);
  const { found, failed } = await scout(
    {
      ...{ goal, messages, ...todayAt(run.log.updatedAt), turns: settings.turns },
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, inputType(value)])),
      tools: tools.map((tool) => guardedTool(services, tool, () => ({ attended: false, answers: [] }))),
      keyOf: (tool, args, occurrence) => hashOf([run.id, "scouting", tool, args, occurrence]),
      guard: scoutGuard(run, labelAfter),
    },
    model,
    context,
  );
  const read = joined(labelAfter(found.tools), OWN);
  const label = found.tools.length === 0 ? {} : { ...(read.untrusted && UNTRUSTED), ...(read.private && PRIVATE) };
  return { found: { ...found, ...label }, ...(failed && { failed }) };
}

const UNTRUSTED = { untrusted: true } as const;
const PRIVATE = { private: true } as const;

/** The guard over the calls: after untrusted text was read, private data has no way out. */
function scoutGuard({ request }: Run, labelAfter: (called: readonly string[]) => Label): CallGuard {
  return (tool, { args }, called) => {
    if (request.settings.guard === "off" || tool.egress !== true) return "call";
    const read = labelAfter(called);
    const control = Object.keys(args).filter((name) => isControl(tool, name));
    if (!read.untrusted || !read.private || control.length === 0) return "call";
    const from = called.map((name) => ({ tool: name }));
    const reason = { code: "PRIVATE_LEAVES", tool: tool.name, args: control, from, private: from } as const;
    return { refused: failWith("NEEDS_PERSON", { what: "call", reason }) };
  };
}
