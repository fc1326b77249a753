// Rules of chat templates, as data. In: the body of a request. Out: the words with which a server refuses it, or undefined
// if its template takes it. The rules are our reading of the published templates, which are not run here. A template may
// be stricter than its row, and may have changed since. None of its text is here.
import type { ChatBody, ChatMessage } from "../../src/testing/index.js";

export interface Template {
  readonly name: string;
  /** A system message: first only, or not at all. Absent: anywhere. */
  readonly system?: "first" | "none";
  /** Users and assistants alternate, apart from calls and their results. */
  readonly alternate?: true;
  /** It has no role for results, and no calls. */
  readonly noTools?: true;
  /** Ids of calls. */
  readonly ids?: RegExp;
  /** One call in each message. */
  readonly oneCall?: true;
  /** A message without a text cannot be written. */
  readonly text?: true;
  /** A result follows the call that it belongs to. */
  readonly pairs?: true;
  /** The status of its errors. llama.cpp says 500, vLLM 400. */
  readonly status: 400 | 500;
}

export const TEMPLATES: readonly Template[] = [
  { name: "Llama 2", system: "first", alternate: true, noTools: true, text: true, status: 400 },
  { name: "Llama 3", text: true, status: 500 },
  { name: "Llama 3.1", system: "first", oneCall: true, status: 400 },
  { name: "Llama 3.2", system: "first", oneCall: true, status: 500 },
  { name: "Llama 3.3", system: "first", oneCall: true, status: 400 },
  { name: "Llama 4", system: "first", status: 400 },
  { name: "Mistral 7B v0.1", system: "none", alternate: true, noTools: true, text: true, status: 400 },
  { name: "Mistral 7B v0.3", system: "first", alternate: true, ids: /^[A-Za-z0-9]{9}$/, status: 400 },
  { name: "Mistral Nemo", system: "first", alternate: true, ids: /^[A-Za-z0-9]{9}$/, status: 500 },
  { name: "Mixtral 8x7B", system: "first", alternate: true, noTools: true, text: true, status: 400 },
  { name: "Mistral Small 3.1", alternate: true, ids: /^[A-Za-z0-9]{9}$/, pairs: true, status: 500 },
  { name: "Gemma 2", system: "none", alternate: true, noTools: true, text: true, status: 400 },
  { name: "Gemma 3", system: "first", alternate: true, noTools: true, text: true, status: 500 },
  { name: "Gemma 4", system: "first", pairs: true, status: 500 },
  { name: "Qwen 2.5", status: 400 },
  { name: "Qwen 3", status: 400 },
  { name: "Qwen 3.5", system: "first", pairs: true, status: 500 },
  { name: "ChatML (Yi, OpenHermes)", noTools: true, text: true, status: 400 },
  { name: "Hermes 3", text: true, pairs: true, status: 400 },
  { name: "DeepSeek V3", pairs: true, status: 400 },
  { name: "DeepSeek R1 distilled", status: 500 },
  { name: "Command R", system: "first", alternate: true, noTools: true, text: true, status: 400 },
  { name: "DBRX", system: "first", alternate: true, noTools: true, text: true, status: 400 },
  { name: "Phi 3.5", noTools: true, text: true, status: 400 },
  { name: "Phi 4 mini", text: true, status: 500 },
  { name: "gpt-oss", oneCall: true, pairs: true, status: 500 },
  { name: "Granite 3.3", text: true, status: 400 },
  { name: "GLM 4.6", status: 400 },
  { name: "Kimi K2", pairs: true, status: 400 },
  { name: "Falcon", system: "first", alternate: true, noTools: true, text: true, status: 400 },
];

/** The words of the refusal; undefined if the template can write the messages. */
export function refusalBy(template: Template, { messages }: ChatBody): string | undefined {
  const talk = messages.filter(({ role }) => role !== "system");
  const problems: readonly (readonly [boolean | undefined, string])[] = [
    [template.system === "none" && messages[0]?.role === "system", "System role not supported"],
    [
      messages.slice(1).some(({ role }) => role === "system") && template.system !== undefined,
      "System message must be first",
    ],
    [
      template.noTools && talk.some((message) => message.role === "tool" || callsOf(message).length > 0),
      "Only user and assistant roles are supported",
    ],
    [
      template.alternate && !alternates(talk),
      "After the optional system message, conversation roles must alternate user and assistant",
    ],
    [
      template.ids && talk.flatMap(idsOf).some((id) => !template.ids!.test(id)),
      "Tool call IDs should be alphanumeric strings with length 9!",
    ],
    [
      template.oneCall && talk.some((message) => callsOf(message).length > 1),
      "This model only supports single tool-calls at once!",
    ],
    [template.text && talk.some(({ content }) => content === null), 'can only concatenate str (not "NoneType") to str'],
    [
      template.pairs && !arePaired(talk),
      "Message has tool role, but there was no previous assistant message with a tool call!",
    ],
    [talk[0]?.role !== "user", "Conversation must start with a user message"],
  ];
  const words = problems.find(([is]) => is === true)?.[1];
  return words === undefined || template.status === 400 ? words : `Error rendering the chat template (Jinja): ${words}`;
}

const callsOf = ({ tool_calls: calls = [] }: ChatMessage) => calls;

const idsOf = (message: ChatMessage): readonly string[] =>
  message.role === "tool" ? [message.tool_call_id!] : callsOf(message).map(({ id }) => id);

/** Calls and results do not count, and a user does not follow a result. */
function alternates(talk: readonly ChatMessage[]): boolean {
  const turns = talk.filter((message) => message.role !== "tool" && callsOf(message).length === 0);
  const afterTool = talk.some(({ role }, index) => role === "user" && talk[index - 1]?.role === "tool");
  return !afterTool && turns.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant"));
}

function arePaired(talk: readonly ChatMessage[]): boolean {
  return talk.every((message, index) => {
    if (message.role !== "tool") return true;
    const caller = talk.slice(0, index).findLast(({ role }) => role !== "tool");
    return caller !== undefined && callsOf(caller).some(({ id }) => id === message.tool_call_id);
  });
}
