// Counts the statements of the library, per folder. Comments, blank lines and braces do not count. In: a folder of
// sources (default: packages/planloom/src). Out: a table on stdout. `node scripts/statements.mjs FOLDER` measures
// another tree.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "./install.mjs";

const src = path.resolve(process.argv[2] ?? path.join(root, "packages", "planloom", "src"));
const folders = new Map();
for (const name of readdirSync(src, { recursive: true }).sort()) {
  if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
  const folder = path.dirname(name);
  const { files, statements } = folders.get(folder) ?? { files: 0, statements: 0 };
  folders.set(folder, { files: files + 1, statements: statements + countIn(path.join(src, name)) });
}
const rows = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
for (const [folder, { files, statements }] of rows) print(folder, files, statements);
print("all", sum("files"), sum("statements"));

function countIn(file) {
  let count = 0;
  const visit = (node) => {
    if (ts.isStatement(node) && !ts.isBlock(node)) count++;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
  return count;
}

function sum(key) {
  return rows.reduce((total, [, figures]) => total + figures[key], 0);
}

function print(folder, files, statements) {
  console.log(`${folder.padEnd(24)} ${String(files).padStart(4)} files ${String(statements).padStart(6)} statements`);
}
