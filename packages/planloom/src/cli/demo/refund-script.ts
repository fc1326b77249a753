// The refund story of the demo's scripted model. In: a chat request. Out: a plan that acts once, another one after a
// rejection, and an answer. The script reads an amount, a percentage or the word "delivery" out of a person's comment,
// and the plan says what it has read.
import type { Json } from "../../plan/json.js";
import type { ChatBody } from "../../testing/fake-reply.js";
import { ORDERS } from "./orders.js";
import { commentsIn, dataIn } from "./request.js";

export const isRefund = (goal: string): boolean => /\brefund/iu.test(goal);

interface Amount {
  readonly title: string;
  readonly why: string;
  /** A number, or an expression over the order. */
  readonly value: number | string;
}

export function refundPlan(body: ChatBody, goal: string): Json {
  const comments = commentsIn(body);
  const order = {
    id: "order",
    title: "Look up the order",
    description: "Find the order with its customer, its amounts and its dates.",
    tool: "find_order",
    with: { id: orderIn(goal) },
  };
  if (/\b(nothing|no refund|not refund|don't refund)\b/iu.test(comments.at(-1) ?? ""))
    return { steps: [order], answer: { value: "Nothing was refunded for order ${{ order.id }}, as a person asked." } };
  return {
    steps: [order, refundStep(amountFor(comments))],
    answer: { from: ["order", "refund"], instructions: "One sentence: how much, to whom, why, and the receipt." },
  };
}

const refundStep = ({ title, why, value }: Amount): Json => ({
  id: "refund",
  title,
  description: `Pay the amount back to the customer. ${why}`,
  tool: "refund",
  with: { order: "${{ order.id }}", amountEur: value, reason: "Delivered ${{ order.daysLate }} days late" },
  approval: "required",
});

/** An order that the shop does not have is looked up too, and its error says which ones there are. */
const orderIn = (goal: string): string => /\b\d{3,}\b/u.exec(goal)?.[0] ?? ORDERS[0]!.id;

function amountFor(comments: readonly string[]): Amount {
  const comment = comments.at(-1);
  if (comment === undefined)
    return {
      title: "Refund the whole order",
      why: "The scripted planner begins with all that was paid.",
      value: "${{ order.priceEur + order.deliveryEur }}",
    };
  const read = `The scripted planner read "${comment.slice(0, 80)}".`;
  const percent = /(\d+(?:\.\d+)?)\s*(?:%|percent)/iu.exec(comment)?.[1];
  if (percent !== undefined) return share(Number(percent), read);
  const amount = /(?:€|EUR)\s*(\d+(?:\.\d+)?)/iu.exec(comment)?.[1] ?? /\d+(?:\.\d+)?/u.exec(comment)?.[0];
  if (amount !== undefined) return { title: `Refund ${amount} EUR`, why: read, value: Number(amount) };
  if (/deliver|shipping|postage/iu.test(comment)) return delivery(read);
  const missed = "It understands an amount, a percentage, or the word delivery, and found none of them.";
  return comments.length === 1 ? delivery(`${read} ${missed}`) : share(20 / comments.length, `${read} ${missed}`);
}

const delivery = (why: string): Amount => ({
  title: "Refund the cost of delivery",
  why,
  value: "${{ order.deliveryEur }}",
});

const share = (percent: number, why: string): Amount => ({
  title: `Refund ${percent} % of the price`,
  why,
  value: `\${{ order.priceEur * ${percent / 100} }}`,
});

/** undefined for the answer of another story. */
export function refundAnswer(prompt: string): string | undefined {
  const [order, refund] = [recordIn(prompt, "order"), recordIn(prompt, "refund")];
  if (order === undefined || refund === undefined) return undefined;
  const { customer, id, daysLate } = order;
  const paid = `${textOf(refund["amountEur"])} EUR were refunded to ${textOf(customer)}`;
  const why = `because order ${textOf(id)} came ${textOf(daysLate)} days late`;
  return `${paid}, ${why}. Receipt: ${textOf(refund["receipt"])}. (Sample data: the shop is made up.)`;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A step's output among the data of a request. */
function recordIn(prompt: string, name: string): { readonly [field: string]: unknown } | undefined {
  const text = dataIn(prompt, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as { readonly [field: string]: unknown };
  } catch {
    return undefined;
  }
}
