// Replaying and recording, each story over processes of its own: what is rebuilt calls nothing, and a recorded run is a
// test.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recording } from "../../src/engine/recording.js";
import { resealed } from "../fixtures/logs.js";
import { modelServer, workspace, QUESTION, roleOf, SUMS } from "./planloom.js";

const NOWHERE = { PLANLOOM_MODEL: "gone", PLANLOOM_BASE_URL: "http://127.0.0.1:9/v1" };

async function planned() {
  const { env, server } = await modelServer((body) =>
    roleOf(body) === "planner" ? { json: SUMS } : { text: "It is five and nine." },
  );
  return { here: workspace(env), server };
}

test("a run is rebuilt from its log, and strictly so, without its model", async () => {
  const { here, server } = await planned();
  expect((await here.run(["run", "Add some numbers"])).code).toBe(0);
  await server.close();

  const replayed = await here.run(["replay", "last"], { env: NOWHERE });
  expect(replayed).toMatchObject({ code: 0 });
  expect(replayed.stdout).toContain("It is five and nine.");
  expect(replayed.stdout).toContain('read   {"expression":"2 + 3"}');
  expect(replayed.stderr).toContain("nothing was called");

  const strict = await here.json<{ differences: unknown }>(["replay", "last", "--strict", "--json"], { env: NOWHERE });
  expect(strict).toMatchObject({ exit: 0, status: "completed", answer: "It is five and nine.", differences: [] });
});

test("a recorded run gives its answer again, where there is no model", async () => {
  const { here, server } = await planned();
  const first = await here.run(["run", "Add some numbers", "--record", "sums.json"]);
  expect(first).toMatchObject({ code: 0, stdout: "It is five and nine.\n" });
  expect(first.stderr).toContain("planloom run --from-recording sums.json");
  await server.close();

  const again = await here.run(["run", "--from-recording", "sums.json"], { env: NOWHERE });
  expect(again).toMatchObject({ code: 0, stdout: first.stdout });
  expect(again.stderr).toContain("No model and no tool was called");
  expect((await here.run(["runs", "--json"])).stdout.match(/"runId"/g)).toHaveLength(1);

  const other = await here.run(["run", "Multiply", "--from-recording", "sums.json"]);
  expect(other).toMatchObject({ code: 1, stdout: "" });
  expect(other.stderr).toMatch(/RECORDING_DIFFERS.*planner request 1/s);
});

test("a changed plan is a difference, with the step and both arguments", async () => {
  const here = workspace();
  const plan = { goal: "Add", steps: [SUMS.steps[0]!], answer: { value: "${{ left }}" } };
  here.write("plan.json", plan);
  expect((await here.run(["run", "plan.json", "-q"])).stdout).toBe("5\n");
  expect((await here.run(["replay", "last", "--record", "add.json"])).code).toBe(0);
  expect(await here.run(["run", "plan.json", "--from-recording", "add.json"])).toMatchObject({
    code: 0,
    stdout: "5\n",
  });

  here.write("plan.json", { ...plan, steps: [{ ...SUMS.steps[0]!, with: { expression: "2 + 4" } }] });
  const changed = await here.run(["run", "plan.json", "--from-recording", "add.json"]);
  expect(changed).toMatchObject({ code: 1, stdout: "" });
  expect(changed.stderr).toMatch(/RECORDING_DIFFERS.*step left, attempt 1.*2 \+ 3.*2 \+ 4/s);
});

test("what a person said is said again", async () => {
  const here = workspace();
  here.write("ask.json", QUESTION);
  expect((await here.run(["run", "ask.json"])).code).toBe(5);
  const { code, stdout } = await here.run(["respond", "last", "number", "21"]);
  expect(code).toBe(0);
  await here.run(["replay", "last", "--record", "asked.json"]);
  expect(await here.run(["run", "--from-recording", "asked.json"])).toMatchObject({ code: 0, stdout });
});

test("an edited recording is refused with the place; one that claims another decision is found by the kernel", async () => {
  const here = workspace();
  here.write("plan.json", { goal: "Add", steps: SUMS.steps, answer: { value: "${{ left + right }}" } });
  await here.run(["run", "plan.json", "--record", "sums.json"]);
  const file = join(here.folder, "sums.json");
  const recording = JSON.parse(readFileSync(file, "utf8")) as Recording;
  const events = recording.events.map((event) =>
    event.type === "answer.written" ? { ...event, data: { ...event.data, answer: 15 } } : event,
  );
  writeFileSync(file, JSON.stringify({ ...recording, events }));
  const edited = await here.run(["run", "--from-recording", "sums.json"]);
  expect(edited).toMatchObject({ code: 4, stdout: "" });
  const last = events.length;
  expect(edited.stderr).toContain(`RUN_DAMAGED: The recording sums.json is damaged: event ${last} does not follow`);

  writeFileSync(file, JSON.stringify({ ...recording, events: resealed(events) }));
  const wrong = await here.run(["run", "--from-recording", "sums.json"]);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(/it ends differently.*"answer":15.*"answer":14/s);

  here.write("none.json", { events: [] });
  expect(await here.run(["run", "--from-recording", "none.json"])).toMatchObject({ code: 2, stdout: "" });
  expect((await here.run(["run", "--from-recording", "nowhere.json"])).stderr).toContain("RECORDING_INVALID");
  expect((await here.run(["run", "--from-recording", "sums.json", "--yes"])).code).toBe(2);
  expect((await here.run(["run"])).code).toBe(2);
  const unwritable = await here.run(["run", "plan.json", "--record", "no/folder.json"]);
  expect(unwritable.code).toBe(2);
  expect(unwritable.stderr).toMatch(/FILE_UNWRITABLE.*planloom replay run_\w+ --record/s);
});
