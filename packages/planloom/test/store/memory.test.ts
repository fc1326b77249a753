import { expect, test } from "vitest";
import { memoryStore } from "../../src/store/memory.js";
import { chain } from "./sample.js";
import { storeConformance } from "../../src/testing/conformance/store.js";
import { testEach } from "../conformance.js";

testEach("memory", storeConformance({ openStore: async () => memoryStore() }));

test("the memory store returns the stored objects, in a list of its own", async () => {
  const store = memoryStore();
  const events = chain("run", 2);
  await store.append("run", { expectedSeq: 0, epoch: 0 }, events);
  const read = await store.read("run");
  await store.append("run", { expectedSeq: 2, epoch: 0 }, chain("run", 3).slice(2));
  expect(read).toHaveLength(2);
  expect(read[0]).toBe(events[0]);
});
