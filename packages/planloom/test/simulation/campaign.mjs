// Campaigns of seeds over the compiled simulation, sound or with one planted bug. In: seeds. Out: figures. Plain
// JavaScript, because the test and `npm run reliability` share it. The worlds are compiled, because a loader would take
// longer than they do.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { BUGS } from "./bugs.mjs";
import { CAUGHT_AT } from "./caught-at.mjs";

const here = import.meta.dirname;
const library = path.join(here, "..", "..");
const root = path.join(library, "..", "..");

/** Seeds within which each planted bug must be found. */
export const CATCH_WITHIN = 1_000;

/**
 * Compiles the library and the simulation into a folder of their own; `close` removes it.
 * @returns {{ tree: string, close: () => void }}
 */
export function openSimulation() {
  const cache = path.join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, "planloom-simulation-"));
  const close = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
    const tree = path.join(folder, "sound");
    compile(tree);
    return { tree, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Types are checked with all others (`npm test`), not here. */
function compile(tree) {
  const tsc = path.join(root, "node_modules", "@typescript", "native", "bin", "tsc");
  const options =
    "--noCheck --ignoreConfig --target es2023 --lib es2023 --module nodenext --types node --skipLibCheck --strict";
  const places = ["--rootDir", library, "--outDir", tree, path.join(here, "player.ts")];
  const done = spawnSync(process.execPath, [tsc, ...options.split(" "), ...places], { cwd: root, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`the simulation does not compile: ${done.stdout}${done.stderr}`);
}

/**
 * Plays seeds on several threads.
 * @param {string} tree
 * @param {{ from?: number, count: number, threads?: number, untilCaught?: boolean }} options
 * @returns {Promise<import("./player.js").Figures>}
 */
export async function playSeeds(tree, { from = 1, count, threads = 2, untilCaught = false }) {
  const tasks = Array.from({ length: threads }, (_, n) => {
    const share = Math.floor(count / threads) + (n < count % threads ? 1 : 0);
    return { from: from + n, count: share, stride: threads, untilCaught, traced: false };
  });
  return sum(await Promise.all(tasks.map((task) => onThread(tree, task))));
}

function onThread(tree, workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(pathToFileURL(path.join(tree, "test", "simulation", "player.js")), { workerData });
    worker.once("message", (figures) => {
      resolve(figures);
      void worker.terminate();
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a thread of the simulation ended with ${code}`)));
  });
}

function sum(all) {
  const total = { seeds: 0, events: 0, fenced: 0, faults: {}, ends: {}, changes: {}, violations: [], trace: [] };
  for (const figures of all) {
    for (const key of ["seeds", "events", "fenced"]) total[key] += figures[key];
    for (const key of ["faults", "ends", "changes"])
      for (const [kind, n] of Object.entries(figures[key])) total[key][kind] = (total[key][kind] ?? 0) + n;
    total.violations.push(...figures.violations);
  }
  total.violations.sort((a, b) => a.seed - b.seed);
  return total;
}

/**
 * One seed with its trace.
 * @param {string} tree
 * @param {number} seed
 * @returns {Promise<import("./player.js").Figures>}
 */
export function traceSeed(tree, seed) {
  return onThread(tree, { from: seed, count: 1, stride: 1, untilCaught: true, traced: true });
}

/**
 * Plants each bug in a copy of its own and plays seeds until it shows. `known`: the seed that showed it last is played
 * first, and the search begins only if it shows nothing.
 * @param {string} tree
 * @param {{ threads?: number, known?: boolean }} [options]
 * @returns {Promise<{ name: string, seeds: number, caught: boolean, what: string }[]>}
 */
export async function plantBugs(tree, { threads = 2, known = false } = {}) {
  const results = [];
  const waiting = BUGS.map((bug, index) => ({ bug, index }));
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { bug, index } = next;
      results[index] = {
        name: bug.name,
        ...(await searched(tree, bug, index, known ? CAUGHT_AT[bug.name] : undefined)),
      };
    }
  };
  await Promise.all(Array.from({ length: threads }, worker));
  return results;
}

async function searched(tree, { file, find, put }, index, seed) {
  const text = readFileSync(path.join(tree, file), "utf8");
  if (text.split(find).length !== 2) return { seeds: 0, caught: false, what: `${file} does not hold once: ${find}` };
  const planted = `${tree}-${index}`;
  cpSync(tree, planted, { recursive: true });
  writeFileSync(path.join(planted, file), text.split(find).join(put));
  const task = { from: 1, count: CATCH_WITHIN, stride: 1, untilCaught: true, traced: false };
  const first = seed === undefined ? undefined : await onThread(planted, { ...task, from: seed, count: 1 });
  const { seeds, violations } = first?.violations.length ? first : await onThread(planted, task);
  rmSync(planted, { recursive: true, force: true });
  return { seeds, caught: violations.length > 0, what: violations[0]?.what[0] ?? "" };
}
