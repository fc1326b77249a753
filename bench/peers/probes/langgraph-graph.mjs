// Node A fails at 20 ms while node B, which counts its effect, takes 200 ms, in one superstep. Then the run is resumed.
import { Annotation, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { sleep } from "../plans.mjs";

const effects = { A: 0, B: 0 };
let fails = true;
const State = Annotation.Root({ done: Annotation({ reducer: (a, b) => ({ ...a, ...b }), default: () => ({}) }) });
const node = (id, ms) => async () => {
  effects[id]++;
  await sleep(ms);
  if (id === "A" && fails) throw new Error("boom");
  return { done: { [id]: true } };
};
const app = new StateGraph(State)
  .addNode("A", node("A", 20))
  .addNode("B", node("B", 200))
  .addNode("J", async () => ({}))
  .addEdge(START, "A")
  .addEdge(START, "B")
  .addEdge(["A", "B"], "J")
  .addEdge("J", END)
  .compile({ checkpointer: new MemorySaver() });
const thread = { configurable: { thread_id: "x" } };
const first = await app.invoke({}, thread).then(
  () => "completed",
  () => "failed",
);
await sleep(400);
const after = { ...effects };
fails = false;
const second = await app.invoke(null, thread).then(
  () => "completed",
  (error) => error.message,
);
console.log(JSON.stringify({ first, after, second, effects, again: effects.B - 1 }));
