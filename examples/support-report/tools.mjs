// @ts-check
// The four tools of the weekly support report. In: what earlier steps gave. Out: tickets, counts, an intent, a text.
// Separate from the configuration so that both the command line and run.mjs use them.
import { tool, ToolError } from "planloom";
import { z } from "zod";

const tickets = z.array(z.object({ intent: z.string(), text: z.string() }));
const counts = z.record(z.string(), z.number());

const loadTickets = tool({
  name: "load_tickets",
  description: "Loads the support tickets of this week.",
  input: z.object({}),
  output: tickets,
  effects: "none",
  run: () => [
    { intent: "refund", text: "My order has not shipped yet, can I get a refund?" },
    { intent: "refund", text: "How long does a refund take?" },
    { intent: "password", text: "What should I do if I forgot my password?" },
    { intent: "address", text: "Can I still change the address if I entered it wrong?" },
    { intent: "refund", text: "Why has my refund not arrived yet?" },
  ],
  summary: (loaded) => `Loaded ${loaded.length} tickets`,
});

const countIntents = tool({
  name: "count_intents",
  description: "Counts the tickets of each intent.",
  input: z.object({ tickets }),
  output: counts,
  effects: "none",
  run: (args) => {
    /** @type {Record<string, number>} */
    const found = {};
    for (const { intent } of args.tickets) found[intent] = (found[intent] ?? 0) + 1;
    return found;
  },
});

const findTopIntent = tool({
  name: "find_top_intent",
  description: "Finds the intent that was counted most often; the first one among equals.",
  input: z.object({ counts }),
  output: z.string(),
  effects: "none",
  run: (args) => {
    const [top] = Object.entries(args.counts).sort(([, a], [, b]) => b - a);
    if (top === undefined)
      throw new ToolError("There are no tickets, so none is the most frequent.", { retryable: false });
    return top[0];
  },
});

const draftReport = tool({
  name: "draft_report",
  description: "Writes the weekly report in three sentences.",
  input: z.object({ total: z.number(), counts, topIntent: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ total, counts: counted, topIntent }) =>
    `This week, a total of ${total} support tickets were handled. ` +
    `The most frequent issue was ${topIntent}, appearing ${counted[topIntent]} times. ` +
    `It is recommended to prioritize improving the ${topIntent} workflow and FAQ copy.`,
});

export const tools = [loadTickets, countIntents, findTopIntent, draftReport];
