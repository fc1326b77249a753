// The layer rule. In: the sources of the packages, and the rules of .dependency-cruiser*.cjs. Out: each folder with its
// modules and its edges (imports of other folders), in the order of the rule; the same for the folders inside a folder,
// at every depth; then the violations. It also fails if a folder inside a folder is in a circle with the files or
// folders beside it, and if it sees too few modules, because a checker that sees nothing must not pass.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./install.mjs";

const tool = path.join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");

/** The modules of these folders, and what breaks the rules of a file. */
function cruise(rules, ...folders) {
  const args = [tool, "--config", rules, "--output-type", "json", ...folders];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  return JSON.parse(done.stdout);
}

const config = path.join(root, ".dependency-cruiser.cjs");
const { modules, summary } = cruise(config, "packages/planloom/src", "packages/planloom-eval/src");
const fold = cruise(path.join(root, ".dependency-cruiser.fold.cjs"), "packages/planloom/src/run");

const LIBRARY = "packages/planloom/src/";
/**
 * The folder of a module of the library, to this depth; "." for a file that is in none; undefined for all other files.
 */
const folderOf = (source, levels = 1) => {
  if (!source.startsWith(LIBRARY)) return undefined;
  const folders = source.slice(LIBRARY.length).split("/").slice(0, -1);
  return folders.slice(0, levels).join("/") || ".";
};

const { forbidden } = createRequire(import.meta.url)(config);
/** The folders that rules with such a name order. */
const ordered = (prefix) =>
  forbidden.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
const order = [...ordered("layer-"), "."];
const own = modules.filter(({ source }) => folderOf(source) !== undefined);

/** A line for each folder: its modules, and how often they import each other folder. */
function print(folders, levels, indent) {
  for (const folder of folders) {
    const inside = own.filter(({ source }) => folderOf(source, levels) === folder);
    if (inside.length === 0) continue;
    const imported = inside.flatMap(({ dependencies }) =>
      dependencies.map(({ resolved }) => folderOf(resolved, levels)),
    );
    const edges = folders.flatMap((other) => {
      const count = imported.filter((one) => one === other).length;
      return count === 0 || other === folder ? [] : [`${other} ${count}`];
    });
    const name = `${indent}${folder}`.padEnd(17);
    console.log(`${name} ${String(inside.length).padStart(3)} modules -> ${edges.join(", ") || "none"}`);
  }
}

/**
 * The files and folders directly in this folder that are in a circle, if each folder among them counts as one piece.
 * Then a file both uses such a folder and is used by it.
 */
function circle(layer) {
  const levels = layer.split("/").length + 1;
  const pieceOf = (source) =>
    source.startsWith(`${LIBRARY}${layer}/`)
      ? source.slice(LIBRARY.length).split("/").slice(0, levels).join("/")
      : undefined;
  const used = new Map();
  for (const { source, dependencies } of own) {
    const piece = pieceOf(source);
    if (piece === undefined) continue;
    const others = dependencies.map(({ resolved }) => pieceOf(resolved));
    used.set(piece, new Set([...(used.get(piece) ?? []), ...others.filter((one) => one && one !== piece)]));
  }
  // Takes away what uses nothing that is left, until nothing goes away; then the same for what nothing left uses.
  const left = new Set(used.keys());
  const prune = (isNeeded) => {
    for (const piece of left) if (!isNeeded(piece)) return left.delete(piece) && prune(isNeeded);
  };
  prune((piece) => [...used.get(piece)].some((other) => left.has(other)));
  prune((piece) => [...left].some((other) => used.get(other).has(piece)));
  return [...left];
}

print(order, 1, "");
const circles = [];
/** The folders inside this folder, and those inside them: printed, and checked for circles. */
function look(layer) {
  const levels = layer.split("/").length + 1;
  const inner = new Set(
    own.map(({ source }) => folderOf(source, levels)).filter((folder) => folder?.startsWith(`${layer}/`)),
  );
  if (inner.size === 0) return;
  const first = ordered(`${layer}-`).map((folder) => `${layer}/${folder}`);
  const folders = [...new Set([...first, ...[...inner].sort()])];
  console.log(`inside ${layer}/`);
  print([layer, ...folders], levels, "  ");
  const pieces = circle(layer);
  if (pieces.length > 0) circles.push(`error circle-in-${layer}: ${pieces.join(", ")}`);
  folders.forEach(look);
}
order.forEach(look);
const violations = [...summary.violations, ...fold.summary.violations];
for (const { rule, from, to } of violations) console.log(`${rule.severity} ${rule.name}: ${from} -> ${to}`);
for (const line of circles) console.log(line);
console.log(
  `${own.length} modules, ${summary.totalDependenciesCruised} dependencies, ${violations.length + circles.length} violations`,
);
const sawTooLittle = own.length < 50 || fold.modules.length < 50;
process.exitCode = circles.length > 0 || summary.error > 0 || fold.summary.error > 0 || sawTooLittle ? 1 : 0;
