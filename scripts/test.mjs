// `npm test`: installs what is missing, builds, and runs the static checks beside all tests. Its last line is `N passed,
// N failed` (`, N skipped` may follow). Each static check counts as one test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, install, root } from "./install.mjs";

const bin = (name, ...rest) => [path.join(root, "node_modules", ...name.split("/")), ...rest];
const CHECKS = [
  ["types of the tests", bin("@typescript/native/bin/tsc", "-p", "packages/planloom/test")],
  ["lint", bin("eslint/bin/eslint.js", ".", "--max-warnings", "0")],
  ["format", bin("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".")],
  ["layers", [path.join(root, "scripts", "layers.mjs")]],
  ["dead exports", bin("knip/bin/knip.js")],
  ["packaging", [path.join(root, "scripts", "packaging.mjs")]],
];

/** The static checks, one after the other. Prints nothing: the tests own the terminal. */
async function checked() {
  const results = [];
  for (const [name, args] of CHECKS) {
    const started = Date.now();
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const [status] = await once(child, "close");
    results.push({ name, ok: status === 0, seconds: (Date.now() - started) / 1000, output });
  }
  return results;
}

/** All tests, or those that the arguments of this command name. They print their own lines. */
async function tested() {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-test-"));
  const file = path.join(folder, "counts.json");
  const child = spawn(process.execPath, bin("vitest/vitest.mjs", "run", ...process.argv.slice(2)), {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PLANLOOM_TEST_COUNTS: file },
  });
  const [status] = await once(child, "close");
  try {
    const counts = JSON.parse(readFileSync(file, "utf8"));
    if (status !== 0 && counts.failed === 0) counts.failed++;
    return counts;
  } catch {
    console.log("The test runner left no counts behind.");
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

install();
build();
const [counts, checks] = await Promise.all([tested(), checked()]);
for (const { name, ok, seconds, output } of checks) {
  counts[ok ? "passed" : "failed"]++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds.toFixed(1)} s)`);
  if (!ok) console.log(output);
}
process.exitCode = counts.failed === 0 ? 0 : 1;
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`,
);
