// @ts-check
// Three ways to the same comparison: the plan of the walkthrough as it stands, our own plan, and a goal that a model
// plans. Run it after a build: node examples/cost-of-living/run.mjs
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { readPlanFile } from "../shared/plan-file.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";

const GOAL = "Compare the cost of living in San Francisco vs Austin for a software engineer earning $150,000 per year.";

const server = await startScripted();
const loom = await createLoom({
  builtins: { search: { folder: fileURLToPath(new URL("docs", import.meta.url)) } },
  models: scriptedModels(server.url),
  store: "memory",
});

/** @param {import("planloom").RunDocument} result */
function show(result) {
  for (const { id, status, output } of result.steps) {
    // A search gives a list of results; the title of the best one is enough here.
    const found = /** @type {any} */ (output)?.results?.[0]?.title;
    console.log(`  ${id} ${status}: ${JSON.stringify(found ?? output)}`);
  }
  const { planner, executor, synthesizer } = result.usage;
  console.log(`  model calls: planner ${planner.calls}, executor ${executor.calls}, synthesizer ${synthesizer.calls}`);
  console.log(`  answer: ${result.answer}\n`);
}

try {
  console.log("The document's plan (the synthesizer is scripted)");
  const document = await readPlanFile(new URL("document-plan.json", import.meta.url), loom.inventory);
  show(await loom.run(GOAL, { plan: document.draft }));

  console.log("Our plan (executor and synthesizer are scripted)");
  const { goal, draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  show(await loom.run(goal, { plan: draft }));

  console.log("The goal alone, for another salary (planner, executor and synthesizer are scripted)");
  show(await loom.run(GOAL.replace("150,000", "90,000"), { inputs: { salary: 90_000 } }));
} finally {
  await loom.close();
  await server.close();
}
