// `npm run reliability`: plays simulated worlds, plants bugs in them, and prints the figures of docs/reliability.md.
// `--seeds N` plays N worlds (20,000), `--from N` starts at that seed (1), `--seed N` prints the trace of one world,
// `--no-bugs` plants none.
import os from "node:os";
import { parseArgs } from "node:util";
import {
  CATCH_WITHIN,
  openSimulation,
  plantBugs,
  playSeeds,
  traceSeed,
} from "../packages/planloom/test/simulation/campaign.mjs";
import { install } from "./install.mjs";

install();
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    "no-bugs": { type: "boolean", default: false },
  },
});
const threads = Math.max(1, Math.min(os.availableParallelism(), 8));
const number = (n) => n.toLocaleString("en");

const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
const list = (counts) =>
  Object.entries(counts)
    .map(([name, n]) => `${number(n)} ${name}`)
    .join(", ");

const { tree, close } = openSimulation();
try {
  if (values.seed !== undefined) await replay(Number(values.seed));
  else {
    await campaign(Number(values.seeds), Number(values.from));
    if (!values["no-bugs"]) await gate();
  }
} finally {
  close();
}

async function replay(seed) {
  const { trace, violations } = await traceSeed(tree, seed);
  for (const line of trace) console.log(line);
  console.log(`seed ${seed}: ${violations.length === 0 ? "no violation" : violations[0].what.join("\n  ")}`);
  if (violations.length > 0) process.exitCode = 1;
}

async function campaign(count, from) {
  const started = performance.now();
  const { seeds, events, fenced, faults, ends, changes, violations } = await playSeeds(tree, { from, count, threads });
  const seconds = (performance.now() - started) / 1000;
  console.log("\n## Deterministic simulation\n\n| figure | value |\n|---|---|");
  row("seeds", number(seeds));
  row("seeds with a violation", number(violations.length));
  row("seeds/s", `${Math.round(seeds / seconds)} (${threads} threads, ${seconds.toFixed(1)} s)`);
  row("events", number(events));
  row("runs by their end", list(ends));
  row("writes refused to a process that had lost its run", number(fenced));
  table("fault", faults);
  table("event", changes);
  for (const { seed, what } of violations)
    console.log(`\nnpm run reliability -- --seed ${seed}\n  ${what.join("\n  ")}`);
  if (violations.length > 0 || seeds < count) process.exitCode = 1;
}

function table(what, counts) {
  console.log(`\n| ${what} | times |\n|---|---|`);
  for (const [kind, n] of Object.entries(counts).sort((a, b) => b[1] - a[1])) row(kind, number(n));
}

async function gate() {
  const bugs = await plantBugs(tree, { threads });
  const caught = bugs.filter((bug) => bug.caught).length;
  console.log(`\n## Planted bugs: ${caught} of ${bugs.length} caught within ${CATCH_WITHIN} seeds\n`);
  console.log("| bug | seeds to first catch | first seen as |\n|---|---|---|");
  for (const { name, seeds, caught: found, what } of bugs) row(name, found ? seeds : "not caught", what.slice(0, 90));
  if (caught < bugs.length) process.exitCode = 1;
}
