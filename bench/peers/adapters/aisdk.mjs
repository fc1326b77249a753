// AI SDK: its tool loop with a scripted model, which calls all tools of a level in one turn.
import { generateText, tool, isStepCount, stepCountIs } from "ai";
import * as T from "ai/test";
import { z } from "zod";
import { levels, runTool } from "../plans.mjs";
const Mock = T.MockLanguageModelV4 ?? T.MockLanguageModelV3 ?? T.MockLanguageModelV2;
export const llm = { calls: 0 };
export async function build(plan) {
  const lv = levels(plan);
  return async (log) => {
    let turn = 0;
    llm.calls = 0;
    const usage = {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
      totalTokens: 2,
    };
    const model = new Mock({
      doGenerate: async () => {
        llm.calls++;
        const l = lv[turn++];
        return l
          ? {
              content: l.map((s) => ({
                type: "tool-call",
                toolCallId: "c" + s.id,
                toolName: "exec",
                input: JSON.stringify({ id: s.id }),
              })),
              finishReason: { unified: "tool-calls", raw: "tool_calls" },
              usage,
              warnings: [],
            }
          : {
              content: [{ type: "text", text: "done" }],
              finishReason: { unified: "stop", raw: "stop" },
              usage,
              warnings: [],
            };
      },
    });
    const byId = new Map(plan.map((s) => [s.id, s]));
    const r = await generateText({
      model,
      prompt: "go",
      stopWhen: (isStepCount ?? stepCountIs)(5000),
      tools: {
        exec: tool({
          description: "run a step",
          inputSchema: z.object({ id: z.string() }),
          execute: async ({ id }) => runTool(byId.get(id), {}, log),
        }),
      },
    });
    return r.steps.flatMap((s) => s.toolResults);
  };
}
