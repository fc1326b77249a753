// @ts-check
// Twelve steps over a SQLite file; one fails, is patched, and the rest goes on. Then the database itself is asked what
// was done. Run it after a build: node examples/data-pipeline/run.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom, failureText, reasonText } from "planloom";
import { openDatabase } from "./database.mjs";
import { PLANNER, startScripted } from "./scripted.mjs";
import { pipelineTools } from "./tools.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "planloom-pipeline-"));
const database = await openDatabase(path.join(folder, "pipeline.db"));
const server = await startScripted();
const loom = await createLoom({
  tools: pipelineTools(database, fileURLToPath(new URL("data", import.meta.url))),
  models: { planner: { model: PLANNER, baseURL: server.url, apiKey: "none" } },
  store: path.join(folder, "runs.db"),
});

/** @param {readonly { readonly step: string }[]} refs */
const names = (refs) => refs.map(({ step }) => step).join(", ");

try {
  console.log("The plan (written by a scripted planner) is carried out, and mended where it fails");
  const run = await loom.start("Build the sales report of March from the three exports.");
  const result = await run.result();
  for await (const { type, data } of run.events()) {
    if (type === "step.failed") {
      const [message] = failureText(data.error).split(". ");
      console.log(
        `  ${data.step} failed: ${data.error.code}: ${message}\n  decision: ${data.decision} (${reasonText(data.reason)})`,
      );
    } else if (type === "plan.proposed" && data.revision > 1) {
      console.log(`  revision ${data.revision}, a ${data.cause}: keeps ${names(data.kept ?? [])}`);
      console.log(`  begins anew: ${(data.changed ?? []).join(", ")}`);
    }
  }

  console.log("\nHow often each step was called, counted by the database");
  const calls = database.prepare("SELECT step, outcome, COUNT(*) AS times FROM calls GROUP BY step, outcome");
  const counted = calls.all();
  for (const { id } of result.steps) {
    const lines = counted.filter(({ step }) => step === id).map(({ outcome, times }) => `${times} ${outcome}`);
    console.log(`  ${id}: ${lines.sort().join(", ")}`);
  }

  console.log("\nThe report");
  for (const { what, name, usd } of /** @type {any[]} */ (result.answer)) console.log(`  ${what} ${name}: ${usd} USD`);
  const { success, stepsTotal, stepsCompleted, replanCount } = result;
  console.log(`\n${JSON.stringify({ success, stepsTotal, stepsCompleted, replanCount })}`);
} finally {
  await loom.close();
  await server.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
}
