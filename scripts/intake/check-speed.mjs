// The speed of check. In: nothing (the plans are made here). Out: medians with their spread for plans of 200 steps of
// several shapes, the growth with the number of steps, and the slowest of many drafts of random fields.
import os from "node:os";
import fc from "fast-check";
import { check } from "../../packages/planloom/dist/plan/check/check.js";

const text = { type: "string" };
const hit = { type: "object", properties: { title: text, url: text }, required: ["title", "url"] };
const record = (properties, required = Object.keys(properties)) => ({ type: "object", properties, required });
const INVENTORY = {
  tools: [
    {
      name: "search",
      description: "Searches the web.",
      input: record({ query: text, limit: { type: "number" } }, ["query"]),
      output: record({ results: { type: "array", items: hit } }),
      effects: "none",
    },
    {
      name: "fetch",
      description: "Reads a page.",
      input: record({ url: text }),
      output: record({ text, status: { type: "number" } }),
      effects: "none",
    },
    ...Array.from({ length: 60 }, (_, i) => ({
      name: `tool_${i}`,
      description: `Does thing ${i} with a text.`,
      input: record({ text }),
      output: text,
      effects: "none",
    })),
  ],
};

const steps = (count, step) => Array.from({ length: count }, (_, i) => step(i));
const read = (i, from) => ({
  id: `s${i}`,
  title: `Read page ${i}`,
  tool: "fetch",
  with: { url: from },
});
const find = { id: "find", title: "Find", tool: "search", with: { query: "companies", limit: 20 } };

/** By shape: a draft of `count` steps. */
const SHAPES = {
  "side by side": (count) => [find, ...steps(count - 1, (i) => read(i, `\${{ find.results[${i % 9}].url }}`))],
  "one long chain": (count) => [
    find,
    read(0, "${{ find.results[0].url }}"),
    ...steps(count - 2, (i) => read(i + 1, `\${{ "https://a.example/" + s${i}.text }}`)),
  ],
  "all into one": (count) => [
    find,
    ...steps(count - 2, (i) => read(i, "${{ find.results[0].url }}")),
    {
      id: "all",
      agent: "Compare the pages.",
      with: { pages: steps(count - 2, (i) => `\${{ s${i}.status > 200 ? s${i}.text : "" }}`) },
    },
  ],
  "each on the ten before": (count) => [
    find,
    ...steps(count - 1, (i) => ({
      id: `s${i}`,
      agent: "Compare these with what you find.",
      tools: ["search"],
      dependsOn: steps(Math.min(i, 5), (k) => `s${i - k - 1}`),
      with: {
        hits: "${{ find.results.filter(r, r.url.startsWith('https')).map(r, r.title) }}",
        ...Object.fromEntries(steps(Math.min(i, 10), (k) => [`text${k}`, `\${{ s${i - k - 1} }}`])),
      },
    })),
  ],
  "an error in each step": (count) =>
    steps(count, (i) => ({ ...read(i, `\${{ s${i + 1000}.text }}`), tool: "fetsch", dependsOn: ["nobody"] })),
};

const ROUNDS = 41;
const LIMIT_MS = 50;
/** Drafts with random fields, values and expressions, and the time limit of each. */
const [WILD, WILD_MS, SEED] = [2_000, 100, 5];

