// @ts-check
// Runs plan.yaml with no model, and prints the plan, what each step gave, and the report.
// Run it after a build: node examples/support-report/run.mjs
import { createLoom } from "planloom";
import { readPlanFile } from "../shared/plan-file.mjs";
import { pythonText } from "./python-text.mjs";
import { tools } from "./tools.mjs";

const loom = await createLoom({ tools, store: "memory" });
try {
  const { goal, draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  const run = await loom.start(goal, { plan: draft });
  const result = await run.result();

  console.log("plan:");
  for (const { id, description = "" } of result.plan?.steps ?? []) {
    console.log("-", pythonText({ step: id, description }));
  }

  console.log("\ntrace:");
  for await (const event of run.events()) {
    if (event.type !== "step.completed") continue;
    const { step, output, summary } = event.data;
    console.log(pythonText({ task: step, output: summary ?? output }));
  }

  console.log("\nfinal report:");
  console.log(result.answer);
} finally {
  await loom.close();
}
