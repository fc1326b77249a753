// Makespan against the critical path: with real timers on an uneven plan, and with a virtual clock on recorded DAGs.
import { readFileSync } from "node:fs";
import path from "node:path";
import { durable, library, loomOver, packageDir, timeRun } from "./library.mjs";
import { row, rounds } from "./measure.mjs";

const kit = await import(path.join(packageDir, "dist", "testing", "index.js"));

const sleep = (wait) =>
  library.tool({
    name: "wait",
    description: "Waits.",
    input: { type: "object", properties: { ms: { type: "number" } }, required: ["ms"], additionalProperties: false },
    output: {},
    effects: "none",
    timeout: 2 ** 40,
    run: ({ ms }, { signal }) => wait(ms, signal),
  });

const realWait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const step = (id, ms, dependsOn = []) => ({ id, tool: "wait", with: { ms }, dependsOn });

/** Six steps whose levels are uneven: a barrier between levels costs 80 ms. The critical path a, c, f is 250 ms. */
const UNEVEN = {
  steps: [
    step("a", 100),
    step("b", 20),
    step("c", 50, ["a"]),
    step("d", 130, ["b"]),
    step("e", 60, ["b"]),
    step("f", 100, ["c", "d"]),
  ],
  answer: { value: "done" },
};
const CRITICAL_MS = 250;

export async function uneven() {
  const store = await durable();
  const loom = await loomOver(store, { tools: [sleep(realWait)] });
  const result = await rounds(15, async () => (await timeRun(loom, UNEVEN)) / CRITICAL_MS);
  await loom.close();
  await store.close();
  return [row("uneven 6-step plan, real timers, durable: makespan / critical path (250 ms)", "", result, "<= 1.02")];
}

/** Every case of an AsyncHow file, at the shorter and the longer durations; times in seconds of a virtual clock. */
export async function asyncHow(file) {
  const cases = JSON.parse(readFileSync(file, "utf8"));
  const outcome = { equal: 0, unsound: 0, worse: [] };
  for (const entry of cases) {
    for (const bound of [0, 1]) {
      const gold = entry.gold_makespan_s[bound];
      const path = criticalPath(entry, bound);
      if (path === undefined || Math.abs(path - gold) > 1e-6 * gold) {
        outcome.unsound++;
        continue;
      }
      const makespan = await virtualMakespan(entry, bound);
      if (Math.abs(makespan - gold) <= 1e-6 * gold) outcome.equal++;
      else outcome.worse.push(`${entry.id}: ${makespan} s, gold ${gold} s`);
    }
  }
  for (const line of outcome.worse) console.error(`makespan above gold in case ${line}`);
  const sound = outcome.equal + outcome.worse.length;
  return [
    {
      what: `AsyncHow, virtual clock: cases whose makespan is the gold optimum (${cases.length} cases, both bounds)`,
      measured: `${outcome.equal} of ${sound} sound`,
      spread: `${outcome.unsound} whose gold is not their critical path`,
      target: "every sound case",
    },
  ];
}

/** Longest path in seconds; undefined where the edges have a cycle. */
function criticalPath({ steps, edges, duration_s: durations }, bound) {
  const ends = new Map();
  const visiting = new Set();
  const endOf = (id) => {
    if (ends.has(id)) return ends.get(id);
    if (visiting.has(id)) return undefined;
    visiting.add(id);
    let start = 0;
    for (const [from, to] of edges) {
      if (to !== id) continue;
      const end = endOf(from);
      if (end === undefined) return undefined;
      start = Math.max(start, end);
    }
    ends.set(id, start + durations[id][bound]);
    return ends.get(id);
  };
  let longest = 0;
  for (const id of Object.keys(steps)) {
    const end = endOf(id);
    if (end === undefined) return undefined;
    longest = Math.max(longest, end);
  }
  return longest;
}

/** Virtual ms that the gold makespan is scaled to: engines poll in between, and a year of polls would tell nothing more. */
const SCALE_MS = 1_000;

/** Seconds. */
async function virtualMakespan({ steps, edges, duration_s: durations, gold_makespan_s: gold }, bound) {
  const clock = kit.fakeClock();
  const wait = (ms) => new Promise((resolve) => clock.setTimer(ms, resolve));
  const store = library.memoryStore();
  const ids = Object.keys(steps);
  const perSecond = SCALE_MS / gold[bound];
  const needs = (id) => [...new Set(edges.filter(([, to]) => to === id).map(([from]) => `s${from}`))];
  const plan = {
    steps: ids.map((id) => step(`s${id}`, durations[id][bound] * perSecond, needs(id))),
    answer: { value: "done" },
  };
  const loom = await loomOver(store, { tools: [sleep(wait)], concurrency: ids.length, ports: { clock } });
  const run = await loom.start("a case", { plan });
  const done = run.result({ untilEnd: true });
  // Twice the optimum: whoever needs longer is no candidate for it.
  await clock.advance(2 * SCALE_MS);
  await done;
  let makespan = 0;
  for await (const event of run.events()) if (event.type === "step.completed") makespan = event.at;
  await loom.close();
  return makespan / perSecond;
}
