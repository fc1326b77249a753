// @ts-check
// Two specialists and a planner that scouts. Prints what was looked up, who did each step, and what each has used.
// Run it after a build: node examples/specialists/run.mjs
import { createLoom } from "planloom";
import { configWith } from "./config.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";

const server = await startScripted();
const loom = await createLoom(configWith(scriptedModels(server.url)));

try {
  const { answer, scouted, plan, executors = {} } = await loom.run("Say how the rents have changed in each city.");
  console.log(`looked first: ${scouted?.calls} call of ${scouted?.tools.join(", ")} (all models are scripted)\n`);
  for (const { id, executor, tools = [] } of plan?.steps ?? [])
    console.log(`  ${id}: ${executor}${Array.isArray(tools) && tools.length > 0 ? `, with ${tools.join(", ")}` : ""}`);
  console.log(`\n${answer}\n`);
  for (const [name, { calls }] of Object.entries(executors)) console.log(`  ${name}: model calls: ${calls}`);
} finally {
  await loom.close();
  await server.close();
}
