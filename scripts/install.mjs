// Installs the packages, unless node_modules matches the present lock file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
  const tsc = path.join("node_modules", "@typescript", "native", "bin", "tsc");
  if (run(process.execPath, [tsc, "-b", "packages/planloom-eval"]) && buildStudio()) return;
  console.error("The build failed: see the messages above.");
  process.exit(1);
}

/** Builds the Studio into the library's package, unless its sources are those of the last build. True if it is there. */
function buildStudio() {
  const folder = path.join(root, "packages", "studio");
  const stamp = path.join(root, "packages", "planloom", "studio", ".sources");
  const hash = createHash("sha256");
  const lists = ["src", "."].flatMap((name) =>
    readdirSync(path.join(folder, name), { recursive: name === "src", withFileTypes: true }),
  );
  const files = lists.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
  for (const file of [...files, path.join(root, "package-lock.json")].sort())
    hash.update(file).update(readFileSync(file));
  const sources = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return true;
  const vite = path.join(root, "node_modules", "vite", "bin", "vite.js");
  if (!run(process.execPath, [vite, "build", "--logLevel", "warn"], { cwd: folder })) return false;
  writeFileSync(stamp, sources);
  return true;
}
