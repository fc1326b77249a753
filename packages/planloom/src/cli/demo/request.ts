// Parts of a request to the demo's scripted model. In: a chat request. Out: its text, its goal, the comments of a
// person, the blocks of data in it.
import type { ChatBody, ChatMessage } from "../../testing/fake-reply.js";

export const requestText = ({ messages }: Pick<ChatBody, "messages">): string =>
  messages.map(({ content }: ChatMessage) => content ?? "").join("\n");

/** The goal of a request to a planner. The system's message has goals of examples. */
export function goalIn({ messages }: ChatBody): string {
  const asked = messages.filter(({ role }) => role === "user");
  return /^Goal: (.*)$/mu.exec(requestText({ messages: asked }))?.[1] ?? "";
}

/** What a person wrote when they rejected a plan or a call, oldest first. */
export const commentsIn = (body: ChatBody): readonly string[] =>
  [...requestText(body).matchAll(/^(?:The person says|the call was rejected): (.*)$/gmu)].map(
    ([, comment]) => comment!,
  );

/** The text of the data block with this name in a request. */
export function dataIn(text: string, name: string): string | undefined {
  const start = `<data name=${JSON.stringify(name)}>\n`;
  const at = text.indexOf(start);
  const end = text.indexOf("\n</data>", at);
  return at < 0 || end < 0 ? undefined : text.slice(at + start.length, end);
}
