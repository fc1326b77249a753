// What Planloom costs before it does anything, and in memory: import, help, peak RSS, installed size. Each in fresh processes.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { packageDir } from "./library.mjs";
import { row, summary } from "./measure.mjs";

const ROUNDS = 15;

function processMs(args) {
  const began = performance.now();
  execFileSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - began;
}

/** Bare Node and the candidate in turn, so that a slow moment of the machine hits both. */
function overBare(args) {
  const extra = [];
  for (let i = 0; i < ROUNDS; i++) {
    const bare = processMs(["-e", "0"]);
    extra.push(processMs(args) - bare);
  }
  return summary(extra);
}

export function startup() {
  const index = pathToFileURL(path.join(packageDir, "dist", "index.js")).href;
  const imported = overBare(["--input-type=module", "-e", `import ${JSON.stringify(index)}`]);
  const help = summary(
    Array.from({ length: ROUNDS }, () => processMs([path.join(packageDir, "bin", "planloom.js"), "--help"])),
  );
  return [
    row("import of the library, over bare Node", "ms", imported, "<= 110 ms"),
    row("planloom --help, whole process", "ms", help, "<= 150 ms"),
  ];
}

export function memory() {
  const script = path.join(import.meta.dirname, "rss.mjs");
  const rss = (mode) => Number(execFileSync(process.execPath, [script, mode], { encoding: "utf8" }));
  const measure = (mode) => summary(Array.from({ length: 5 }, () => rss(mode)));
  return [
    row("peak RSS, 1,000-step chain, durable", "MB", measure("chain"), "< 90 MB"),
    row("peak RSS, bare Node", "MB", measure("bare"), ""),
  ];
}

/** The package and its dependencies as npm installs them, without the development ones. */
export function size() {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-size-"));
  try {
    const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(path.join(packageDir, "package.json"), "utf8"));
    writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
    execFileSync(
      "npm",
      ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"],
      { cwd: folder, stdio: "ignore" },
    );
    cpSync(path.join(packageDir, "dist"), path.join(folder, "dist"), { recursive: true });
    return [row("installed size, dependencies included", "MB", summary([bytesIn(folder) / 1e6]), "< 100 MB")];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesIn(folder) {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size;
  }
  return total;
}
