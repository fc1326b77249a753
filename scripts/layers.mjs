// The layer rule, with a count of the modules that were looked at: a checker that sees none must not say that all is well.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { root } from "./install.mjs";

const tool = path.join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const args = [
  tool,
  "--config",
  ".dependency-cruiser.cjs",
  "--output-type",
  "json",
  "packages/planloom/src",
  "packages/planloom-eval/src",
];
const done = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
const { modules, summary } = JSON.parse(done.stdout);
const own = modules.filter(({ source }) => source.startsWith("packages/planloom/src/")).length;
for (const { rule, from, to } of summary.violations) console.log(`${rule.severity} ${rule.name}: ${from} -> ${to}`);
console.log(
  `${own} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.violations.length} violations`,
);
process.exitCode = summary.error > 0 || own < 50 ? 1 : 0;
