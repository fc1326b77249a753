// 1,000 runs at once in one engine: a planner, agent and tool steps, an answer, all with simulated latency, on SQLite.
// In: how many runs (`node bench/load.mjs [RUNS]`). Out: runs/s, overhead per step, memory, commits, event-loop delay.
// Overhead of a step = from the moment its last dependency was told to the moment its own end was told, less the
// latency that was simulated inside; timers that fire late because the loop is busy count as overhead.
import { realpathSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { durable, library } from "./library.mjs";

const LEAST_MS = 20;
const MOST_MS = 80;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const between = (least, most) => least + Math.floor(Math.random() * (most - least + 1));

/** Simulated: every text that names its latency ("[37 ms]") takes so long. */
const latencyIn = (text) => Number(/\[(\d+) ms\]/.exec(text)?.[1] ?? 0);

const usage = { calls: 1, inputTokens: 400, outputTokens: 60 };

/** Replies after the latency that the request names; calls a tool first where it is offered one. */
const model = {
  name: "simulated",
  async call({ messages, tools, signal }) {
    const opening = messages[0].text;
    await pause(latencyIn(opening));
    signal.throwIfAborted();
    if (tools !== undefined && messages.length === 1) {
      const toolCalls = [{ id: "call-1", name: "look", args: { at: "the weather" } }];
      return { text: "", toolCalls, usage, finish: "tool-calls" };
    }
    return { text: "It rains in Berlin, and it is sunny in Austin.", toolCalls: [], usage, finish: "stop" };
  },
};

const look = library.tool({
  name: "look",
  description: "Looks at something.",
  input: {
    type: "object",
    properties: { at: { type: "string" } },
    required: ["at"],
    additionalProperties: false,
  },
  output: { type: "object", properties: { seen: { type: "string" } }, required: ["seen"] },
  effects: "none",
  async run({ at }) {
    await pause(latencyIn(at));
    return { seen: `what there is to see of ${at}: ${"clouds ".repeat(40)}` };
  },
});

/** 5 to 8 steps: two looks, an agent with a tool for each, agents over those, and the answer. Direct calls wait too. */
function somePlan() {
  const steps = [];
  const count = between(5, 8);
  for (let i = 0; i < count; i++) {
    const latency = `[${between(LEAST_MS, MOST_MS)} ms]`;
    const before = i < 2 ? [] : [steps[i - 2].id, ...(i % 3 === 0 ? [steps[i - 1].id] : [])];
    const data = Object.fromEntries(before.map((id) => [id, `\${{ ${id} }}`]));
    const kind =
      i < 2
        ? { tool: "look", with: { at: `place ${i} ${latency}` } }
        : { agent: `Say what matters here ${latency}.`, with: data, ...(i % 2 === 0 ? { tools: ["look"] } : {}) };
    steps.push({ id: `s${i}`, ...kind });
  }
  return {
    goal: "A load.",
    steps,
    answer: { from: [steps.at(-1).id], instructions: `Shortly ${`[${LEAST_MS} ms]`}.` },
  };
}

/** What a step waits for inside, as simulated: an agent with a tool takes two turns. */
function simulatedMs(step) {
  const turns = step.tools?.length > 0 ? 2 : 1;
  return turns * latencyIn(step.agent ?? step.with?.at ?? "");
}

/** A loom whose three roles and tool wait like real ones; the caller closes both. */
export async function openScene() {
  const store = await durable();
  const planner = async () => {
    await pause(between(LEAST_MS, MOST_MS));
    return somePlan();
  };
  const loom = await library.createLoom(
    { tools: [look], store, models: { planner, executor: model, synthesizer: model } },
    { env: {} },
  );
  return { store, loom };
}

/** Drives one run to its end; pushes the overhead of each of its steps, in ms. */
export async function oneRun(loom, overheads) {
  const ends = new Map();
  let steps = [];
  let proposed = 0;
  const event = ({ type, data }) => {
    const now = performance.now();
    if (type === "plan.proposed") [steps, proposed] = [data.plan.steps, now];
    if (type === "step.completed") ends.set(data.step, now);
  };
  const run = await loom.start("A load.", { listener: { event } });
  const { status } = await run.result({ untilEnd: true });
  if (status !== "completed") throw new Error(`a run is ${status}`);
  for (const step of steps) {
    const needs = Object.keys(step.with).filter((name) => ends.has(name));
    const ready = Math.max(proposed, ...needs.map((id) => ends.get(id)));
    overheads.push(ends.get(step.id) - ready - simulatedMs(step));
  }
}

export function quantile(values, of) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(of * sorted.length))] ?? Number.NaN;
}

/** All runs are started at once. Times in ms, memory in MB. */
export async function atOnce(runs) {
  const { store, loom } = await openScene();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const overheads = [];
  await oneRun(loom, []);
  const before = store.commits;
  const cpu = process.cpuUsage();
  delay.enable();
  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: runs }, () => oneRun(loom, overheads)));
    const seconds = (performance.now() - began) / 1_000;
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    return {
      runs,
      steps: overheads.length,
      seconds,
      runsPerSecond: runs / seconds,
      overheadP50: quantile(overheads, 0.5),
      overheadP99: quantile(overheads, 0.99),
      peakRssMb: process.resourceUsage().maxRSS / 1_000,
      commits: store.commits - before,
      loopDelayP99: delay.percentile(99) / 1e6,
      cpuMsPerStep: (user + system) / 1_000 / overheads.length,
    };
  } finally {
    await loom.close();
    await store.close();
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await atOnce(Number(process.argv[2] ?? 1_000)), null, 2));
}
