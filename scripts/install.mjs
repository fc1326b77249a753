// Installs the packages, unless node_modules matches the present lock file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the root with its output on this process's standard error. True if it exits with 0. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    ...options,
  });
  return done.status === 0;
}

export function install() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Planloom needs Node 20.19 or later; this is ${process.versions.node}.`);
    process.exit(2);
  }
  const lock = createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  const stamp = path.join(root, "node_modules", ".planloom-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.error("Installing dependencies …");
  if (!run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"])) {
    console.error("The dependencies could not be installed: see npm's message above, then run this again.");
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

export function build() {
  if (
    run(process.execPath, [
      path.join("node_modules", "@typescript", "native", "bin", "tsc"),
      "-b",
      "packages/planloom-eval",
    ])
  )
    return;
  console.error("The build failed: see the compiler's messages above.");
  process.exit(1);
}
