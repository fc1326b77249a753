// The commands of `planloom store`. In: a folder with runs. Out: facts, a copy that works, and a removal that was asked
// for.
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { started } from "../store/sample.js";
import { workspace } from "./planloom.js";

const PLAN = { steps: [{ id: "a", tool: "calculate", with: { expression: "1 + 1" } }], answer: { value: "${{ a }}" } };

test("store shows, checks, copies and prunes what the runs have left", async () => {
  const here = workspace();
  here.write("plan.json", PLAN);
  expect(await here.run(["store", "info"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no store at") as string,
  });
  expect(existsSync(join(here.folder, ".planloom"))).toBe(false);
  await here.run(["run", "plan.json"]);

  expect((await here.run(["store"])).stdout).toContain("runs         1 completed");
  expect(await here.json(["store", "info", "--json"])).toMatchObject({ runs: { completed: 1 }, largeValues: 0 });
  expect(await here.run(["store", "check"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("1 run read, all sound") as string,
  });
  await here.run(["store", "backup", "copy.db"]);
  expect(await here.run(["store", "backup", "copy.db"])).toMatchObject({ code: 4 });

  const unasked = await here.run(["store", "prune", "--older-than", "1ms"]);
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining("would remove 1 run") as string });
  expect(await here.run(["store", "prune"])).toMatchObject({ code: 2 });
  here.write("planloom.config.json", { retention: { olderThan: "1ms", status: ["completed"] } });
  expect(await here.json(["store", "prune", "--yes", "--json"])).toMatchObject({ exit: 0, kept: [], values: 0 });
  expect((await here.run(["runs"])).stdout).toBe("");
  expect((await here.run(["runs", "--store", "copy.db"])).stdout).toContain("completed");
  expect(await here.run(["store", "vacuum"])).toMatchObject({ code: 0 });
});

test("a wrong status, age or retention is refused with what can be written", async () => {
  const here = workspace();
  here.write("plan.json", PLAN);
  await here.run(["run", "plan.json"]);
  const refused = (...words: string[]) => here.run(["store", "prune", ...words]);
  expect((await refused("--older-than", "soon")).stderr).toContain("12h, 30d");
  expect((await refused("--older-than", "1d", "--status", "done")).stderr).toContain("completed, failed, cancelled");
  here.write("planloom.config.json", { retention: { olderThan: 30 } });
  expect((await refused("--yes")).stderr).toContain('a time with its unit: "30d"');
});

test("a copy without its log is refused until a person accepts the loss", async () => {
  const here = workspace();
  const store = await openSqliteStore({ path: join(here.folder, "live.db") });
  const { events, head } = started("r1");
  await store.append("r1", { expectedSeq: 0, epoch: 0 }, events, head);
  copyFileSync(join(here.folder, "live.db"), join(here.folder, "copy.db"));
  await store.close();
  const runs = () => here.run(["runs", "--store", "copy.db"]);
  expect(await runs()).toMatchObject({
    code: 4,
    stderr: expect.stringContaining("planloom store accept-loss") as string,
  });
  expect(await here.run(["store", "accept-loss", "--store", "copy.db"])).toMatchObject({ code: 0 });
  expect(await runs()).toMatchObject({ code: 0 });
});
