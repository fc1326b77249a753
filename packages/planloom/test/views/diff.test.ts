// What changed between two revisions, as the library gives it.
import { expect, it, onTestFinished } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { logIn, storeOf } from "../fixtures/logs.js";

async function recordedRun(name: string): Promise<LoomRun> {
  const { store, runId } = await storeOf(logIn(name));
  const loom = await createLoom({ store }, { env: {} });
  onTestFinished(() => loom.close());
  return loom.get(runId);
}

it("tells each step that is new, changed or gone, with its fields before and after", async () => {
  const run = await recordedRun("log-0.1.0-19/replanned");
  expect(await run.diff(1, 2)).toMatchObject({
    runId: run.id,
    from: { revision: 1 },
    to: { revision: 2, cause: "patch" },
    reason: "trying again would not help; the run is set to patch",
    kept: [{ step: "a" }],
    changed: [{ id: "b", fields: [{ field: "with.city" }] }],
    unchanged: ["a", "c"],
  });
  expect(await run.diff()).toEqual(await run.diff(2, 3));
  // Backwards, what was added is gone.
  const [there, back] = [await run.diff(1, 3), await run.diff(3, 1)];
  expect(back.dropped).toEqual(there.added);
});

it.each<[string, number | undefined, string]>([
  ["log-0.1.0-19/replanned", 9, "9"],
  ["log-0.1.0-19/failing", undefined, "one"],
])("%s has no revision %s to compare", async (name, from, named) => {
  const run = await recordedRun(name);
  await expect(run.diff(from)).rejects.toThrow(named);
  await expect(run.diff(from)).rejects.toHaveProperty("code", "NO_REVISION");
});
