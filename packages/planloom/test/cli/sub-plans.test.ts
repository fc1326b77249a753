// Sub-plans on the command line: their lines stand under their step, a person answers them by their own id, and the run
// above goes on.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { BIN, modelServer, workspace } from "./planloom.js";

const PTY = fileURLToPath(new URL("terminal.py", import.meta.url));
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;

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

test.skipIf(!hasPython)("a person at the terminal is asked about a sub-plan in place", async () => {
  const { env } = await modelServer(() => ({ json: BELOW }));
  const here = workspace();
  here.write("planloom.config.ts", CONFIG);
  here.write("plan.json", PLAN);
  const steps = [{ when: "[r]eject", send: "a\r" }];
  const command = [process.execPath, BIN, "run", "plan.json", "--approval", "never", "--store", "memory"];
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn("python3", [PTY, "24", "120", JSON.stringify(steps), ...command], {
    cwd: here.folder,
    env: { PATH, HOME, TERM: "xterm", PLANLOOM_TRUST: here.folder, ...env },
  });
  let shown = "";
  child.stdout.on("data", (piece: Buffer) => (shown += piece.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code, shown).toBe(0);
  expect(shown).toContain("The call of step mail waits for you: send asks for it");
  expect(shown).toContain("sent to ann");
});
