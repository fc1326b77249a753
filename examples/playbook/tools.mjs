// @ts-check
// The tools of the weekly support report as a playbook. In: a week. Out: its tickets, and a report that is posted. The
// tickets stand here, so that the example needs no service.
import { tool } from "planloom";
import { z } from "zod";

/** @type {Record<number, string[]>} */
const TICKETS = {
  31: ["refund", "refund", "password", "address", "refund"],
  32: ["address", "address", "refund"],
};

const tickets = z.array(z.object({ intent: z.string() }));

const loadTickets = tool({
  name: "load_tickets",
  description: "Loads the support tickets of a week.",
  input: z.object({ week: z.number().int().min(1).max(53) }),
  output: tickets,
  effects: "none",
  trusted: true,
  run: ({ week }) => (TICKETS[week] ?? []).map((intent) => ({ intent })),
});

const draftReport = tool({
  name: "draft_report",
  description: "Counts the intents of tickets and writes one sentence.",
  input: z.object({ week: z.number(), tickets }),
  output: z.string(),
  effects: "none",
  labels: "pass",
  run: (args) => {
    const counts = new Map();
    for (const { intent } of args.tickets) counts.set(intent, (counts.get(intent) ?? 0) + 1);
    const [top = ["none", 0]] = [...counts].sort(([, a], [, b]) => b - a);
    return `Week ${args.week}: ${args.tickets.length} tickets, most about ${top[0]} (${top[1]}).`;
  },
});

/** What was posted, by channel. */
export const posted = /** @type {string[]} */ ([]);

const postReport = tool({
  name: "post_report",
  description: "Posts a report in a channel.",
  input: z.object({ channel: z.string(), text: z.string() }),
  output: z.string(),
  effects: "idempotent",
  run: ({ channel, text }) => {
    posted.push(`${channel} ${text}`);
    return "posted";
  },
});

export const tools = [loadTickets, draftReport, postReport];
