// Sub-plans on the command line: their lines stand under their step, a person answers them by their own id, and the run
// above goes on.
import { expect, test } from "vitest";
import { modelServer, workspace } from "./planloom.js";

const CONFIG = `
import { defineConfig, tool } from "planloom";
const input = { type: "object", properties: { to: { type: "string" } }, required: ["to"], additionalProperties: false };
export default defineConfig({
  tools: [tool({ name: "send", description: "Sends a text.", input, output: { type: "string" }, effects: "once",
    approval: "required", run: ({ to }) => "sent to " + to })],
});
`;
const PLAN = {
  goal: "Tell everybody",
  steps: [{ id: "tell", plan: "Tell one person.", with: { who: "ann" }, output: "string" }],
  answer: { value: "${{ tell }}" },
};
const BELOW = {
  steps: [{ id: "mail", title: "Write to the person", tool: "send", with: { to: "${{ inputs.who }}" } }],
  answer: { value: "${{ mail }}" },
};

test("a sub-plan is shown in place, answered by its own id, and carries the run above on", async () => {
  const { env } = await modelServer(() => ({ json: BELOW }));
  const here = workspace(env);
  here.write("planloom.config.ts", CONFIG);
  const plan = here.write("plan.json", PLAN);

  const first = await here.run(["run", plan, "--run-id", "top", "--approval", "never"]);
  expect(first).toMatchObject({ code: 5, stdout: "" });
  expect(first.stderr).toContain("tell |  one step: Write to the person");
  expect(first.stderr).toContain("Step tell of run top waits in its sub-plan, run top.tell");
  const [, approve = ""] = /planloom (approve top\.tell --hash \w+)/.exec(first.stderr) ?? [];

  expect((await here.run(["runs"])).stdout).not.toContain("top.tell");
  expect((await here.run(["runs", "--children"])).stdout).toContain("top.tell");
  const shown = await here.run(["show", "top"]);
  expect(shown.stdout).toMatch(
    /tell\n {6}tell: Tell one person\. \(awaiting-approval\)\n[^]*1\. mail[^]*suspended {2}mail/,
  );
  expect(shown.stdout).toContain(`planloom ${approve}`);
  expect((await here.run(["show", "top", "--depth", "0"])).stdout).not.toContain("1. mail  Write");
  expect(await here.run(["show", "top", "--depth", "deep"])).toMatchObject({ code: 2 });

  const second = await here.run(approve.split(" "));
  expect(second).toMatchObject({ code: 0, stdout: "sent to ann\n" });
  const top = await here.json(["show", "top", "--json"]);
  expect(top.steps[0]).toMatchObject({ child: { runId: "top.tell", status: "completed" } });
  expect(await here.json(["show", "top.tell", "--json"])).toMatchObject({ within: { runId: "top", step: "tell" } });
});
