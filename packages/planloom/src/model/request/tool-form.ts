// A request with tools in the form of one rung, and its reply read back. In: a request and a rung. Out: the request
// that is sent, the names that a reply may call, and the reply without what the rung added.
import type { JsonObject } from "../../plan/json.js";
import type { ModelReply, ModelRequest, ToolCall } from "../port.js";
import { spokenRequest } from "./spoken-tools.js";
import type { ToolRung } from "./tool-rung.js";

export interface ToolForm {
  readonly request: ModelRequest;
  /** Names of the tools that the model may call. */
  readonly names: readonly string[];
  /** The sign of a call that was written for this request. Only in the text protocol. */
  readonly mark?: string;
  readonly read: (reply: ModelReply) => ModelReply;
}

export const offersTools = ({ tools = [] }: ModelRequest): boolean => tools.length > 0;

export function toolForm(request: ModelRequest, rung: ToolRung): ToolForm {
  const names = (request.tools ?? []).map(({ name }) => name);
  const read = (reply: ModelReply): ModelReply => reply;
  // A result that is corrected follows calls, and offers no tools.
  const isSpoken = rung === "text" && request.messages.some(({ role }) => role === "tool");
  if (!offersTools(request) && !isSpoken) return { request, names, read };
  switch (rung) {
    case "auto":
      return { request: request.toolChoice === "required" ? { ...request, toolChoice: "auto" } : request, names, read };
    case "required":
      return requiredForm(request, names);
    case "text": {
      const { request: spoken, mark } = spokenRequest(request);
      return { request: spoken, names, mark, read };
    }
  }
}

/** A model that must call a tool gives its result by one more tool. The last turn calls none, as at every rung. */
function requiredForm(request: ModelRequest, names: readonly string[]): ToolForm {
  const finish = finishName(names);
  const tools = [...(request.tools ?? []), { name: finish, description: FINISH_DESCRIPTION, input: FINISH_INPUT }];
  const toolChoice = request.toolChoice === "none" ? "none" : "required";
  return {
    request: { ...request, tools, toolChoice },
    names: [...names, finish],
    read: (reply) => withoutFinish(reply, finish),
  };
}

function finishName(taken: readonly string[], number = 1): string {
  const name = number === 1 ? "give_result" : `give_result_${number}`;
  return taken.includes(name) ? finishName(taken, number + 1) : name;
}

const FINISH_DESCRIPTION =
  "Gives the result. Call it alone, when no other tool is needed, in place of a reply without calls. result: the whole " +
  "text of that reply.";
const FINISH_INPUT: JsonObject = {
  type: "object",
  properties: { result: { type: "string" } },
  required: ["result"],
  additionalProperties: false,
};

/** A result beside other calls was written before their results were known, and is left out. */
function withoutFinish(reply: ModelReply, finish: string): ModelReply {
  const toolCalls = reply.toolCalls.filter(({ name }) => name !== finish);
  const result = reply.toolCalls.find(({ name }) => name === finish);
  if (result === undefined || toolCalls.length > 0) return { ...reply, toolCalls };
  const ended = reply.finish === "tool-calls" ? "stop" : reply.finish;
  return { ...reply, text: resultIn(result), toolCalls: [], finish: ended };
}

function resultIn({ args }: ToolCall): string {
  const isRecord = typeof args === "object" && args !== null && !Array.isArray(args);
  const value = isRecord && "result" in args ? args["result"]! : args;
  return typeof value === "string" ? value : JSON.stringify(value);
}
