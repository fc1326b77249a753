// @ts-check
// A loop with a bound: a text is written again until a condition accepts it. Prints what each round gave.
// Run it after a build: node examples/draft-and-improve/run.mjs
import { createLoom } from "planloom";
import { readPlanFile } from "../shared/plan-file.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";

const server = await startScripted();
const loom = await createLoom({ models: scriptedModels(server.url), store: "memory" });

try {
  const { goal, draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  const { steps, answer } = await loom.run(goal, { plan: draft });
  const { items = [], rounds } = steps[0] ?? {};

  console.log(`${rounds?.round} rounds of at most ${rounds?.of} (the executor is scripted)`);
  for (const { index, met, output } of items) console.log(`  ${index + 1}. ${met ? "accepted" : "not yet"}: ${output}`);
  console.log(`\nanswer\n${JSON.stringify(answer)}`);
} finally {
  await loom.close();
  await server.close();
}
