// `npm test`: installs what is missing, builds, runs the static checks, and runs all tests. Its last line is `N passed,
// N failed` (`, N skipped` may follow). Each static check counts as one test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, install, root } from "./install.mjs";

install();
build();

const bin = (name, ...rest) => [process.execPath, [path.join(root, "node_modules", ...name.split("/")), ...rest]];
const checks = [
  ["types of the tests", ...bin("@typescript/native/bin/tsc", "-p", "packages/planloom/test")],
  ["lint", ...bin("eslint/bin/eslint.js", ".", "--max-warnings", "0")],
  ["format", ...bin("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".")],
  ["layers", process.execPath, [path.join(root, "scripts", "layers.mjs")]],
  ["dead exports", ...bin("knip/bin/knip.js")],
  ["packaging", process.execPath, [path.join(root, "scripts", "packaging.mjs")]],
];

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, command, args] of checks) {
  const started = Date.now();
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  const ok = done.status === 0;
  counts[ok ? "passed" : "failed"]++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) console.log(done.stdout + done.stderr);
}

const folder = mkdtempSync(path.join(tmpdir(), "planloom-test-"));
const file = path.join(folder, "counts.json");
const [node, vitest] = bin("vitest/vitest.mjs", "run", ...process.argv.slice(2));
const tests = spawnSync(node, vitest, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PLANLOOM_TEST_COUNTS: file },
});
try {
  const told = JSON.parse(readFileSync(file, "utf8"));
  for (const key of Object.keys(counts)) counts[key] += told[key];
  if (tests.status !== 0 && told.failed === 0) counts.failed++;
} catch {
  counts.failed++;
  console.log("The test runner left no counts behind.");
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = counts.failed === 0 ? 0 : 1;
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`,
);
