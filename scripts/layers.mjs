// The layer rule. In: the sources of the packages, and the rules of .dependency-cruiser.cjs. Out: each folder with its
// modules and its edges (imports of other folders), in the order of the rule; then the violations. It fails if it sees
// too few modules, because a checker that sees nothing must not pass.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./install.mjs";

const config = path.join(root, ".dependency-cruiser.cjs");
const tool = path.join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const args = [tool, "--config", config, "--output-type", "json", "packages/planloom/src", "packages/planloom-eval/src"];
const done = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
const { modules, summary } = JSON.parse(done.stdout);

const LIBRARY = /^packages\/planloom\/src\/(?:([^/]+)\/)?/;
/** The folder of a module of the library; "." for a file that is in none; undefined for all else. */
const folderOf = (source) => {
  const inside = LIBRARY.exec(source);
  return inside === null ? undefined : (inside[1] ?? ".");
};

const { forbidden } = createRequire(import.meta.url)(config);
const order = forbidden.flatMap(({ name }) => (name.startsWith("layer-") ? [name.slice("layer-".length)] : []));
const own = modules.filter(({ source }) => folderOf(source) !== undefined);
for (const folder of [...order, "."]) {
  const inside = own.filter(({ source }) => folderOf(source) === folder);
  if (inside.length === 0) continue;
  const imported = inside.flatMap(({ dependencies }) => dependencies.map(({ resolved }) => folderOf(resolved)));
  const edges = [...order, "."].flatMap((other) => {
    const count = imported.filter((one) => one === other).length;
    return count === 0 || other === folder ? [] : [`${other} ${count}`];
  });
  console.log(`${folder.padEnd(10)} ${String(inside.length).padStart(3)} modules -> ${edges.join(", ") || "none"}`);
}
for (const { rule, from, to } of summary.violations) console.log(`${rule.severity} ${rule.name}: ${from} -> ${to}`);
console.log(
  `${own.length} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.violations.length} violations`,
);
process.exitCode = summary.error > 0 || own.length < 50 ? 1 : 0;
