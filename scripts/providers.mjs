// `npm run providers`: tries the packages of AI SDK 6 and 7 on Node 20, 22 and 24. In: the versions of Node, as arguments
// or all three. Out: one line for each version. The npm package `node` brings the versions that are not installed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { install, root } from "./install.mjs";

const VERSIONS = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24"];

install();
const results = VERSIONS.map((version) => [version, tried(version)]);
for (const [version, line] of results) console.log(`Node ${version}: ${line}`);
process.exitCode = results.every(([, line]) => line.includes("passed") && !line.includes("failed")) ? 0 : 1;

function tried(version) {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-node-"));
  try {
    const node = nodeOf(version, folder);
    if (node === undefined) return "not available";
    const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
    const test = "packages/planloom/test/model/providers.test.ts";
    const done = spawnSync(node, [vitest, "run", test, "--reporter=default"], { cwd: root, encoding: "utf8" });
    if (done.status !== 0) console.error(done.stdout + done.stderr);
    const counts = /^\s*Tests\s+(.*)$/m.exec(done.stdout.replace(/\u001b\[[\d;]*m/g, ""))?.[1];
    return counts ?? `ended with exit code ${done.status}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The path of a Node of this major version: the running one, or one from the registry, in a folder of its own. */
function nodeOf(version, folder) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  // The package `node` only chooses this one, by a script, and scripts are off here.
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const npm = spawnSync("npm", ["install", "--prefix", folder, "--no-save", "--ignore-scripts", `${name}@${version}`], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) console.error(npm.stderr);
  const file = path.join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  return npm.status === 0 ? file : undefined;
}
