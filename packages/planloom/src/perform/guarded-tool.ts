// A tool as a model calls it, inside an agent step or before a plan. In: a tool. Out: the same tool with the deadline of
// its calls, and with errors that say how a call ended.
import { LIMITS } from "../limits.js";
import type { AskingOf } from "../tools/call-questions.js";
import { CallAsks } from "../tools/question.js";
import { CallUnsettled, toolErrorOf, UnusableOutput, type Tool } from "../tools/tool.js";
import { callTool } from "./call-tool.js";
import type { Services } from "./services.js";

/**
 * The tool with deadlines on its calls. A known failure is thrown as a ToolError, an output that cannot be used as
 * UnusableOutput, a question to a person as CallAsks, any other ending as CallUnsettled. `asking`: what is known of the
 * questions of the call with this key.
 */
export function guardedTool(
  services: Services,
  tool: Tool,
  asking: (key: string) => Pick<AskingOf, "attended" | "answers">,
): Tool {
  return {
    ...tool,
    call: async (args, context) => {
      const timeoutMs = tool.spec.timeoutMs ?? LIMITS.toolTimeoutMs;
      const end = await callTool(tool, args, { ...context, ...asking(context.key) }, timeoutMs, services);
      if (end.ok) return end.output;
      if (end.ending === "asked") throw new CallAsks(end.question);
      if (end.ending === "tool-error") throw toolErrorOf(end.error);
      if (end.ending === "unusable") throw new UnusableOutput(end.error, end.raw.output);
      throw new CallUnsettled(end.error);
    },
  };
}
