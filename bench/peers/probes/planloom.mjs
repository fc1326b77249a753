// Step A fails at 20 ms while step B, which counts its effect, takes 200 ms. Then the run is retried.
import { createLoom, tool, ToolError } from "../../../packages/planloom/dist/index.js";
import { sleep } from "../plans.mjs";

const effects = { A: 0, B: 0 };
let fails = true;
const act = tool({
  name: "act",
  description: "Acts.",
  input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  effects: "once",
  run: async ({ id }) => {
    effects[id]++;
    await sleep(id === "A" ? 20 : 200);
    if (id === "A" && fails) throw new ToolError("BOOM", "boom");
    return id;
  },
});
const loom = await createLoom({ store: "memory", tools: [act], replan: "never", onFailure: "fail" }, { env: {} });
const plan = {
  steps: ["A", "B"].map((id) => ({ id: id.toLowerCase(), tool: "act", with: { id }, retry: { attempts: 1 } })),
  answer: { value: "done" },
};
const run = await loom.start("probe", { plan });
const first = await run.result({ untilEnd: true });
const after = { ...effects };
fails = false;
await run.retry();
const second = await run.result({ untilEnd: true });
await loom.close();
console.log(JSON.stringify({ first: first.status, after, second: second.status, effects, again: effects.B - 1 }));
