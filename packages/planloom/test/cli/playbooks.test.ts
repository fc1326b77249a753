// Playbooks on the command line: save, list, run by name, and give a standing approval. Bad input of each.
import { expect, test } from "vitest";
import type { Terminal } from "../../src/cli/prompt.js";
import { playbookInputs } from "../../src/cli/playbook-start.js";
import { COMMANDS } from "../../src/cli/table/commands.js";
import { playbookNameFault } from "../../src/plan/playbook/name.js";
import { check } from "../../src/plan/check/check.js";
import { newFolder } from "../files/places.js";
import { workspace } from "./planloom.js";

const PLAN = {
  goal: "Add the tickets of week 31",
  steps: [{ id: "sum", title: "Add week 31", tool: "calculate", with: { expression: "31 + 1" } }],
  answer: { value: "Week 31: ${{ sum }}" },
};

const place = () => workspace({ XDG_CONFIG_HOME: newFolder(), NO_COLOR: "1" });

test("a run is saved, listed, run with another input and filtered by its playbook", async () => {
  const here = place();
  here.write("plan.json", PLAN);
  expect(await here.run(["run", "plan.json", "-q"])).toMatchObject({ code: 0, stdout: "Week 31: 32\n" });
  const asked = await here.run(["save", "last", "--as", "weekly"]);
  expect(asked).toMatchObject({ code: 2 });
  expect(asked.stderr).toContain("--as-input week");
  const saved = await here.run(["save", "last", "--as", "weekly", "--as-input", "week"]);
  expect([saved.code, saved.stderr]).toEqual([0, expect.stringContaining("run weekly -i week=VALUE")]);
  expect(await here.run(["check", "playbooks/weekly.yaml"])).toMatchObject({ code: 0 });
  expect(await here.run(["run", "weekly", "-i", "week=32", "-q"])).toMatchObject({ code: 0, stdout: "Week 32: 33\n" });
  expect(await here.json(["runs", "--playbook", "weekly", "--json"])).toMatchObject({
    runs: [{ playbook: "weekly", goal: "Add the tickets of week 32" }],
  });
  expect((await here.run(["show", "last"])).stdout).toContain("playbook weekly");
  const listed = await here.run(["playbooks"]);
  for (const part of ["Add the tickets of week {week}", "week: integer (default 31)", "it can run", "completed"])
    expect(listed.stdout).toContain(part);
});

test("a word that can mean two things, a near name and wrong inputs are refused with the next step", async () => {
  const here = place();
  here.write("plan.json", PLAN);
  await here.run(["run", "plan.json", "-q"]);
  expect(await here.run(["save", "last", "--as", "weekly", "--yes"])).toMatchObject({ code: 0 });
  const twice = await here.run(["save", "last", "--as", "weekly", "--yes"]);
  expect(twice.stderr).toContain("PLAYBOOK_EXISTS");
  expect(twice.stderr).toContain("--force");
  const refused: readonly (readonly [readonly string[], string])[] = [
    [["run", "weekli"], "Did you mean weekly?"],
    [["run", "weekly", "-i", "weak=3"], "Did you mean week?"],
    [["run", "weekly", "-i", "week=soon"], "--playbook weekly -i week=31"],
    [["playbooks", "approve", "weekly"], "with --yes"],
  ];
  for (const [args, text] of refused) {
    const ended = await here.run(args);
    expect([args, ended.code, ended.stderr]).toEqual([args, 2, expect.stringContaining(text)]);
  }
  here.write("weekly", "a file");
  expect((await here.run(["run", "weekly"])).stderr).toContain("PLAYBOOK_OR_FILE");
  expect(await here.run(["run", "--playbook", "weekly", "-q"])).toMatchObject({ code: 0 });
});

test("every command's name is reserved", () => {
  const names = COMMANDS.flatMap(({ name, alias }) => [name, ...(alias === undefined ? [] : [alias])]);
  expect(names.filter((name) => playbookNameFault(name) !== "reserved")).toEqual([]);
});

test("a missing or ill-typed input is asked in the terminal", async () => {
  const text = 'inputs: { week: { type: integer } }\nsteps: [{ id: a, tool: t, with: { x: "${{ inputs.week }}" } }]';
  const inventory = {
    tools: [{ name: "t", description: "", input: { type: "object" }, effects: "none" as const }],
  };
  const plan = {
    inputs: { week: { type: "integer" } },
    steps: [{ id: "a", tool: "t", with: { x: "${{ inputs.week }}" } }],
  };
  const asked: string[] = [];
  const answers = ["soon", "32"];
  const terminal: Terminal = {
    ask: async (question) => (asked.push(question), answers.shift()),
    say: () => undefined,
  };
  const playbook = {
    name: "w",
    file: "w.yaml",
    text,
    check: { ...check(plan, inventory), notes: [] },
    standing: null,
    lost: [],
  };
  expect(await playbookInputs(playbook as never, [], terminal)).toEqual({ week: 32 });
  expect(asked).toHaveLength(2);
  await expect(playbookInputs(playbook as never, [], undefined)).rejects.toMatchObject({ code: "PLAYBOOK_INPUT" });
});
