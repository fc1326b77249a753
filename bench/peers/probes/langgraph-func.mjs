// Task A fails at 20 ms while task B, which counts its effect, takes 200 ms. Then the run is resumed.
import { entrypoint, MemorySaver, task } from "@langchain/langgraph";
import { sleep } from "../plans.mjs";

const effects = { A: 0, B: 0 };
let fails = true;
const step = (id, ms) =>
  task(id, async () => {
    effects[id]++;
    await sleep(ms);
    if (id === "A" && fails) throw new Error("boom");
    return id;
  });
const [A, B] = [step("A", 20), step("B", 200)];
const main = entrypoint({ name: "main", checkpointer: new MemorySaver() }, async () => Promise.all([A(), B()]));
const thread = { configurable: { thread_id: "y" } };
const first = await main.invoke({}, thread).then(
  () => "completed",
  () => "failed",
);
await sleep(400);
const after = { ...effects };
fails = false;
const second = await main.invoke(null, thread).then(
  () => "completed",
  (error) => error.message,
);
console.log(JSON.stringify({ first, after, second, effects, again: effects.B - 1 }));
