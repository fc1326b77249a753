// Step A fails at 20 ms while step B, which counts its effect, takes 200 ms. Then each way of going on is tried.
import { Mastra } from "@mastra/core";
import { InMemoryStore } from "@mastra/core/storage";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { z } from "zod";
import { sleep } from "../plans.mjs";

const effects = { A: 0, B: 0 };
let fails = true;
const any = z.any();
const step = (id, ms) =>
  createStep({
    id,
    inputSchema: any,
    outputSchema: any,
    execute: async () => {
      effects[id]++;
      await sleep(ms);
      if (id === "A" && fails) throw new Error("boom");
      return id;
    },
  });
const workflow = createWorkflow({ id: "probe", inputSchema: any, outputSchema: any })
  .parallel([step("A", 20), step("B", 200)])
  .commit();
const mastra = new Mastra({ workflows: { probe: workflow }, storage: new InMemoryStore(), logger: false });
const run = await mastra.getWorkflow("probe").createRun();
const first = (await run.start({ inputData: {} })).status;
await sleep(400);
const after = { ...effects };
fails = false;
const ways = {
  restart: () => run.restart(),
  resume: () => run.resume({ resumeData: {} }),
  timeTravel: () => run.timeTravel({ step: "A", inputData: {} }),
};
let second = "none";
for (const [name, go] of Object.entries(ways)) {
  const status = await go().then(
    (result) => result.status,
    () => "refused",
  );
  second = `${name} ${status}`;
  if (status === "success") break;
}
console.log(JSON.stringify({ first, after, second, effects, again: effects.B - 1 }));
process.exit(0);
