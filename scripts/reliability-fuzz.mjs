// One row of docs/reliability.md: the fuzz of planner outputs. In: `[--texts 50000] [--seed N]`. Out: a Markdown table
// row on standard output. The texts run in a process of their own, which reports its current text. A text that hangs is
// ended and reported.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { install, root } from "./install.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return Number(at < 0 ? fallback : process.argv[at + 1]);
};
const texts = option("texts", 50_000);
const seed = option("seed", Date.now() % 2 ** 31);
/** Time limit of one text. The slowest known text takes half a second on a busy machine. */
const HANG_MS = 15_000;

install();
const folder = mkdtempSync(path.join(tmpdir(), "planloom-fuzz-"));
const watch = path.join(folder, "text");
const report = path.join(folder, "figures.json");
writeFileSync(watch, "");

const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
const args = [vitest, "run", "packages/planloom/test/fuzz/planner-output.test.ts"];
const env = {
  ...process.env,
  PLANLOOM_FUZZ_TEXTS: String(texts),
  PLANLOOM_FUZZ_SEED: String(seed),
  PLANLOOM_FUZZ_WATCH: watch,
  PLANLOOM_FUZZ_REPORT: report,
};
// A process group of its own, so that the runner's workers end with it.
const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", 2, 2], detached: true });
const end = () => process.kill(-child.pid, "SIGKILL");
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, end);

let hangs = 0;
const guard = setInterval(() => {
  const begun = statSync(watch).size > 0;
  if (!begun || existsSync(report) || Date.now() - statSync(watch).mtimeMs < HANG_MS) return;
  hangs++;
  clearInterval(guard);
  console.error(`This text hangs (seed ${seed}):\n${readFileSync(watch, "utf8")}`);
  end();
}, 1_000);

child.on("exit", (code) => {
  clearInterval(guard);
  const figures = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code === 0 && hangs === 0 ? 0 : 1;
  if (figures === undefined || code !== 0) {
    console.log(`| Planner output fuzz | FAILED with seed ${seed}, hangs ${hangs}: see above |`);
    return;
  }
  const { texts: seen, read, accepted, runs, completed, slowestMs } = figures;
  const number = (value) => value.toLocaleString("en");
  console.log(
    `| Planner output fuzz | ${number(seen)} texts (seed ${seed}): ${number(read)} read as plans, ${number(accepted)} accepted, ` +
      `${number(runs)} runs of those (${number(completed)} completed); throws 0, invalid accepted 0, sound refused 0, ` +
      `hangs ${hangs}; slowest ${slowestMs.toFixed(0)} ms |`,
  );
});
