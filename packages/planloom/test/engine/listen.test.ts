// Listening to a run that is driven here: what is durable, from now on, until one stops listening.
import { expect, it } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { memoryStore } from "../../src/store/memory.js";

const plan = {
  steps: [
    { id: "one", ask: "First?" },
    { id: "two", ask: "Second?", dependsOn: ["one"] },
    { id: "three", ask: "Third?", dependsOn: ["two"] },
  ],
  answer: { value: "${{ three }}" },
};

it("hears events from now on, until it stops", async () => {
  const loom = await createLoom({ store: memoryStore() }, { env: {} });
  const run = await loom.start("ask", { plan });
  await run.result();
  const heard: string[] = [];
  const stop = run.on({ event: (event) => void heard.push(event.type) });
  await run.respond("one", "a");
  stop();
  await run.respond("two", "b");
  expect(heard).toEqual(["step.completed", "step.suspended"]);
  await loom.close();
});

it("gets no events of a run that this process does not drive", async () => {
  const store = memoryStore();
  const loom = await createLoom({ store }, { env: {} });
  const run = await loom.start("ask", { plan });
  await run.result();
  const other = await createLoom({ store }, { env: {} });
  const heard: string[] = [];
  (await other.get(run.id)).on({ event: (event) => void heard.push(event.type) });
  await run.respond("one", "a");
  expect(heard).toEqual([]);
  await Promise.all([loom.close(), other.close()]);
});
