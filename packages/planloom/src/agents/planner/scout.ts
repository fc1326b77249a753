// Scouting: the planner calls read-only tools for a few turns before it plans. In: the goal and the tools. Out: the calls
// with the beginnings of their results. Each turn and each call is in the journal of the planning, so that a crash pays
// nothing twice.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Model, ModelMessage } from "../../model/port.js";
import type { JsonObject } from "../../plan/json.js";
import type { AgentStep } from "../../plan/plan.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import type { ScoutCall, Scouted } from "../../run/event/scouted.js";
import type { Tool } from "../../tools/tool.js";
import { askModel } from "../ask-model.js";
import type { AgentContext, CallGuard } from "../checkpoint.js";
import { toolsOffered } from "../executor/agent-conversation.js";
import { Turns } from "../executor/repetition.js";
import type { KeyOf, ToolBench } from "../executor/tool-bench.js";
import { callTools } from "../executor/tool-turn.js";
import { Previews } from "../preview.js";
import { failureOf } from "../step-failure.js";
import { scoutGoal, scoutSystem, type ScoutFacts } from "./scout-prompts.js";

export interface ScoutRequest extends ScoutFacts {
  /** Tools without effects, with their time limits. */
  readonly tools: readonly Tool[];
  /** Maximum number of model replies. */
  readonly turns: number;
  readonly keyOf: KeyOf;
  readonly guard: CallGuard;
}

/** What was found, without its label. `failed`: a model call failed; the calls before it are kept. */
export interface Scouting {
  readonly found: Scouted;
  readonly failed?: { readonly thrown: unknown };
}

/** Rejects only if the work was aborted or its journal is lost. */
export async function scout(request: ScoutRequest, model: Model, context: AgentContext): Promise<Scouting> {
  const { tools, keyOf, guard } = request;
  const spent = { usage: NO_USAGE };
  const spend = (usage: Usage): void => void (spent.usage = addUsage(spent.usage, usage));
  const previews = new Previews();
  const fresh = { tallies: new Map(), called: new Set<string>(), turns: new Turns(), count: 0 };
  const bench: ToolBench = { step: STEP, tools, keyOf, guard, edits: () => undefined, previews, spend, ...fresh };
  const calls: ScoutCall[] = [];
  const found = (turns: number, text?: string): Scouted => ({
    ...{ calls: withinRoom(calls), tools: [...bench.called], turns, usage: spent.usage },
    ...(text === undefined || text === "" ? {} : { text }),
  });
  const messages: ModelMessage[] = [{ role: "user", text: scoutGoal(request) }];
  const system = scoutSystem(request.turns);
  for (let turn = 1; turn <= request.turns; turn++) {
    context.progress("scouting", `turn ${turn}`);
    try {
      const sent = { system, messages: [...messages], tools: toolsOffered(bench), toolChoice: "auto" as const };
      const reply = await askModel(`scout ${turn}`, sent, model, context);
      spend(reply.usage);
      if (reply.toolCalls.length === 0)
        return { found: found(turn, beginning(reply.text.trim(), LIMITS.previewChars)) };
      const { results } = await callTools(reply.toolCalls, bench, context);
      const args = new Map(reply.toolCalls.map((call) => [call.id, call.args]));
      for (const { id, name, text, isError } of results)
        calls.push({
          tool: name,
          args: asObject(args.get(id)),
          result: text,
          ...(isError === true && { failed: true }),
        });
      const { text, toolCalls, reasoning } = reply;
      const said = { text, toolCalls, ...(reasoning === undefined ? {} : { reasoning }) };
      messages.push({ role: "assistant", ...said }, { role: "tool", results });
    } catch (thrown) {
      context.signal.throwIfAborted();
      return { found: found(turn), failed: { thrown: failureOf(thrown, context.signal, spent.usage) } };
    }
  }
  return { found: found(request.turns) };
}

/** The calls of a bench belong to a step. */
const STEP: AgentStep = {
  ...{ kind: "agent", id: "scouting", title: "scouting", agent: "scouting", tools: [], with: {}, dependsOn: [] },
  ...{ optional: false, retry: { attempts: 1, delayMs: 0, backoff: 1 } },
};

const asObject = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** The log and each further prompt hold them: together they have at most LIMITS.scoutedChars. */
function withinRoom(calls: readonly ScoutCall[]): readonly ScoutCall[] {
  let room: number = LIMITS.scoutedChars;
  return calls.map((call) => {
    const result = beginning(call.result, Math.min(room, LIMITS.previewChars + 200));
    room -= result.length;
    return { ...call, result };
  });
}
