// The library as its users get it: the built package, a store, and a tool that does nothing. In: options. Out: looms.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const packageDir = path.join(import.meta.dirname, "..", "packages", "planloom");
export const library = await import(path.join(packageDir, "dist", "index.js"));

export const noop = library.tool({
  name: "noop",
  description: "Does nothing.",
  input: { type: "object", properties: {}, additionalProperties: false },
  output: {},
  effects: "none",
  run: () => null,
});

const folder = mkdtempSync(path.join(tmpdir(), "planloom-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

export const newFile = () => path.join(folder, `${++files}.db`);
export const durable = () => library.openSqliteStore({ path: newFile() });

/** A loom over `store` with no model; the caller closes both. `more`: other settings. */
export function loomOver(store, { tools = [noop], concurrency = 4, ports = {}, more = {} } = {}) {
  return library.createLoom(
    { tools, store, concurrency, limits: { steps: 1_000_000, planBytes: 100_000_000 }, ...more },
    { env: {}, ...ports },
  );
}

export function chain(length) {
  return {
    steps: Array.from({ length }, (_, i) => ({
      id: `s${i}`,
      tool: "noop",
      ...(i > 0 ? { dependsOn: [`s${i - 1}`] } : {}),
    })),
    answer: { value: "done" },
  };
}

export function parallel(width) {
  return { steps: Array.from({ length: width }, (_, i) => ({ id: `s${i}`, tool: "noop" })), answer: { value: "done" } };
}

/** ms from the first event (the plan is checked and durable) to the result. */
export async function timeRun(loom, plan) {
  const run = await loom.start("a benchmark", { plan });
  const began = performance.now();
  const { status } = await run.result({ untilEnd: true });
  const took = performance.now() - began;
  if (status !== "completed") throw new Error(`the run is ${status}`);
  return took;
}
