// Parts that tests of streams share. In: nothing. Out: a loom with tools and a scripted synthesizer, and what a stream
// gives.
import { onTestFinished } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { Loom } from "../../src/loom/loom.js";
import { tool } from "../../src/tools/tool.js";

export const echo = tool({
  name: "echo",
  description: "Gives back what it is given.",
  input: z.object({ value: z.unknown() }),
  effects: "none",
  run: ({ value }) => value,
});

export const pay = tool({
  name: "pay",
  description: "Pays an invoice.",
  input: z.object({ invoice: z.string() }),
  output: z.object({ receipt: z.string() }),
  effects: "once",
  approval: "required",
  run: ({ invoice }) => ({ receipt: `paid ${invoice}` }),
});

export async function openLoom(config: LoomConfig = {}): Promise<Loom> {
  const loom = await createLoom({ store: "memory", tools: [echo, pay], ...config }, { env: {} });
  onTestFinished(() => loom.close());
  return loom;
}

export async function all<T>(stream: ReadableStream<T>): Promise<readonly T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

/** A plan that pays, asks a person, and answers with both. */
export const PLAN = {
  goal: "Pay the invoice",
  steps: [
    { id: "greet", title: "Greet", tool: "echo", with: { value: "hello" } },
    { id: "pay", title: "Pay it", tool: "pay", with: { invoice: "A1" }, dependsOn: ["greet"] },
    { id: "format", ask: "Which format?", dependsOn: ["pay"] },
  ],
  answer: { value: "${{ pay.receipt + ' as ' + format }}" },
};
