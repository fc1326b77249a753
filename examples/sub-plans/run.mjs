// @ts-check
// Sub-plans over a list: what has to be done about a fault is planned when the fault is known. Prints the steps of each
// sub-plan. Run it after a build: node examples/sub-plans/run.mjs
import { createLoom } from "planloom";
import { readPlanFile } from "../shared/plan-file.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const server = await startScripted();
const loom = await createLoom({ models: scriptedModels(server.url), tools, store: "memory", approval: "never" });

try {
  const { goal, draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  const { steps, answer, usage } = await loom.run(goal, { plan: draft });
  console.log(`${usage.planner.calls} plans below this one (the planner is scripted)`);
  for (const { index, child } of steps[1]?.items ?? []) {
    const below = await (await loom.get(child?.runId ?? "")).document();
    console.log(`  repairs[${index}] ${below.status}: ${below.steps.map(({ id }) => id).join(", ")}`);
  }
  console.log(`\nanswer\n${JSON.stringify(answer)}`);
} finally {
  await loom.close();
  await server.close();
}
