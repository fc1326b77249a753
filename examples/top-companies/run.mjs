// @ts-check
// A goal, planned and carried out: each phase is printed as it comes.
// Run it after a build: node examples/top-companies/run.mjs
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { graphAscii } from "planloom/plan";
import { scriptedModels, startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const server = await startScripted();
const loom = await createLoom({
  tools,
  builtins: { search: { folder: fileURLToPath(new URL("docs", import.meta.url)) } },
  models: scriptedModels(server.url),
  store: "memory",
});

try {
  const result = await loom.run("Research the top 3 AI companies and create a comparison report");

  console.log("plan (written by a scripted planner)");
  const checked = loom.check(result.plan);
  if (checked.ok) console.log(graphAscii(checked.plan));

  console.log("\nsteps (the executor is scripted, too)");
  for (const { id, status, items = [] } of result.steps) {
    console.log(`  ${id} ${status}`);
    for (const { index, output } of items) console.log(`    ${index}: ${JSON.stringify(output)}`);
  }

  console.log(`\nanswer\n${result.answer}`);
} finally {
  await loom.close();
  await server.close();
}
