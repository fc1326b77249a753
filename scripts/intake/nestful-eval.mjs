// The scoring of gold plans of NESTFUL. In: the data's folder. Out: whether scores are right where they are known: for
// the gold plan itself as a model's text, with other labels and in another order, with a call left out, and with a
// missing tool.
import { nestfulFormat } from "../../packages/planloom-eval/dist/nestful-format.js";
import { scoreSample } from "../../packages/planloom-eval/dist/score.js";
import { dataFiles, noData, share, table } from "../intake-data.mjs";

const TITLE = "Scores with a known answer: NESTFUL";

export async function measure(data) {
  const files = dataFiles(data, "nestful");
  const [records, spec] = ["executable-data.json", "executable-spec.json"].map((name) => files.get(name));
  if (records === undefined || spec === undefined)
    return noData(TITLE, "nestful/executable-data.json with its specification");
  const inventory = nestfulFormat.tools(JSON.parse(spec()));
  const samples = JSON.parse(records()).map((record, at) =>
    nestfulFormat.sample(record, inventory, `record ${at + 1}`),
  );
  const rows = CASES.map(({ name, change, right }) => {
    const tried = samples.flatMap((sample) => {
      const output = change(sample.gold);
      if (output === undefined) return [];
      const { read, gold } = scoreSample({ ...sample, output }, nestfulFormat);
      return [{ id: sample.id, right: right(read, calls(sample.gold).length, gold) }];
    });
    return { name, tried: tried.length, right: tried.filter((one) => one.right).length };
  });
  return {
    title: TITLE,
    markdown: `${samples.length} gold plans, each as the output of a planner:\n\n${table(
      ["output", "required score"],
      ...rows.map(({ name, tried, right }) => [name, share(right, tried)]),
    )}`,
    ok: rows.every(({ tried, right }) => tried > 0 && tried === right),
    figures: Object.fromEntries(rows.map(({ name, tried, right }) => [name, { tried, right }])),
  };
}

const ANSWER = "var_result";
const calls = (gold) => gold.filter(({ name }) => name !== ANSWER);
const near = (a, b) => Math.abs(a - b) < 1e-9;
const all = ({ node, edge, argument, exact }) =>
  near(node.f1, 1) && near(edge.f1, 1) && near(argument.f1, 1) && exact === "yes";

const CASES = [
  {
    name: "the gold plan as text in a fence, with words around it: 1 in everything",
    change: (gold) =>
      `Here is the plan:\n\n\`\`\`json\n${JSON.stringify(gold, null, 2)}\n\`\`\`\nIt has ${gold.length} calls.`,
    right: ({ likeness }) => all(likeness),
  },
  {
    name: "the calls with other labels, in reverse order: 1 in everything",
    change: (gold) => JSON.parse(JSON.stringify([...gold].reverse()).replace(/(?<=\$|"label":")var(\d+)/g, "other$1")),
    right: ({ likeness }) => all(likeness),
  },
  {
    name: "without its last call: node F1 2(n - 1) / (2n - 1), no exact graph",
    change: (gold) => (calls(gold).length < 2 ? undefined : gold.filter((call) => call !== calls(gold).at(-1))),
    right: ({ likeness }, n) => near(likeness.node.f1, (2 * (n - 1)) / (2 * n - 1)) && likeness.exact === "no",
  },
  {
    name: "with an unknown tool in the first call: `UNKNOWN_TOOL`, node F1 (n - 1) / n, no exact graph",
    change: (gold) => gold.map((call) => (call === calls(gold)[0] ? { ...call, name: "No_Such_Tool" } : call)),
    right: ({ likeness, findings }, n) =>
      near(likeness.node.f1, (n - 1) / n) &&
      likeness.exact === "no" &&
      findings.some(({ code }) => code === "UNKNOWN_TOOL"),
  },
  {
    name: "a text without a plan: 0 in everything",
    change: () => "I am not able to help with that.",
    right: ({ likeness, read }) =>
      !read && likeness.node.f1 === 0 && likeness.argument.f1 === 0 && likeness.exact === "no",
  },
];
