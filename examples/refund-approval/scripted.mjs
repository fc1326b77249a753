// @ts-check
// The scripted planner of this example: no model runs here. In: what a person said of the plan before. Out: a plan, by
// a fixed rule; as a function, and as a server on 127.0.0.1 that speaks the OpenAI API. Separate because the
// configuration, run.mjs and the tests use it. Without feedback it pays the whole order back; told "only the
// headphones", it pays back that item alone; what it does not understand makes it plan no payment at all.
import { startFakeOpenAI } from "planloom/testing";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */

export const PLANNER = "scripted-planner";

export async function startScripted() {
  return startFakeOpenAI({
    models: [PLANNER],
    reply: (body) => ({ text: JSON.stringify(planFor(feedbackIn(body))) }),
  });
}

/**
 * The same rule without a server, for a configuration that has no model.
 * @param {{ rejected?: readonly { readonly comment: string }[] }} request
 */
export async function scriptedPlanner({ rejected = [] }) {
  console.error("(The planner of this example is scripted: no model is asked.)");
  return planFor(rejected.at(-1)?.comment);
}

/**
 * A person's feedback on the last plan, from the request; undefined for a first plan.
 * @param {ChatBody} body
 */
function feedbackIn(body) {
  const text = body.messages.map(({ content }) => content ?? "").join("\n");
  return [...text.matchAll(/^The person says: (.*)$/gm)].at(-1)?.[1];
}

/** @param {string | undefined} feedback */
function planFor(feedback) {
  const find = {
    id: "order",
    title: "Look up the order",
    description: "Look up order 12345: its customer, its items and their prices.",
    tool: "find_order",
    with: { id: "12345" },
  };
  const item = /only the (\w+)/.exec(feedback ?? "")?.[1];
  if (feedback !== undefined && item === undefined) {
    return { steps: [find], answer: { value: "Nothing was refunded. The order: ${{ order }}" } };
  }
  const amount = item === undefined ? "order.totalUsd" : `order.items.filter(i, i.name == "${item}")[0].priceUsd`;
  return {
    steps: [
      find,
      {
        id: "refund",
        title: item === undefined ? "Refund the whole order" : `Refund the ${item}`,
        description: "Pay the money back to the customer. The result carries the receipt.",
        tool: "refund_payment",
        with: { orderId: "${{ order.id }}", amountUsd: `\${{ ${amount} }}` },
      },
      {
        id: "notify",
        title: "Tell the customer",
        description: "Tell the customer what was refunded, with the receipt.",
        tool: "send_email",
        with: {
          to: "${{ order.customer.email }}",
          text: "Dear ${{ order.customer.name }}, we have refunded ${{ refund.amountUsd }} USD (receipt ${{ refund.receipt }}).",
        },
      },
    ],
    answer: {
      value:
        "${{ refund.amountUsd }} USD were refunded to ${{ order.customer.name }} for order #${{ order.id }}, receipt ${{ refund.receipt }}.",
    },
  };
}
