// @ts-check
// The tools of this example: an order to look up, and two calls that act. In: a folder for the books. Out: the tools.
// Separate from the configuration so that the command line, run.mjs and the tests use them. The payment and the mail
// are lines in files: what happened, and how often, can be counted in them.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { tool, ToolError } from "planloom";
import { z } from "zod";

const order = z.object({
  id: z.string(),
  customer: z.object({ name: z.string(), email: z.string() }),
  items: z.array(z.object({ name: z.string(), priceUsd: z.number() })),
  totalUsd: z.number(),
});

/** @type {readonly z.infer<typeof order>[]} Invented. */
const ORDERS = [
  {
    id: "12345",
    customer: { name: "Ines Ferreira", email: "ines@example.com" },
    items: [
      { name: "headphones", priceUsd: 80 },
      { name: "cable", priceUsd: 9 },
    ],
    totalUsd: 89,
  },
];

/** @param {string} folder Where `ledger.jsonl` and `outbox.jsonl` are kept. */
export function refundTools(folder) {
  const findOrder = tool({
    name: "find_order",
    description: "Looks up an order by its number: the customer, the items with their prices in dollars, the total.",
    input: z.object({ id: z.string() }),
    output: order,
    effects: "none",
    // The shop keeps its orders itself: what they say may choose whom to pay and to write to.
    trusted: true,
    run: ({ id }) => {
      const found = ORDERS.find((known) => known.id === id);
      if (found === undefined) throw new ToolError(`There is no order ${id}.`, { retryable: false });
      return found;
    },
  });

  const refundPayment = tool({
    name: "refund_payment",
    description: "Pays money back to the customer of an order.",
    input: z.object({ orderId: z.string(), amountUsd: z.number().positive() }),
    output: z.object({ receipt: z.string(), amountUsd: z.number() }),
    effects: "once",
    run: ({ orderId, amountUsd }, { key }) => {
      const receipt = `R-${String(linesOf(folder, "ledger.jsonl").length + 1).padStart(4, "0")}`;
      write(folder, "ledger.jsonl", { receipt, orderId, amountUsd, key });
      return { receipt, amountUsd };
    },
  });

  const sendEmail = tool({
    name: "send_email",
    description: "Sends a mail.",
    input: z.object({ to: z.string(), text: z.string() }),
    output: z.object({ sent: z.boolean() }),
    effects: "once",
    run: ({ to, text }) => {
      write(folder, "outbox.jsonl", { to, text });
      return { sent: true };
    },
  });

  return [findOrder, refundPayment, sendEmail];
}

/**
 * The lines of one of the books, oldest first.
 * @param {string} folder
 * @param {"ledger.jsonl" | "outbox.jsonl"} name
 * @returns {any[]}
 */
export function linesOf(folder, name) {
  const file = path.join(folder, name);
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {object} line
 */
function write(folder, name, line) {
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, name), `${JSON.stringify(line)}\n`);
}
