// Parts that the tests of the roles share: a model that follows a script, tools, and steps. In: a few words. Out:
// parts.
import type { ModelReply, ModelRequest } from "../../src/model/port.js";
import { completeStep } from "../../src/plan/complete.js";
import { hashOf } from "../../src/plan/hash.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { type AgentStep, type DraftStep, type ToolStep } from "../../src/plan/plan.js";
import type { EffectClass, ToolSpec } from "../../src/plan/tool-spec.js";
import { scriptedModel, type ScriptedModel, type ScriptedReply } from "../../src/testing/scripted-model.js";
import type { Tool, ToolContext } from "../../src/tools/tool.js";

/** A text, calls (name and arguments), or an error that the provider throws. */
export type Line =
  | string
  | Error
  | { readonly text?: string; readonly calls?: readonly [string, Json][]; readonly finish?: ModelReply["finish"] };

const usage = { calls: 1, inputTokens: 10, outputTokens: 2 };

/** A model that gives these lines one after the other; each reply costs 10 tokens in and 2 out. */
export function script(...lines: readonly Line[]): ScriptedModel {
  return scriptedModel(
    lines.map((line): ScriptedReply => {
      if (typeof line === "string") return { text: line, usage };
      if (line instanceof Error) return { error: line };
      const { calls = [], ...reply } = line;
      return { ...reply, usage, toolCalls: calls.map(([name, args]) => ({ name, args })) };
    }),
  );
}

export function specOf(name: string, effects: EffectClass = "none", input: JsonObject = QUERY): ToolSpec {
  return { name, description: `Does ${name}.`, input, effects };
}

export const QUERY: JsonObject = {
  type: "object",
  properties: { query: { type: "string" }, limit: { type: "number" } },
  required: ["query"],
  additionalProperties: false,
};

export interface RecordedTool extends Tool {
  readonly calls: { readonly args: JsonObject; readonly key: string }[];
}

/** A tool that records its calls. */
export function toolOf(
  spec: ToolSpec,
  run: (args: JsonObject, context: ToolContext) => Json | Promise<Json> = () => "done",
): RecordedTool {
  const calls: { args: JsonObject; key: string }[] = [];
  const call = async (args: JsonObject, context: ToolContext): Promise<Json> => {
    calls.push({ args, key: context.key });
    return await run(args, context);
  };
  return { spec, calls, call };
}

export const keyOf = (tool: string, args: JsonObject, occurrence: number): string =>
  hashOf([tool, args, occurrence]).slice(0, 12);

export const agentStep = (fields: Partial<DraftStep> = {}): AgentStep =>
  completeStep({
    id: "read",
    title: "Read the pages",
    agent: "Find the revenue.",
    ...fields,
  }) as AgentStep;

export const toolStep = (fields: Partial<DraftStep> = {}): ToolStep =>
  completeStep({
    id: "find",
    title: "Find pages",
    tool: "search",
    fill: "Search for the leaders.",
    ...fields,
  }) as ToolStep;

/** All text of a request that changes from goal to goal. */
export const textIn = (request: ModelRequest | undefined): string =>
  JSON.stringify(request?.messages ?? []).replaceAll("\\n", "\n");

/** The results that the last message of a request hands back. */
export function resultsIn(
  request: ModelRequest | undefined,
): readonly { readonly text: string; readonly isError?: true }[] {
  return request?.messages.findLast((message) => message.role === "tool")?.results ?? [];
}
