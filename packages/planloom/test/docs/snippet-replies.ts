// Models for the snippets of the documents. In: a request to the fake server. Out: a reply. Each set is named by a
// comment in a page: `<!-- snippet: replies NAME -->`.
import type { ChatBody, FakeReply } from "../../src/testing/fake-reply.js";
import { roleOf } from "../cli/planloom.js";

export type Replies = (body: ChatBody) => FakeReply;

const textOf = (body: ChatBody): string => body.messages.map(({ content }) => String(content)).join("\n");

/** A planner with one plan. The executor and the synthesizer write one sentence. */
const planning =
  (plan: object, sentence: (text: string) => string): Replies =>
  (body) =>
    roleOf(body) === "planner" ? { json: plan as never } : { text: sentence(textOf(body)) };

const SUM = {
  steps: [{ id: "sum", title: "Add", tool: "calculate", with: { expression: "40 + 2" } }],
  answer: { from: ["sum"] },
};

const ORDERS = {
  steps: [
    { id: "orders", title: "Look up the orders", tool: "find_orders", with: { customer: "ann" } },
    {
      id: "sum",
      title: "Add the totals",
      tool: "calculate",
      with: { expression: "sum(totals)", variables: { totals: "${{ orders.map(o, o.total) }}" } },
    },
  ],
  answer: { from: ["sum"] },
};

const WORDS = {
  steps: [{ id: "count", title: "Count the words", tool: "count_words", with: { text: "one two three" } }],
  answer: { from: ["count"] },
};

const spent = (text: string): string => `ann has spent ${/\b42\b/.exec(text)?.[0] ?? "nothing"} dollars`;

const SEARCH = {
  steps: [{ id: "found", title: "Search", tool: "search_web", with: { query: "revenue" } }],
  answer: { from: ["found"] },
};

const REPORT = { companies: [{ name: "Acme", revenueUsd: 7_500_000 }] };

export const REPLIES: { readonly [name: string]: Replies } = {
  plain: planning(SUM, () => "The sum is 42."),
  words: planning(WORDS, (text) => `There are ${/"words":\s*(\d+)/.exec(text)?.[1] ?? "no"} words.`),
  report: (body) => (roleOf(body) === "planner" ? { json: SEARCH } : { json: REPORT }),
  orders: planning(ORDERS, spent),
};
