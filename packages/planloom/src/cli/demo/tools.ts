// The demo's own tools, as a user would write them. In: nothing. Out: an exchange rate that refuses its first call, so
// that a retry is visible, and a table.
import { z } from "zod";
import { tool, ToolError, type Tool } from "../../tools/tool.js";

const row = z.strictObject({
  company: z.string(),
  revenueUsdMillions: z.number(),
  products: z.string(),
  source: z.string(),
});

export function demoTools(): readonly Tool[] {
  return [exchangeRate(), comparisonTable()];
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
