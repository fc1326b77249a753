// The tasks of bench/strategies.mjs: goals, the replies of their scripted models, and the latencies of all. In: nothing.
// Out: data, and the search tool. Its outputs have the size and the shape of those of the built-in tool `search`.
import { library } from "./library.mjs";

/** Seconds. The planner writes its reply over its whole time. `turn`: a reply of a model in a loop of tool calls. */
export const LATENCY = {
  planner: 1.88,
  turn: 1.5,
  join: 1.62,
  searches: [0.45, 0.86, 0.3, 0.58, 1.13, 0.38, 0.66, 0.52],
};

const SLOWEST = Math.max(...LATENCY.searches);
const HITS = 5;
const SNIPPET =
  "A film of that year about a family that moves to the coast, told over three summers. It was praised for its " +
  "photography and its two leading actors, and won a prize of the critics.";

const string = { type: "string" };
const hit = {
  type: "object",
  properties: { title: string, url: string, snippet: string },
  required: ["title", "url", "snippet"],
  additionalProperties: false,
};

/** `wait(ms, signal)`. A query has the number of its latency: "3: the words". One with "(gone)" fails for good. */
export function searchTool(wait, { name = "search" } = {}) {
  return library.tool({
    name,
    description: "Searches the web for words; gives titles, addresses and short extracts.",
    input: { type: "object", properties: { query: string }, required: ["query"], additionalProperties: false },
    output: {
      type: "object",
      properties: { results: { type: "array", items: hit } },
      required: ["results"],
      additionalProperties: false,
    },
    effects: "none",
    run: async ({ query }, { signal }) => {
      await wait(1000 * LATENCY.searches[(Number.parseInt(query, 10) - 1) % LATENCY.searches.length], signal);
      if (query.includes("(gone)")) throw new library.ToolError("There is no such page.", { retryable: false });
      const results = Array.from({ length: HITS }, (_, at) => ({
        title: `Result ${at + 1} of ${query}`,
        url: `https://films.example/pages/${query.length}/${at + 1}`,
        snippet: SNIPPET,
      }));
      return { results };
    },
  });
}

const search = (number, words = `the film ${number} of the list`) => ({
  tool: "search",
  id: `film${number}`,
  title: `Look up film ${number}`,
  description: `Search for the film, to learn its genre, its year and its makers.`,
  with: { query: `${number}: ${words}` },
});
const numbers = (count) => Array.from({ length: count }, (_, at) => at + 1);
const turn = (number) => ({ text: `I look up film ${number} next.`, calls: [call(number)] });
const call = (number) => ({ name: "search", args: { query: search(number).with.query } });
const ANSWER = "Film 3 is most like the others: a family story of the same years, by the same photographer.";
const written = (steps, instructions) => ({ steps, answer: { from: steps.map(({ id }) => id), instructions } });
const REASONED = "One sentence, with the reason.";
const ends = { text: ANSWER };

const all = (count) => ({
  plans: [
    written(
      numbers(count).map((number) => search(number)),
      REASONED,
    ),
  ],
  turns: { react: [...numbers(count).map(turn), ends], tools: [{ calls: numbers(count).map(call) }, ends] },
  goal: `Which of the ${count} films on the list is most like the others?`,
});

const calculate = (id, expression, variables) => ({
  tool: "calculate",
  id,
  title: `Calculate ${id}`,
  description: "Calculate the changed height.",
  with: { expression, variables },
});
const sum = (expression) => ({ text: "Now the changed height.", calls: [{ name: "calculate", args: { expression } }] });

/** The plan's join reads one field of each output, by reference, in an agent step. */
const chosen = {
  steps: [
    ...numbers(8).map((number) => search(number)),
    {
      agent: "Say which of these films is most like the others, in one sentence with the reason.",
      tools: [],
      id: "join",
      title: "Compare the films",
      description: "Compare the films by what is said of each.",
      with: Object.fromEntries(
        numbers(8).map((number) => [`film${number}`, `\${{ film${number}.results[0].snippet }}`]),
      ),
    },
  ],
  answer: { value: "${{ join }}" },
};

/**
 * `ways`: the strategies that are run. `plans`: the replies of the planner. `inside`: those of the executor inside of
 * plans. `turns`: those of the model of a whole run. `ideal`: s without any overhead, if the plan is not streamed.
 */
export const TASKS = [
  {
    name: "eight searches and a join",
    ways: ["plan", "plan, not streamed", "react", "tools"],
    ...all(8),
    ideal: LATENCY.planner + SLOWEST + LATENCY.join,
    target: 4.7,
    recorded: 3.7,
    tokenTarget: 4.9,
  },
  { name: "two searches and a join", ways: ["plan", "react", "tools"], ...all(2), recorded: 1.8 },
  {
    name: "two searches, arithmetic, and a join",
    ways: ["plan", "react"],
    goal: "Which is higher: mountain 1 if it were 10 % lower, or mountain 2 if it were 10 % higher?",
    plans: [
      written(
        [
          search(1),
          search(2),
          calculate("lower", "n * 0.9", { n: "${{ size(film1.results) }}" }),
          calculate("higher", "n * 1.1", { n: "${{ size(film2.results) }}" }),
        ],
        "One sentence with both numbers.",
      ),
    ],
    turns: { react: [turn(1), turn(2), sum("8849 * 0.9"), sum("5895 * 1.1"), ends] },
    recorded: 2.1,
  },
  { name: "one step: one search", ways: ["plan", "react", "tools"], ...all(1) },
  {
    name: "one step: no tool",
    ways: ["plan", "react"],
    goal: "Say in one sentence what a plan is.",
    plans: [
      {
        steps: [{ agent: "Say in one sentence what a plan is.", tools: [], id: "say", title: "Say it" }],
        answer: { value: "${{ say }}" },
      },
    ],
    inside: [ends],
    turns: { react: [ends] },
  },
  {
    name: "four searches, each found in the one before",
    ways: ["plan", "react"],
    goal: "Follow the trail that begins at film 1, and say where it ends.",
    plans: [
      {
        steps: [
          {
            agent: "Follow the trail that begins at film 1: each result names the next search. Say where it ends.",
            tools: ["search"],
            id: "follow",
            title: "Follow the trail",
            description: "Search, read what to search next, and go on until nothing more is named.",
          },
        ],
        answer: { value: "${{ follow }}" },
      },
    ],
    inside: [...numbers(4).map(turn), ends],
    turns: { react: [...numbers(4).map(turn), ends] },
  },
  {
    name: "eight searches, the join reads one field of each",
    ways: ["plan", "react"],
    timed: false,
    ...all(8),
    plans: [chosen],
    inside: [ends],
    tokenTarget: 4.9,
  },
  { name: "32 searches and a join", ways: ["plan", "react"], timed: false, ...all(32) },
  {
    name: "eight searches, one fails and is replanned",
    ways: ["plan"],
    timed: false,
    ...all(8),
    plans: [
      written(
        numbers(8).map((number) => (number === 3 ? search(3, "the film 3 of the list (gone)") : search(number))),
        REASONED,
      ),
      { operations: [{ op: "replace", id: "film3", step: search(3) }] },
    ],
  },
];
