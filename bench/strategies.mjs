// The same goals under the strategies plan, react and tools, with scripted models and tools of fixed latencies: wall
// time, model calls by role, input tokens. In: `--rounds N`, `--scale F` (a factor for all latencies), `--only NAME`,
// `--write` (keeps the result in bench/strategies.json, and puts its tables into the docs). Out: tables.
import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { durable, library } from "./library.mjs";
import { median, summary } from "./measure.mjs";
import { scriptedRoles, TOKEN_RULE } from "./strategy-models.mjs";
import { spendTable, timeTable, withFigures } from "./strategy-tables.mjs";
import { LATENCY, searchTool, TASKS } from "./strategy-tasks.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const ROUNDS = Number(option("rounds", "5"));
const SCALE = Number(option("scale", "1"));
const only = option("only");
const tasks = TASKS.filter(({ name }) => only === undefined || name === only);
if (tasks.length === 0) {
  console.error(`There is no such task; there are: ${TASKS.map(({ name }) => name).join(" · ")}.`);
  process.exit(2);
}

const WAYS = {
  plan: { strategy: "plan", streamed: true },
  "plan, not streamed": { strategy: "plan", streamed: false },
  react: { strategy: "react", streamed: true },
  tools: { strategy: "tools", streamed: true },
};

const wait = (ms, signal) => sleep(ms, undefined, { signal });

/** One run of a task: seconds from the start to the result, and what it spent. */
async function runOnce(task, way) {
  const scale = task.timed === false ? 0 : SCALE;
  const store = await durable();
  const { models, asked } = scriptedRoles(task, { ...WAYS[way], wait, scale });
  const tools = [searchTool((ms, signal) => wait(ms * scale, signal))];
  const settings = { concurrency: 8, eager: WAYS[way].streamed, limits: { turns: 40 } };
  const loom = await library.createLoom({ tools, store, models, ...settings }, { env: {} });
  const began = performance.now();
  const run = await loom.start(task.goal, { strategy: WAYS[way].strategy });
  const { status, error } = await run.result({ untilEnd: true });
  const seconds = (performance.now() - began) / 1000;
  await loom.close();
  await store.close();
  if (status !== "completed") throw new Error(`${task.name}, ${way}: ${status}: ${error?.message}`);
  return { seconds, spent: spentIn(asked) };
}

function spentIn(asked) {
  const calls = { planner: 0, executor: 0, synthesizer: 0 };
  const total = { tokens: 0, schemaTokens: 0 };
  for (const { role, tokens, schemaTokens } of asked) {
    calls[role]++;
    total.tokens += tokens + schemaTokens;
    total.schemaTokens += schemaTokens;
  }
  return { calls, ...total };
}

/** The ways of a task take turns, so that a busy moment of the machine does not fall on one of them. */
async function measured(task) {
  const seconds = Object.fromEntries(task.ways.map((way) => [way, []]));
  const spent = {};
  for (let round = 0; round < (task.timed === false ? 1 : ROUNDS); round++) {
    for (const way of task.ways) {
      console.error(`${task.name}: ${way}, round ${round + 1} …`);
      const once = await runOnce(task, way);
      seconds[way].push(once.seconds);
      spent[way] = once.spent;
    }
  }
  const { name, timed, ideal, target, recorded, tokenTarget } = task;
  const ways = task.ways.map((way) => ({ way, ...spent[way], seconds: summary(seconds[way]) }));
  return { name, timed: timed !== false, ideal, target, recorded, tokenTarget, ways, ratio: reactOverPlan(seconds) };
}

/** The median of the ratios of each round. */
function reactOverPlan({ plan, react }) {
  return react === undefined ? undefined : median(react.map((value, round) => value / plan[round]));
}

const results = [];
for (const task of tasks) results.push(await measured(task));
const machine = { node: process.versions.node, cores: os.cpus().length, load: Number(os.loadavg()[0].toFixed(1)) };
const report = { machine, rounds: ROUNDS, scale: SCALE, latency: LATENCY, tokenRule: TOKEN_RULE, tasks: results };
console.log(`Node ${machine.node}, ${machine.cores} cores, load ${machine.load}, medians of ${ROUNDS} rounds\n`);
console.log(`${timeTable(report)}\n\n${spendTable(report)}`);
if (process.argv.includes("--write")) {
  writeFileSync(path.join(import.meta.dirname, "strategies.json"), `${JSON.stringify(report, null, 2)}\n`);
  for (const page of ["choosing.md", "benchmarks.md"]) {
    const file = path.join(import.meta.dirname, "..", "docs", page);
    writeFileSync(file, withFigures(readFileSync(file, "utf8"), report));
  }
}
