// Data for a run beside its inputs, on the command line; and the end of a run's record.
import { expect, test } from "vitest";
import { workspace } from "./planloom.js";

const CONFIG = `
import { tool } from "planloom";
import { z } from "zod";
export default {
  tools: [tool({
    name: "tenant", description: "The tenant.", input: z.object({}), effects: "none",
    run: (_args, { context }) => context.tenant + " " + (context.rows ?? 0),
  })],
  resolveContext: process.env.ROWS ? (_runId, stored) => ({ ...stored, rows: Number(process.env.ROWS) }) : undefined,
};
`;

const PLAN = {
  goal: "Say who it is",
  steps: [{ id: "a", tool: "tenant", with: {} }],
  answer: { value: "${{ a }}" },
};

test("--context gives a record, or a file with one, to tools; resolveContext makes the rest; delete ends it", async () => {
  const here = workspace();
  here.write("own.config.ts", CONFIG);
  here.write("plan.json", PLAN);
  here.write("context.yaml", "tenant: acme\n");
  const run = ["run", "plan.json", "--config", "own.config.ts"];
  expect(await here.run([...run, "--context", "context.yaml"])).toMatchObject({ code: 0, stdout: "acme 0\n" });
  const { code, stdout } = await here.run([...run, "--context", '{"tenant":"other"}'], { env: { ROWS: "3" } });
  expect([code, stdout]).toEqual([0, "other 3\n"]);
  const deleted = await here.json(["delete", "last", "--json"]);
  expect(deleted).toMatchObject({ exit: 0, deleted: true });
  const { runs } = await here.json<{ readonly runs: readonly object[] }>(["runs", "--json"]);
  expect(runs).toHaveLength(1);
});

test("a context that cannot be made names the configuration, or the folder that has none", async () => {
  const here = workspace();
  here.write("own.config.ts", CONFIG.replace("resolveContext:", 'storedContext: ["tenant"], resolveContext:'));
  const ask = { id: "q", ask: "Go on?", output: "string" };
  here.write("plan.json", { ...PLAN, steps: [ask, { ...PLAN.steps[0], dependsOn: ["q"] }] });
  const given = ["--context", '{"tenant":"acme","db":1}'];
  expect(await here.run(["run", "plan.json", "--config", "own.config.ts", ...given])).toMatchObject({ code: 5 });
  const { stderr } = await here.run(["respond", "last", "q", "yes"]);
  expect(stderr).toContain(`db of its context is not stored. No configuration was found in ${here.folder}. Nothing`);
});

test.each([
  ["[1]", "--context is not a record."],
  ['{"tenant":', "--context cannot be read"],
])("--context %s is refused", async (given, message) => {
  const { code, stderr } = await workspace().run(["run", "Add things up", "--context", given]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
