// Runs one case of one system in this process. In: the adapter, its variant, the case, and how long and how often. Out: one
// line of JSON with wall and processor time of each run after the first.
import { chain, criticalPath, plans, wide } from "./plans.mjs";

const [adapter, variant, name, budgetMs, mostRuns] = process.argv.slice(2);
const sized = /^(chain|wide)(\d+)$/.exec(name);
const plan = sized === null ? plans[name] : (sized[1] === "chain" ? chain : wide)(Number(sized[2]));
const line = { adapter, variant, case: name, steps: plan.length, critical: criticalPath(plan), wall: [], cpu: [] };

const cpuMs = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

try {
  const began = performance.now();
  const { build } = await import(`./adapters/${adapter}.mjs`);
  line.importMs = performance.now() - began;
  const run = await build(plan, variant);
  const first = performance.now();
  for (let n = 0; n <= Number(mostRuns); n++) {
    const ran = [];
    const before = process.cpuUsage();
    const start = performance.now();
    await run(ran);
    const [wall, cpu] = [performance.now() - start, cpuMs(before)];
    if (ran.length !== plan.length) throw new Error(`ran ${ran.length} of ${plan.length} steps`);
    if (n === 0) line.firstMs = wall;
    else line.wall.push(wall) && line.cpu.push(cpu);
    if (n > 0 && performance.now() - first > Number(budgetMs)) break;
  }
} catch (error) {
  line.error = String(error?.message ?? error).slice(0, 200);
}
line.node = process.versions.node;
line.rssMb = process.resourceUsage().maxRSS / 1_024;
console.log(JSON.stringify(line));
process.exit(0);
