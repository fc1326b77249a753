// The demo's own tools, as a user would write them. In: nothing. Out: an exchange rate that refuses its first call, so
// that a retry is visible; a table; the orders of a shop, and a refund that acts once.
import { z } from "zod";
import { tool, ToolError, type Tool } from "../../tools/tool.js";
import { DEMO_GOALS } from "./goals.js";
import { ORDERS } from "./orders.js";

const row = z.strictObject({
  company: z.string(),
  revenueUsdMillions: z.number(),
  products: z.string(),
  source: z.string(),
});

export function demoTools(): readonly Tool[] {
  return [exchangeRate(), comparisonTable(), findOrder(), refund(), demoGoals()];
}

const order = z.strictObject({
  id: z.string(),
  customer: z.string(),
  item: z.string(),
  priceEur: z.number(),
  deliveryEur: z.number(),
  promised: z.string(),
  delivered: z.string(),
  daysLate: z.number(),
});

function orderOf(id: string): (typeof ORDERS)[number] {
  const found = ORDERS.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known = ORDERS.map((one) => one.id).join(" and ");
  throw new ToolError(`There is no order ${id}. The demo has the orders ${known}.`, {
    code: "ORDER_UNKNOWN",
    retryable: false,
  });
}

function findOrder(): Tool {
  return tool({
    name: "find_order",
    description: "An order of the shop by its number: customer, amounts in EUR, dates (sample data).",
    input: z.strictObject({ id: z.string() }),
    output: order,
    effects: "none",
    // The shop's own records may choose who is paid.
    trusted: true,
    run: ({ id }) => orderOf(id),
    summary: ({ id, customer, daysLate }) => `Order ${id} of ${customer}, ${daysLate} days late`,
  });
}

/** No money moves: the receipt is all that there is. */
function refund(): Tool {
  let receipts = 1_000;
  return tool({
    name: "refund",
    description: "Pays an amount in EUR back to the customer of an order (sample: no money moves).",
    input: z.strictObject({ order: z.string(), amountEur: z.number().positive(), reason: z.string() }),
    output: z.strictObject({ receipt: z.string(), order: z.string(), customer: z.string(), amountEur: z.number() }),
    effects: "once",
    content: ["reason"],
    async run({ order: id, amountEur }, { signal }) {
      const { customer, priceEur, deliveryEur } = orderOf(id);
      const most = priceEur + deliveryEur;
      if (amountEur > most)
        throw new ToolError(`Order ${id} cost ${most} EUR. A refund cannot be more.`, {
          code: "AMOUNT_TOO_LARGE",
          retryable: false,
        });
      await pause(400, signal);
      return { receipt: `R-${++receipts}`, order: id, customer, amountEur };
    },
    summary: ({ amountEur, customer, receipt }) => `${amountEur} EUR to ${customer}, receipt ${receipt}`,
  });
}

function demoGoals(): Tool {
  return tool({
    name: "demo_goals",
    description: "The goals that the script of the demo knows.",
    input: z.strictObject({}),
    output: z.string(),
    effects: "none",
    trusted: true,
    run: () => DEMO_GOALS.map(({ goal }) => `"${goal}"`).join(" and "),
  });
}

function exchangeRate(): Tool {
  let calls = 0;
  return tool({
    name: "exchange_rate",
    description: "The rate from one currency to another (sample data).",
    input: z.strictObject({ from: z.string(), to: z.string() }),
    output: z.strictObject({ rate: z.number(), date: z.string() }),
    effects: "none",
    async run(_args, { signal }) {
      await pause(200, signal);
      if (++calls === 1)
        throw new ToolError("The rate service is busy (the demo has it refuse its first call).", { code: "BUSY" });
      return { rate: 0.9, date: "2026-01-01" };
    },
    summary: ({ rate }) => `1 USD = ${rate} EUR (sample)`,
  });
}

function comparisonTable(): Tool {
  return tool({
    name: "comparison_table",
    description: "A table in Markdown of companies with their revenue in USD and EUR, the largest first.",
    input: z.strictObject({ rows: z.array(row), eurRate: z.number() }),
    output: z.string(),
    effects: "none",
    run: ({ rows, eurRate }) => {
      const sorted = [...rows].sort((a, b) => b.revenueUsdMillions - a.revenueUsdMillions);
      const lines = sorted.map(
        ({ company, revenueUsdMillions: usd, products, source }) =>
          `| ${company} | ${usd.toLocaleString("en-US")} | ${Math.round(usd * eurRate).toLocaleString("en-US")} | ${products} | ${source} |`,
      );
      const head = [
        "| Company | Revenue 2025 (million USD) | (million EUR) | Products | Source |",
        "|---|---:|---:|---|---|",
      ];
      return [...head, ...lines].join("\n");
    },
    summary: (table) => `A table of ${table.split("\n").length - 2} companies`,
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
