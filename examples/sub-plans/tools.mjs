// @ts-check
// The tools of this example, over made-up lifts. In: nothing. Out: tools. Nothing is really ordered.
import { tool } from "planloom";
import { z } from "zod";

/** A fault names a part only where one is broken. */
const FAULTS = [
  { lift: "north", part: "door motor" },
  { lift: "south", noise: "a grinding sound below the third floor" },
];

const readCheck = tool({
  name: "read_check",
  description: "What the check of the lifts found in a year.",
  input: z.object({ year: z.int() }),
  effects: "none",
  trusted: true,
  run: () => ({ faults: FAULTS }),
});

const findPart = tool({
  name: "find_part",
  description: "The number of a part of a lift.",
  input: z.object({ part: z.string() }),
  output: z.object({ number: z.string() }),
  effects: "none",
  trusted: true,
  run: ({ part }) => ({ number: `P-${part.length}` }),
});

const orderPart = tool({
  name: "order_part",
  description: "Orders a part by its number.",
  input: z.object({ number: z.string() }),
  output: z.object({ arrives: z.string() }),
  trusted: true,
  effects: "once",
  run: () => ({ arrives: "2026-12-03" }),
});

const bookVisit = tool({
  name: "book_visit",
  description: "Books a visit of the mechanic at a lift.",
  input: z.object({ lift: z.string(), from: z.string().optional(), about: z.string().optional() }),
  output: z.object({ day: z.string() }),
  effects: "once",
  run: ({ from = "2026-12-01" }) => ({ day: from }),
});

export const tools = [readCheck, findPart, orderPart, bookVisit];
