// A model behind the fake server that does what `planloom doctor` and `planloom models test` ask for. In: the body of a
// request. Out: a reply.
import type { ChatBody, FakeReply } from "../../src/testing/index.js";

const textIn = ({ messages }: ChatBody): string => JSON.stringify(messages);

export const isLong = (body: ChatBody): boolean => textIn(body).includes("What is the password");

export function ableReply(body: ChatBody): FakeReply {
  const text = textIn(body);
  if (isLong(body)) return { text: /The password is ([A-Z]+-\d+)/.exec(text)?.[1] ?? "" };
  if (text.includes("word OK")) return { text: "OK" };
  if (!text.includes("code of the city")) return { json: { colour: "blue" } };
  const known = /The code of Bern is ([A-Z]\d-\d+)/.exec(text)?.[1];
  if (known !== undefined) return { text: known };
  const call = { name: "city_code", args: { city: "Bern" } };
  const mark = /Mark of this turn: (\w+)/.exec(text)?.[1];
  if (body.tools !== undefined) return { toolCalls: [call] };
  return { text: JSON.stringify({ name: call.name, arguments: call.args, mark }) };
}
