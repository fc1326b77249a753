// One row of docs/reliability.md: the load figures. In: `[--runs 1000] [--soak MINUTES]`. Out: a Markdown table row on
// standard output. The soak is a row of its own, in its own process, and only on demand.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { build, install, root } from "./install.mjs";

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** The figures of a benchmark. Ends this process if the benchmark failed. */
function figuresOf(script, ...args) {
  const done = spawnSync(process.execPath, [path.join(root, "bench", script), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", 2],
  });
  if (done.stdout.trim() !== "") return { ...JSON.parse(done.stdout), failed: done.status !== 0 };
  console.error(`bench/${script} gave no figures.`);
  process.exit(1);
}

const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const mb = (value) => `${value.toFixed(0)} MB`;

install();
build();
const load = figuresOf("load.mjs", option("runs") ?? "1000");
console.log(
  `| Load | ${load.runs.toLocaleString("en")} runs (${load.steps.toLocaleString("en")} steps) at once: ` +
    `${load.runsPerSecond.toFixed(0)} runs/s; overhead per step p50 ${ms(load.overheadP50)}, p99 ${ms(load.overheadP99)}; ` +
    `CPU ${load.cpuMsPerStep.toFixed(2)} ms per step; peak RSS ${mb(load.peakRssMb)}; ${load.commits} commits; ` +
    `event-loop delay p99 ${ms(load.loopDelayP99)} |`,
);
const minutes = option("soak");
if (minutes !== undefined) {
  const soak = figuresOf("soak.mjs", "--minutes", minutes);
  console.log(
    `| Soak | ${soak.runs.toLocaleString("en")} runs in ${soak.seconds.toFixed(0)} s; overhead per step p50 ` +
      `${ms(soak.overheadP50)}, p99 ${ms(soak.overheadP99)}; RSS ${mb(soak.rss.early)} -> ${mb(soak.rss.late)}, heap ` +
      `${mb(soak.heap.early)} -> ${mb(soak.heap.late)}, handles ${soak.handles.early} -> ${soak.handles.late} |`,
  );
  process.exitCode = soak.failed ? 1 : 0;
}
