// The time from a goal to its first action and to its end: with steps that start while the plan is being written, and
// without. In: nothing. Out: both times at simulated rates of tokens, and their ratios. The model is scripted, behind
// real HTTP.
import { createLoom, tool } from "../../packages/planloom/dist/index.js";
import { memoryStore } from "../../packages/planloom/dist/store/memory.js";
import { startFakeOpenAI } from "../../packages/planloom/dist/testing/fake-openai-server.js";

/** Tokens per second of small local models, of usual servers, of fast ones. */
const RATES = [30, 100, 300];
const ROUNDS = 3;
/** Characters of one piece of the fake server, which are one token. */
const PIECE_CHARS = 12;
const TOKEN_CHARS = 4;
/** Time of each tool call, in ms. */
const TOOL_MS = 200;

/** Twelve steps: six independent ones, each with one step that depends on it. */
const STEPS = Array.from({ length: 6 }, (_, n) => [
  {
    id: `find${n}`,
    title: `Look for source number ${n}`,
    description: "Search the archive for a page that speaks of this, and give the first one that is found there.",
    tool: "look",
    with: { what: `source number ${n} of the archive` },
  },
  {
    id: `read${n}`,
    title: `Read source number ${n}`,
    description: "Read the page from its beginning to its end, and keep what it says of the question that was asked.",
    tool: "look",
    with: { what: `\${{ find${n} }}` },
  },
]).flat();
const PLAN = { steps: STEPS, answer: { value: "done" } };

export async function measure() {
  const rows = [];
  for (const rate of RATES) rows.push(await compare(rate));
  const markdown = [
    `A plan of ${STEPS.length} steps (${Math.round(JSON.stringify(PLAN).length / TOKEN_CHARS)} tokens), tools of ${TOOL_MS} ms, ${ROUNDS} rounds each; medians in ms, lowest to highest in brackets.`,
    "",
    "| tokens/s | first action, waiting | streaming | ratio | end, waiting | streaming | ratio |",
    "|---|---|---|---|---|---|---|",
    ...rows.map(({ rate, waiting, streaming }) => {
      const [first, end] = ["first", "end"].map((of) => [spread(waiting[of]), spread(streaming[of])]);
      return `| ${rate} | ${text(first[0])} | ${text(first[1])} | ${ratio(first)} | ${text(end[0])} | ${text(end[1])} | ${ratio(end)} |`;
    }),
  ].join("\n");
  const figures = rows.map(({ rate, waiting, streaming }) => ({
    rate,
    firstRatio: spread(waiting.first).median / spread(streaming.first).median,
    endRatio: spread(waiting.end).median / spread(streaming.end).median,
  }));
  const ok = figures.every(({ firstRatio, endRatio }) => firstRatio > 1 && endRatio > 1);
  return { title: "Streaming against waiting", markdown, ok, figures };
}

async function compare(rate) {
  const [waiting, streaming] = [
    { first: [], end: [] },
    { first: [], end: [] },
  ];
  // Interleaved, so that variations of the machine affect both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [eager, into] of [
      [false, waiting],
      [true, streaming],
    ]) {
      const { first, end } = await once(rate, eager);
      into.first.push(first);
      into.end.push(end);
    }
  }
  return { rate, waiting, streaming };
}

async function once(rate, eager) {
  const pieceMs = (PIECE_CHARS / TOKEN_CHARS / rate) * 1_000;
  const server = await startFakeOpenAI({ reply: () => ({ json: PLAN, pieceMs }) });
  let first;
  let began;
  const look = tool({
    name: "look",
    description: "Looks for something, or at it.",
    input: {
      type: "object",
      properties: { what: { type: "string" } },
      required: ["what"],
      additionalProperties: false,
    },
    output: { type: "string" },
    effects: "none",
    run: async ({ what }) => {
      first ??= performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, TOOL_MS));
      return what;
    },
  });
  const models = { planner: { model: "planner", baseURL: server.url, apiKey: "any" } };
  const loom = await createLoom({ tools: [look], store: memoryStore(), models, eager }, { env: {} });
  try {
    began = performance.now();
    const run = await loom.start("Find and read six sources");
    const { status } = await run.result();
    if (status !== "completed") throw new Error(`the run is ${status}`);
    return { first, end: performance.now() - began };
  } finally {
    await loom.close();
    await server.close();
  }
}

function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { least: sorted[0], median: sorted[Math.floor(sorted.length / 2)], most: sorted.at(-1) };
}

const text = ({ least, median, most }) => `${median.toFixed(0)} (${least.toFixed(0)}–${most.toFixed(0)})`;
const ratio = ([waiting, streaming]) => `${(waiting.median / streaming.median).toFixed(1)}`;
