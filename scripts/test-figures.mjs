// Runs a test file that writes figures when it runs on demand. In: the file, and the variables that make it run longer.
// Out: its figures, and whether it passed. Several rows of docs/reliability.md come from such tests.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, install, root } from "./install.mjs";

/** Installs and builds first. If the test fails, this process fails at its end. */
export function testFigures(file, variables = {}) {
  install();
  build();
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-figures-"));
  const figures = path.join(folder, "figures.jsonl");
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  const done = spawnSync(process.execPath, [vitest, "run", `packages/planloom/test/${file}`], {
    cwd: root,
    env: { ...process.env, ...variables, PLANLOOM_FIGURES: figures },
    stdio: ["ignore", 2, 2],
  });
  const lines = existsSync(figures) ? readFileSync(figures, "utf8").trimEnd().split("\n") : [];
  rmSync(folder, { recursive: true });
  if (done.status !== 0) process.exitCode = 1;
  return lines.map((line) => JSON.parse(line));
}

/** The value of `--name VALUE`, or a default. */
export function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
}

/** One row of a Markdown table: the test and its result. */
export function printRow(test, figures) {
  console.log(`| ${test} | ${figures} |`);
}

export const number = (n) => Number(n).toLocaleString("en");