function wildDrafts() {
  const fields =
    "id tool agent ask with when forEach as output dependsOn expect tools fill retry onFailure optional title";
  const word = fc.constantFrom("a", "b", "find", "search", "fetch", "item", "string[]", "{ a: b }", "__proto__", "");
  const path = fc.constantFrom(
    "a",
    "b.c",
    "find.results[0].url",
    "a.map(x, x + 1)",
    "size(b)",
    "inputs.n",
    "'\\'",
    "{",
  );
  const joined = fc.array(path, { minLength: 1, maxLength: 12 });
  const operator = fc.constantFrom(" + ", " && ", " ? 1 : ", ".", "[", " == null || ", "(");
  const reference = fc.tuple(joined, operator).map(([parts, between]) => `\${{ ${parts.join(between)} }}`);
  const text = fc
    .array(fc.oneof(word, reference, fc.constant("${{")), { maxLength: 30 })
    .map((parts) => parts.join(" "));
  const value = fc.oneof(word, reference, text, fc.jsonValue(), fc.array(word), fc.dictionary(word, reference));
  const random = fc.dictionary(fc.constantFrom(...fields.split(" ")), value);
  const data = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.oneof(reference, text), { maxKeys: 4 });
  const near = fc.record({ agent: fc.constant("Compare these."), with: data }, { requiredKeys: ["agent"] });
  const step = fc.oneof(
    random,
    near,
    fc.tuple(near, random).map(([one, other]) => ({ ...one, ...other })),
  );
  const list = fc.array(step, { minLength: 1, maxLength: 64, size: "max" });
  const steps = list.map((all) => all.map((one, i) => ({ id: i < 3 ? "abc"[i] : `s${i}`, ...one })));
  const draft = fc.record({ steps, answer: value, inputs: value, goal: value }, { requiredKeys: ["steps"] });
  return fc.sample(draft, { numRuns: WILD, seed: SEED });
}

/** The slowest is checked again, because a busy machine pauses sometimes. */
function slowest() {
  const drafts = wildDrafts();
  const times = drafts.map((draft) => ({ draft, ms: timed(draft) }));
  const worst = times.sort((a, b) => b.ms - a.ms).slice(0, 5);
  const ms = Math.max(...worst.map(({ draft }) => Math.min(...[1, 2, 3].map(() => timed(draft)))));
  const failed = drafts.filter((draft) => check(draft, INVENTORY).findings.some(({ code }) => code === "CHECK_FAILED"));
  return {
    ms,
    failed: failed.length,
    kb: Math.round(Math.max(...drafts.map((draft) => JSON.stringify(draft).length)) / 1024),
  };
}

function timed(draft) {
  const began = performance.now();
  check(draft, INVENTORY, { limits: { steps: 10_000 } });
  return performance.now() - began;
}

/** Milliseconds over `rounds` checks of the same draft: median, 10th and 90th percentile, and mean processor time. */
function spread(draft, rounds = ROUNDS) {
  const began = process.cpuUsage();
  const times = Array.from({ length: rounds }, () => timed(draft)).sort((a, b) => a - b);
  const { user, system } = process.cpuUsage(began);
  const at = (share) => times[Math.round((times.length - 1) * share)];
  return { median: at(0.5), low: at(0.1), high: at(0.9), processor: (user + system) / 1_000 / rounds };
}

export async function measure() {
  const shapes = Object.entries(SHAPES).map(([shape, make]) => {
    for (let i = 0; i < 5; i++) timed({ steps: make(200) });
    const [of200, of1600] = [spread({ steps: make(200) }), spread({ steps: make(1_600) }, 9)];
    return { shape, ...of200, growth: of1600.processor / of200.processor };
  });
  const worst = Math.max(...shapes.map(({ processor }) => processor));
  const growth = Math.max(...shapes.map((one) => one.growth));
  const { ms: wild, kb, failed } = slowest();
  const ms = (value) => value.toFixed(1);
  const markdown = [
    "| 200 steps | median ms | 10 % to 90 % | mean ms of processor time | 1,600 steps take times as much (8 = linear) |",
    "|---|---|---|---|---|",
    ...shapes.map(
      (one) =>
        `| ${one.shape} | ${ms(one.median)} | ${ms(one.low)} to ${ms(one.high)} | ${ms(one.processor)} | ${ms(one.growth)} |`,
    ),
    "",
    `The slowest of ${WILD} drafts of random fields with up to 64 steps (up to ${kb} KB) takes ${ms(wild)} ms; check fails on ${failed}.`,
    "",
    `${ROUNDS} checks each, after 5 to warm up, on ${os.cpus().length} cores with a load of ${os.loadavg()[0].toFixed(1)}, Node ${process.version}. ` +
      "The machine is shared, so times are upper bounds. Processor time includes the threads of the garbage collector and of the compiler.",
  ].join("\n");
  const ok = worst < LIMIT_MS && growth < 16 && wild < WILD_MS && failed === 0;
  return { title: "Speed of check", markdown, ok, figures: { worst, growth, wild, failed, shapes } };
}
