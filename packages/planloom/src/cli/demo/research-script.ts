// The research story of the demo's scripted model. In: a chat request. Out: a model's reply: a plan, tool calls, names and
// figures from the data in the request, or an answer.
import type { Json } from "../../plan/json.js";
import type { ChatBody, FakeReply } from "../../testing/fake-reply.js";
import { dataIn } from "./request.js";

export const RESEARCH_PLAN: Json = {
  steps: [
    {
      id: "find",
      title: "Search for the leading AI companies",
      description: "Find documents that name the leading AI companies.",
      tool: "search",
      with: { query: "leading AI companies", limit: 4 },
    },
    {
      id: "rate",
      title: "Get the exchange rate",
      description: "The rate from USD to EUR, for the comparison.",
      tool: "exchange_rate",
      with: { from: "USD", to: "EUR" },
    },
    {
      id: "companies",
      title: "Pick the three companies",
      description: "Choose the three companies that the search results name most often.",
      agent: "List the three AI companies that these results name most often.",
      with: { results: "${{ find.results }}" },
      output: "string[]",
      expect: "${{ size(output) == 3 }}",
    },
    {
      id: "facts",
      title: "Collect facts on each company",
      description: "Find revenue and products of the company, each from a document that is named.",
      forEach: "${{ companies }}",
      as: "company",
      agent: "Find the company's revenue of 2025 and its products. Name the document.",
      tools: ["search", "read_file"],
      with: { company: "${{ company }}" },
      output: "{ company: string, revenueUsdMillions: number, products: string, source: string }",
    },
    {
      id: "total",
      title: "Add up the revenue",
      description: "The revenue of the three together, in million EUR.",
      tool: "calculate",
      with: {
        expression: "round(sum(revenue) * rate)",
        variables: { revenue: "${{ facts.map(f, f.revenueUsdMillions) }}", rate: "${{ rate.rate }}" },
      },
    },
    {
      id: "table",
      title: "Write the comparison table",
      description: "A table of the three companies with revenue in both currencies.",
      tool: "comparison_table",
      with: { rows: "${{ facts }}", eurRate: "${{ rate.rate }}" },
    },
  ],
  answer: { from: ["table", "total"], instructions: "A sentence on who leads, the total, then the table." },
};

export function researchTurn({ messages }: ChatBody): FakeReply {
  const prompt = messages.find(({ role }) => role === "user")?.content ?? "";
  const company = dataIn(prompt, "with.company");
  if (company === undefined) return { json: mostNamed(dataIn(prompt, "with.results") ?? "") };
  const found = messages.filter(({ role }) => role === "tool").map(({ content }) => content ?? "");
  return collectFacts(company, found);
}

/** Turn by turn: search, open the best document, report its figures. */
function collectFacts(company: string, found: readonly string[]): FakeReply {
  const [hits, document] = found;
  if (hits === undefined) return call("search", { query: `${company} revenue products`, limit: 3 });
  const path = pathOf(company, hits);
  if (path === undefined) return { text: `STEP FAILED: no document about ${company} was found.` };
  if (document === undefined) return call("read_file", { path });
  // A tool's result arrives as JSON text. A line break is written
  //  there.
  const text = document.replaceAll("\\n", "\n");
  const revenue = /Revenue 2025: ([\d.]+) million USD/.exec(text)?.[1];
  const products = /Products: (.+)/.exec(text)?.[1];
  if (revenue === undefined || products === undefined) return { text: `STEP FAILED: ${path} has no figures.` };
  return { json: { company, revenueUsdMillions: Number(revenue), products: products.trim(), source: path } };
}

const call = (name: string, args: Json): FakeReply => ({ toolCalls: [{ name, args }] });

/** The path of the hit whose title is the company. */
function pathOf(company: string, hits: string): string | undefined {
  const results = /\{"results":.*\}/s.exec(hits)?.[0];
  if (results === undefined) return undefined;
  const { results: list } = JSON.parse(results) as {
    results: readonly { readonly title: string; readonly url: string }[];
  };
  return list.find(({ title }) => title === company)?.url;
}

/** The three most frequent names of two capitalised words, the second one usual for a company. */
function mostNamed(results: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const [found] of results.matchAll(/\b[A-Z][a-z]+ (?:Minds|Labs|Systems|Research)\b/g)) {
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([name]) => name);
}

export function researchReport(prompt: string): string {
  const table = dataIn(prompt, "table") ?? "";
  const total = Number(dataIn(prompt, "total"));
  const [first, ...others] = [...table.matchAll(/^\| (?!Company)([^|]+) \| ([\d,]+) \|/gm)];
  const rest = others.map((row) => row[1]).join(" and ");
  const sentence = `${first?.[1] ?? "Nobody"} leads with ${first?.[2] ?? "?"} million USD in 2025, ahead of ${rest}.`;
  const sum = `Together the three made ${total.toLocaleString("en-US")} million EUR.`;
  return `${sentence} ${sum} (Sample data: the companies and figures are made up.)\n\n${table}`;
}

export const isResearch = (goal: string): boolean => /\b(research|compan)/iu.test(goal);
